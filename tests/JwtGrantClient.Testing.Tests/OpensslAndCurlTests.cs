using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>The server, judged from outside: keys and signatures by openssl, requests by curl, nothing of .NET between.</summary>
public sealed class OpensslAndCurlTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("strict-").FullName;
    private StrictAuthorizationServer _server = null!;

    private string PrivateKey => Path.Combine(_folder, "private.pem");

    public async ValueTask InitializeAsync()
    {
        Shell.Demand("openssl", "curl");
        await Shell.RunAsync("openssl", [], "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", PrivateKey);
        var publicKey = await Shell.RunAsync("openssl", [], "pkey", "-in", PrivateKey, "-pubout");
        _server = await StrictAuthorizationServer.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        _server.RegisterClient(new() { Id = "curl", PublicKeyPem = Encoding.ASCII.GetString(publicKey) });
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_grant_yields_a_token_once()
    {
        var assertion = await AssertionAsync();
        string[] form = ["-d", $"grant_type={TestData.JwtBearer}", "-d", $"assertion={assertion}", "--data-urlencode", "scope=read write"];

        var (status, json) = await CurlAsync(form);

        Assert.Equal((200, "Bearer", "read write"), (status, Text(json, "token_type"), Text(json, "scope")));
        Assert.True(_server.CheckAccessToken($"Bearer {Text(json, "access_token")}", "read").IsValid);
        Assert.Equal((400, "invalid_grant", "S16"), await RefusedAsync(form));
    }

    [Fact]
    public async Task A_client_assertion_yields_a_token_and_both_together_do()
    {
        string[] authentication = ["-d", $"client_assertion_type={TestData.ClientAssertionType}", "-d"];

        Assert.Equal(200, (await CurlAsync([
            "-d", "grant_type=client_credentials", .. authentication, $"client_assertion={await AssertionAsync()}"])).Status);
        Assert.Equal(200, (await CurlAsync([
            "-d", $"grant_type={TestData.JwtBearer}", "-d", $"assertion={await AssertionAsync()}", .. authentication,
                $"client_assertion={await AssertionAsync()}"])).Status);
    }

    [Theory]
    [InlineData("alg", "none", "S06"), InlineData("alg", "RS512", "S08"), InlineData("typ", "at+jwt", "S09")]
    [InlineData("crit", "x", "S05")]
    [InlineData("aud", "https://other.example.com", "S12"), InlineData("exp", "\"soon\"", "S13"), InlineData("jti", "", "S16")]
    [InlineData("sub", "", "S11")]
    [InlineData("iss", "nobody", "S10")]
    public async Task A_bent_assertion_is_refused(string member, string value, string rule)
    {
        var assertion = await AssertionAsync((member, value));

        Assert.Equal((400, "invalid_grant", rule), await RefusedAsync("-d", $"grant_type={TestData.JwtBearer}", "-d", $"assertion={assertion}"));
    }

    [Fact]
    public async Task Requests_that_are_no_form_or_come_with_a_password_are_refused()
    {
        string[] form = ["-d", $"grant_type={TestData.JwtBearer}", "-d", $"assertion={await AssertionAsync()}"];

        Assert.Equal((400, "invalid_request", "S01"), await RefusedAsync("-H", "Content-Type: application/json", "-d", "{}"));
        Assert.Equal((400, "invalid_request", "S01"), await RefusedAsync(["-G", .. form]));
        Assert.Equal((400, "invalid_request", "S01"), await RefusedAsync([.. form, "-d", "grant_type=client_credentials"]));
        Assert.Equal((401, "invalid_client", "S17"), await RefusedAsync(["-u", "curl:secret", .. form]));
    }

    private async Task<(int Status, string? Error, string? Rule)> RefusedAsync(params string[] arguments)
    {
        var (status, json) = await CurlAsync(arguments);
        return (status, Text(json, "error"), _server.Requests[^1].Refusal?.Rule);
    }

    private async Task<(int Status, JsonElement Json)> CurlAsync(params string[] arguments)
    {
        var output = await Shell.RunAsync("curl", [],
            ["-sS", "--noproxy", "*", "-w", "\n%{http_code}", .. arguments, _server.TokenEndpoint]);
        var lines = Encoding.UTF8.GetString(output).Split('\n');
        return (int.Parse(lines[^1], null), JsonDocument.Parse(lines[0]).RootElement);
    }

    /// <summary>Signed by openssl; JSON by hand, so that a bent member stands as it is bent.</summary>
    private async Task<string> AssertionAsync((string Member, string Value)? bent = null)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        string Member(string name, string value) => $"\"{name}\":\"{(bent?.Member == name ? bent.Value.Value : value)}\"";
        var expires = bent?.Member == "exp" ? bent.Value.Value : $"{now + 120}";
        var extension = bent?.Member == "crit" ? ",\"crit\":[\"x\"],\"x\":1" : "";
        var header = $"{{{Member("alg", "RS256")},{Member("typ", "JWT")}{extension}}}";
        var names = $"{Member("iss", "curl")},{Member("sub", "curl")},{Member("aud", _server.Issuer)},{Member("jti", JwtBuilder.NewId())}";
        var claims = $"{{{names},\"iat\":{now},\"exp\":{expires}}}";
        var input = $"{Encode(Encoding.ASCII.GetBytes(header))}.{Encode(Encoding.ASCII.GetBytes(claims))}";
        var signature = await Shell.RunAsync("openssl", Encoding.ASCII.GetBytes(input), "dgst", "-sha256", "-sign", PrivateKey, "-binary");
        return $"{input}.{Encode(signature)}";
    }

    private static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
