using System.Security.Cryptography;
using JwtGrantClient.Testing;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Scenarios;

/// <summary>
/// FAPI 2.0 Final with options alone. These tests check what the client plan of the conformance suite checks in every assertion, across retries,
/// nonces and refreshes, at a server that enforces the profile.
/// </summary>
public sealed class FapiProfileTests : IAsyncLifetime
{
    private readonly ObservedTime _clock = new();
    private StrictAuthorizationServer _server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await StrictAuthorizationServer.StartAsync(
            new() { FapiMode = true, RequireDPoPNonce = true, TimeProvider = _clock, TokenLifetime = TimeSpan.FromMinutes(5) }, Cancellation);
        _server.RegisterClient(new()
        {
            Id = TestData.ClientId, PublicKeyPem = Keys.P256.ExportSubjectPublicKeyInfoPem(), KeyId = "k1", SigningAlgorithm = "ES256", RequireDPoP = true,
        });
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Every_assertion_conforms_to_the_FAPI_profile()
    {
        await using var client = JwtGrantTokenSource.Create(Options(), timeProvider: _clock);

        for (var i = 0; i < 5; i++)
        {
            if (i % 2 == 1)
                _server.Enqueue(ScriptedResponse.Create(503, "", null));
            if (i == 3)
                _server.RotateDPoPNonce();
            var pending = client.GetTokenAsync(Cancellation).AsTask();
            await _clock.AdvanceDelaysUntilCompletedAsync(pending, longest: TimeSpan.FromSeconds(4));
            _clock.Advance(TimeSpan.FromMinutes(5));
        }

        var sent = _server.Requests.Where(request => request.Method == "POST").ToList();
        Assert.Equal(9, sent.Count);
        Assert.Equal(5, _server.TokensIssued);
        var assertions = sent.Select(request => Jwt.Parse(request["client_assertion"]!)).ToList();
        Assert.All(assertions, AssertConformsToProfile);
        Assert.Equal(assertions.Count, assertions.Select(assertion => assertion["jti"]).Distinct().Count());
        Assert.All(sent, request => Assert.Equal((null, null), (request["client_secret"], Header(request, "Authorization"))));
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("no DPoP")]
    public async Task Options_that_violate_the_FAPI_profile_are_rejected(string violation)
    {
        var options = Options();
        if (violation == "no DPoP")
            options.DPoP.Enabled = false;
        else
            (options.SigningKey.Text, options.SigningKey.Algorithm) = (TestData.RsaPrivatePem, "RS256");
        await using var client = JwtGrantTokenSource.Create(options, timeProvider: _clock);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.GetTokenAsync(Cancellation).AsTask());

        // The metadata excludes RS256, so the client rejects it before it sends anything.
        Assert.Equal(violation == "RS256" ? "algorithm_not_accepted" : "token_request_refused", error.Code);
        Assert.Equal(0, _server.TokensIssued);
    }

    private void AssertConformsToProfile(Jwt assertion)
    {
        var issuedAt = assertion.Payload.GetProperty("iat").GetInt64();
        Assert.Equal("ES256", assertion.Header.GetProperty("alg").GetString());
        Assert.Equal("k1", assertion.Header.GetProperty("kid").GetString());
        Assert.True(Keys.P256.VerifyData(assertion.SigningInput, assertion.Signature, HashAlgorithmName.SHA256));
        Assert.Equal((TestData.ClientId, TestData.ClientId), (assertion["iss"], assertion["sub"]));
        Assert.Equal(System.Text.Json.JsonValueKind.String, assertion.Payload.GetProperty("aud").ValueKind);
        Assert.Equal(_server.Issuer, assertion["aud"]);
        Assert.True(issuedAt <= _clock.GetUtcNow().ToUnixTimeSeconds());
        Assert.InRange(assertion.Payload.GetProperty("exp").GetInt64() - issuedAt, 1, 300);
        Assert.Null(assertion["nbf"]);
        Assert.NotNull(assertion["jti"]);
    }

    private JwtGrantOptions Options() => new()
    {
        Issuer = _server.Issuer,
        ClientId = TestData.ClientId,
        Grant = GrantType.ClientCredentials,
        ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt,
        SigningKey = { Text = Keys.P256.ExportPkcs8PrivateKeyPem(), KeyId = "k1" },
        DPoP = { Enabled = true },
        AllowLoopbackHttp = true,
    };

    private static string? Header(RecordedRequest request, string name) =>
        request.Headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}
