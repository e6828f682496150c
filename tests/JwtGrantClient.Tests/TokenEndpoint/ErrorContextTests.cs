using System.Net;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>Every error at run time names the client and the endpoint, as properties and in its message.</summary>
public sealed class ErrorContextTests
{
    private const string Context = "\nClient 'reports', endpoint 'https://as.example.com/token'.";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rejected_request_names_the_client_and_the_endpoint() =>
        AssertHasContext(await FailAsync(FakeTokenEndpoint.ErrorResponse("invalid_client")), "token_request_refused");

    [Fact]
    public async Task An_HTTP_error_names_the_client_and_the_endpoint() =>
        AssertHasContext(await FailAsync(new(HttpStatusCode.NotImplemented)), "token_endpoint_failed");

    [Fact]
    public async Task A_response_that_is_no_token_names_the_client_and_the_endpoint() =>
        AssertHasContext(await FailAsync(new(HttpStatusCode.OK) { Content = new StringContent("hello") }), "token_response_malformed");

    [Fact]
    public async Task A_token_that_has_expired_names_the_client_and_the_endpoint() => AssertHasContext(
        await FailAsync(new(HttpStatusCode.OK) { Content = new StringContent("""{"access_token":"a","token_type":"Bearer","expires_in":0}""") }), "token_expired_on_arrival");

    [Fact]
    public async Task An_unreachable_server_names_the_client_and_the_endpoint() => AssertHasContext(
        await FailAsync(_ => throw new HttpRequestException(HttpRequestError.NameResolutionError, "No such host is known.")), "server_unreachable");

    [Fact]
    public async Task A_handler_that_fails_names_the_client_and_the_endpoint() =>
        AssertHasContext(await FailAsync(_ => throw new InvalidOperationException("Not now.")), "token_source_failed");

    [Fact]
    public async Task A_signer_that_fails_names_the_client_and_the_endpoint()
    {
        var error = await FailAsync(
            _ => throw new InvalidOperationException(),
            client => client.UseSigner(_ => JwtSigner.Remote("RS256", "remote", (_, _) => throw new TimeoutException())),
            options => options.SigningKey.Text = null);

        AssertHasContext(error, "signing_failed");
    }

    [Fact]
    public async Task A_token_request_that_the_grant_does_not_allow_names_the_client_and_the_endpoint()
    {
        var error = await FailAsync(
            _ => throw new InvalidOperationException(),
            configure: options => (options.Grant, options.ClientAuthentication, options.ClientSecret) = (GrantType.ClientCredentials, ClientAuthenticationMethod.ClientSecretPost, "secret"),
            request: new() { Subject = "jane" });

        AssertHasContext(error, "subject_without_assertion");
    }

