using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>
/// What a token request with HttpClient to the server in memory allocates, with the form and the response: client_credentials with an RS256 client
/// assertion. All of it runs on one thread. Unlike times, bytes do not depend on the machine's load.
/// </summary>
[Collection(nameof(RequestAllocationTests))]
[CollectionDefinition(nameof(RequestAllocationTests), DisableParallelization = true)]
public sealed class RequestAllocationTests
{
    // Measured: 10,800 bytes in a release build.
    private const int Rounds = 100, Bound = 12 * 1024;

    [Fact]
    public void A_token_request_allocates_at_most_12_KB()
    {
        var server = TestServer.Start();
        using var http = new HttpClient(server.Server.CreateHandler());
        var warmUp = CreateAssertions();
        var assertions = CreateAssertions();
        warmUp.ForEach(assertion => Send(http, assertion));

        var before = GC.GetAllocatedBytesForCurrentThread();
        assertions.ForEach(assertion => Send(http, assertion));
        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;

        TestContext.Current.SendDiagnosticMessage($"{bytes} bytes for each token request");
        Assert.InRange(bytes, 1000, Bound);
        Assert.Equal(2 * Rounds, server.Server.TokensIssued);
    }

    private static List<string> CreateAssertions() => [.. Enumerable.Range(0, Rounds).Select(_ => new JwtBuilder().Compact())];

    private static void Send(HttpClient http, string assertion)
    {
        var pending = http.PostAsync(TestData.TokenEndpoint, new FormUrlEncodedContent(
        [
            new("grant_type", "client_credentials"), new("client_assertion_type", TestData.ClientAssertionType), new("client_assertion", assertion),
        ]));
        Assert.True(pending.IsCompletedSuccessfully, "The request did not complete synchronously.");
        pending.Result.Dispose();
    }
}
