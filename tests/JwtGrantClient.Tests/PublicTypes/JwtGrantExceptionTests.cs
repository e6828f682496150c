using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.PublicTypes;

public sealed class JwtGrantExceptionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_error_response_of_the_server_is_available_as_properties()
    {
        var endpoint = new FakeTokenEndpoint { ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse("invalid_grant") };
        await using var tokens = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: endpoint.Handler);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => tokens.GetTokenAsync(Cancellation).AsTask());

        Assert.Equal((JwtGrantErrorKind.Refused, "token_request_refused", 400, "invalid_grant"), (error.Kind, error.Code, error.StatusCode, error.Error));
        Assert.False(error.IsTransient);
    }

    [Fact]
    public void The_application_can_replace_the_help_link()
    {
        var error = JwtGrantException.Configuration("settings_invalid", "A message.");
        error.HelpLink = "https://wiki.example.com/tokens";

        Assert.Equal("https://wiki.example.com/tokens", error.HelpLink);
    }

    [Fact]
    public async Task A_remembered_failure_repeats_the_original_and_has_it_as_its_InnerException()
    {
        var endpoint = new FakeTokenEndpoint { ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse("invalid_client") };
        await using var tokens = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: endpoint.Handler);
        var first = await Assert.ThrowsAsync<JwtGrantException>(() => tokens.GetTokenAsync(Cancellation).AsTask());

        var remembered = await Assert.ThrowsAsync<JwtGrantException>(() => tokens.GetTokenAsync(Cancellation).AsTask());

        Assert.Same(first, remembered.InnerException);
        Assert.Equal((first.Kind, first.Code, first.StatusCode, first.Error), (remembered.Kind, remembered.Code, remembered.StatusCode, remembered.Error));
        Assert.StartsWith(first.Message + "\nThis is the remembered failure. The next attempt is in ", remembered.Message, StringComparison.Ordinal);
        Assert.Equal(1, endpoint.Requests);
    }
}