    [Fact]
    public async Task Metadata_that_cannot_be_read_names_the_client_and_the_issuer()
    {
        var error = await FailAsync(
            _ => new(HttpStatusCode.NotFound), configure: options => (options.TokenEndpoint, options.Issuer) = (null, TestData.Issuer));

        Assert.Equal(("metadata_unavailable", "reports", null), (error.Code, error.Client, error.Endpoint));
        Assert.EndsWith("\nClient 'reports', server 'https://as.example.com'.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_assertion_that_cannot_be_signed_names_the_client()
    {
        var services = new ServiceCollection();
        services.AddJwtGrantClient("reports", options =>
        {
            TestClient.Configure(options);
            (options.Issuer, options.ClientAuthentication, options.SigningKey.Text) = (TestData.Issuer, ClientAuthenticationMethod.PrivateKeyJwt, null);
        }).UseSigner(_ => JwtSigner.Remote("RS256", "remote", (_, _) => throw new TimeoutException()));
        await using var provider = services.BuildServiceProvider();

        var error = await Assert.ThrowsAsync<JwtGrantException>(
            () => provider.GetRequiredKeyedService<IAssertionSource>("reports").GetAssertionAsync(Cancellation).AsTask());

        Assert.Equal(("signing_failed", "reports"), (error.Code, error.Client));
        Assert.EndsWith("\nClient 'reports'.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_remembered_failure_names_the_client_and_the_endpoint_once()
    {
        var endpoint = new FakeTokenEndpoint { ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse("invalid_client") };
        await using var provider = CreateProvider(services => services.AddTestClient("reports", endpoint));
        var tokens = provider.GetRequiredKeyedService<ITokenSource>("reports");
        await Assert.ThrowsAsync<JwtGrantException>(() => tokens.GetTokenAsync(Cancellation).AsTask());

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => tokens.GetTokenAsync(Cancellation).AsTask());

        Assert.Equal(("reports", TestData.TokenEndpoint), (error.Client, error.Endpoint));
        Assert.Equal(2, error.Message.Split(Context).Length);
    }

    [Fact]
    public async Task A_retry_is_logged_with_the_client_and_the_endpoint()
    {
        var log = new LogLines();
        var endpoint = new FakeTokenEndpoint { ResponseOverride = number => number == 1 ? new(HttpStatusCode.ServiceUnavailable) : null };
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(log));
        services.AddJwtGrantClient("reports", options =>
        {
            TestClient.Configure(options);
            options.Retry.Delay = TimeSpan.FromMilliseconds(10);
        }).UseTokenEndpointHandler(_ => endpoint.Handler);
        await using var provider = services.BuildServiceProvider();

        await provider.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(Cancellation);

        var retry = Assert.Single(log.All, line => line.StartsWith("Information 1 ", StringComparison.Ordinal));
        Assert.StartsWith("Information 1 Client 'reports': the token request failed; attempt 2 follows in ", retry, StringComparison.Ordinal);
        Assert.EndsWith($" Endpoint '{TestData.TokenEndpoint}'.", retry, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', retry);
    }

    [Fact]
    public async Task A_failure_that_another_error_quotes_names_the_client_once()
    {
        var endpoint = new FakeTokenEndpoint { ResponseOverride = _ => new(HttpStatusCode.ServiceUnavailable) };
        await using var provider = CreateProvider(services => services.AddJwtGrantClient("reports", options =>
        {
            TestClient.Configure(options);
            options.EndpointLimits.MinimumThroughput = 2;
            options.Retry.Delay = TimeSpan.FromMilliseconds(10);
        }).UseTokenEndpointHandler(_ => endpoint.Handler));

        var error = await Assert.ThrowsAsync<JwtGrantException>(
            () => provider.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(Cancellation).AsTask());

        AssertHasContext(error, "token_endpoint_circuit_open");
        Assert.Contains("The last failure: The token endpoint responded with 503", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, error.Message.Split(Context).Length);
    }

    private static ServiceProvider CreateProvider(Action<IServiceCollection> add)
    {
        var services = new ServiceCollection();
        add(services);
        return services.BuildServiceProvider();
    }

    private static void AssertHasContext(JwtGrantException error, string code)
    {
        Assert.Equal((code, "reports", TestData.TokenEndpoint), (error.Code, error.Client, error.Endpoint));
        Assert.EndsWith(Context, error.Message, StringComparison.Ordinal);
    }

    private static Task<JwtGrantException> FailAsync(HttpResponseMessage response) =>
        FailAsync(_ => response, configure: options => options.Retry.MaxRetryAttempts = 0);

    private static async Task<JwtGrantException> FailAsync(
        Func<HttpRequestMessage, HttpResponseMessage> respond, Action<IJwtGrantClientBuilder>? use = null, Action<JwtGrantOptions>? configure = null, TokenRequest? request = null)
    {
        var services = new ServiceCollection();
        var client = services.AddJwtGrantClient("reports", options =>
        {
            TestClient.Configure(options);
            options.Retry.MaxRetryAttempts = 0;
            configure?.Invoke(options);
        }).UseTokenEndpointHandler(_ => new StubHandler(respond));
        use?.Invoke(client);
        await using var provider = services.BuildServiceProvider();
        return await Assert.ThrowsAsync<JwtGrantException>(
            () => provider.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(request ?? TokenRequest.Default, Cancellation).AsTask());
    }
}
