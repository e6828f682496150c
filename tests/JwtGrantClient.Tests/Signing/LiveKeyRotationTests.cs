using System.Security.Cryptography;
using JwtGrantClient.Signing;
using JwtGrantClient.Testing;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Signing;

/// <summary>
/// Five rotations in the steps of an operator, against the strict server over HTTP: register the new key beside the old one, replace the file,
/// and remove the old key. No request fails, even while the file is half-written. A token stays valid after its key is removed.
/// </summary>
public sealed class LiveKeyRotationTests : IDisposable
{
    private const int Rotations = 5, RequestsPerRound = 20;

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _clock = new(TestData.Moment);
    private readonly ECDsa[] _keys = [.. Enumerable.Range(0, Rotations + 1).Select(_ => Keys.Ec("nistP256"))];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task No_request_fails_during_five_key_rotations()
    {
        await using var server = await StrictAuthorizationServer.StartAsync(
            new() { TimeProvider = _clock, TokenLifetime = TimeSpan.FromHours(1) }, TestContext.Current.CancellationToken);
        Register(server, 0);
        await using var tokens = JwtGrantTokenSource.Create(new()
        {
            Issuer = server.Issuer,
            ClientId = TestData.ClientId,
            Grant = GrantType.ClientCredentials,
            ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt,
            SigningKey = new() { Path = WriteKey(0) },
            AllowLoopbackHttp = true,
        }, timeProvider: _clock);
        var first = await tokens.GetTokenAsync(TestContext.Current.CancellationToken);

        for (var next = 1; next <= Rotations; next++)
        {
            Register(server, next - 1, next);
            var before = RequestAsync(tokens, $"{next}-before");
            WriteKey(next);
            await before;
            _clock.Advance(ReloadingSigner.CheckInterval);
            await RequestAsync(tokens, $"{next}-after");

            Register(server, next);
            _folder.Write("key.json", "{\"kty\":\"EC\",\"d\":\"AAA");
            _clock.Advance(ReloadingSigner.CheckInterval);
            await RequestAsync(tokens, $"{next}-broken");
        }

        Assert.All(server.Requests.Where(request => request.Form.Count > 0), request => Assert.Equal(200, request.Status));
        Assert.Equal(
            Enumerable.Range(0, Rotations + 1).Select(number => $"key-{number}"),
            server.Requests.Select(request => request["client_assertion"]).OfType<string>()
                .Select(jwt => Jwt.Parse(jwt).Header.GetProperty("kid").GetString()!).Distinct().Order(StringComparer.Ordinal));
        Assert.True(server.CheckAccessToken($"Bearer {first.Value}").IsValid, "The first token is no longer valid after its key was removed.");
        Assert.Same(first, await tokens.GetTokenAsync(TestContext.Current.CancellationToken));
    }

    private static Task<AccessToken[]> RequestAsync(JwtGrantTokenSource tokens, string round) => Task.WhenAll(Enumerable.Range(0, RequestsPerRound).Select(number =>
        tokens.GetTokenAsync(new TokenRequest { Resource = [$"https://api.example.com/{round}/{number}"] }, TestContext.Current.CancellationToken).AsTask()));

    private string WriteKey(int number)
    {
        File.Move(_folder.Write("key.json.new", Jwk(number).ToJsonString()), _folder.GetPath("key.json"), overwrite: true);
        return _folder.GetPath("key.json");
    }

    private void Register(StrictAuthorizationServer server, params int[] numbers) => server.RegisterClient(new()
    {
        Id = TestData.ClientId,
        Jwks = Keys.ToJwkSet([.. numbers.Select(number => Jwk(number).Without("d"))]),
        SigningAlgorithm = "ES256",
    });

    private System.Text.Json.Nodes.JsonObject Jwk(int number) => Keys.PrivateJwk(_keys[number]).With("kid", $"key-{number}");
}
