using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Nouns;

public sealed class JwtGrantExceptionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_refusal_carries_what_the_server_said_as_fields()
    {
        var endpoint = new FakeTokenEndpoint { ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse("invalid_grant") };
        await using var tokens = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: endpoint.Handler);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => tokens.GetTokenAsync(Cancellation).AsTask());

        Assert.Equal((JwtGrantErrorKind.Refused, "token_request_refused", 400, "invalid_grant"), (error.Kind, error.Code, error.StatusCode, error.Error));
        Assert.False(error.IsTransient);
    }

    [Fact]
    public async Task A_remembered_failure_is_told_in_full_with_the_first_one_inside()
    {
        var endpoint = new FakeTokenEndpoint { ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse("invalid_client") };
        await using var tokens = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: endpoint.Handler);
        var first = await Assert.ThrowsAsync<JwtGrantException>(() => tokens.GetTokenAsync(Cancellation).AsTask());

        var remembered = await Assert.ThrowsAsync<JwtGrantException>(() => tokens.GetTokenAsync(Cancellation).AsTask());

        Assert.Same(first, remembered.InnerException);
        Assert.Equal((first.Kind, first.Code, first.StatusCode, first.Error), (remembered.Kind, remembered.Code, remembered.StatusCode, remembered.Error));
        Assert.StartsWith(first.Message + "\nThis is the remembered failure; the next attempt is in ", remembered.Message, StringComparison.Ordinal);
        Assert.Equal(1, endpoint.Requests);
    }
}
