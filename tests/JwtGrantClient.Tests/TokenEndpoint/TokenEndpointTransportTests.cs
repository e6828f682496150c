using JwtGrantClient.Protocol;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Tests.TokenEndpoint;

public sealed class TokenEndpointTransportTests
{
    private const string Secret = "correct-horse-battery-staple";

    [Fact]
    public void Disposing_it_disposes_the_handler_for_this_machine_too()
    {
        using var handler = new ObservedHandler();
        using var loopback = new ObservedHandler();

        new TokenEndpointConnections(handler, loopback).Dispose();

        Assert.Equal((true, true), (handler.IsDisposed, loopback.IsDisposed));
    }

    [Fact]
    public async Task A_handler_that_changes_the_address_and_fails_with_the_form_in_its_message_does_not_print_it()
    {
        using var handler = new StubHandler(async (request, cancellationToken) =>
        {
            request.RequestUri = new("https://other.example.com/token");
            throw new InvalidOperationException($"Failed to send {await request.Content!.ReadAsStringAsync(cancellationToken)}.");
        });
        using var transport = new TokenEndpointTransport(handler, TimeProvider.System, TimeSpan.Zero);
        using var request = Form().ToRequest([]);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => transport.SendAsync(request, TestContext.Current.CancellationToken).AsTask());

        Assert.Equal(TokenEndpointTransport.RedirectFollowed, error.Code);
        Assert.Contains("InvalidOperationException", error.InnerException!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cause_that_is_too_long_to_be_searched_is_replaced_by_its_beginning()
    {
        var mask = new SecretMask([new("client secret", Secret)]);
        var cause = new InvalidOperationException(new string(' ', 100_000));

        var replaced = SentSecrets.MaskCause(cause, mask);

        Assert.NotSame(cause, replaced);
        Assert.InRange(replaced.Message.Length, 1, 1000);
    }

    [Fact]
    public async Task A_secret_at_the_end_of_the_excerpt_of_a_body_is_not_shown_in_part()
    {
        var words = string.Concat(Enumerable.Repeat("busy ", 38));
        using var handler = new StubHandler(_ => new(System.Net.HttpStatusCode.BadGateway) { Content = new StringContent($"{words}{Secret} and more") });
        using var transport = new TokenEndpointTransport(handler, TimeProvider.System, TimeSpan.Zero);
        using var request = Form().ToRequest([]);
        var response = await transport.SendAsync(request, TestContext.Current.CancellationToken);

        var error = TokenErrorReader.Read(response, json: null);

        Assert.Equal("token_endpoint_failed", error.Code);
        Assert.DoesNotContain(Secret[..8], error.Message, StringComparison.Ordinal);
    }

    private static TokenRequestForm Form()
    {
        var form = new TokenRequestForm(new("https://as.example.com/token"), issuer: null, attempt: 1);
        form.Add("client_secret", Secret);
        return form;
    }

    private sealed class ObservedHandler : HttpMessageHandler
    {
        public bool IsDisposed { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }
}
