using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>The server tested without .NET clients: openssl creates keys and signatures, curl sends the requests.</summary>
public sealed class OpensslAndCurlTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("strict-").FullName;
    private StrictAuthorizationServer _server = null!;

    private string PrivateKey => Path.Combine(_folder, "private.pem");

    public async ValueTask InitializeAsync()
    {
        ProcessRunner.RequireTools("openssl", "curl");
        await ProcessRunner.RunAsync("openssl", [], "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", PrivateKey);
        var publicKey = await ProcessRunner.RunAsync("openssl", [], "pkey", "-in", PrivateKey, "-pubout");
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
    public async Task A_grant_signed_by_openssl_gets_a_token_once()
    {
        var assertion = await CreateAssertionAsync();
        string[] form = ["-d", $"grant_type={TestData.JwtBearer}", "-d", $"assertion={assertion}", "--data-urlencode", "scope=read write"];

        var (status, json) = await CurlAsync(form);

        Assert.Equal((200, "Bearer", "read write"), (status, Text(json, "token_type"), Text(json, "scope")));
        Assert.True(_server.CheckAccessToken($"Bearer {Text(json, "access_token")}", "read").IsValid);
        Assert.Equal((400, "invalid_grant", "S16"), await PostInvalidAsync(form));
    }

    [Fact]
    public async Task A_client_assertion_signed_by_openssl_gets_a_token_with_and_without_a_grant()
    {
        string[] authentication = ["-d", $"client_assertion_type={TestData.ClientAssertionType}", "-d"];

        Assert.Equal(200, (await CurlAsync([
            "-d", "grant_type=client_credentials", .. authentication, $"client_assertion={await CreateAssertionAsync()}"])).Status);
        Assert.Equal(200, (await CurlAsync([
            "-d", $"grant_type={TestData.JwtBearer}", "-d", $"assertion={await CreateAssertionAsync()}", .. authentication,
                $"client_assertion={await CreateAssertionAsync()}"])).Status);
    }

    [Theory]
    [InlineData("alg", "none", "S06"), InlineData("alg", "RS512", "S08"), InlineData("typ", "at+jwt", "S09")]
    [InlineData("crit", "x", "S05")]
    [InlineData("aud", "https://other.example.com", "S12"), InlineData("exp", "\"soon\"", "S13"), InlineData("jti", "", "S16")]
    [InlineData("sub", "", "S11")]
    [InlineData("iss", "unknown", "S10")]
    public async Task An_assertion_with_an_invalid_member_is_refused(string member, string value, string rule)
    {
        var assertion = await CreateAssertionAsync((member, value));

        Assert.Equal((400, "invalid_grant", rule), await PostInvalidAsync("-d", $"grant_type={TestData.JwtBearer}", "-d", $"assertion={assertion}"));
    }

    [Fact]
    public async Task A_request_that_is_not_one_form_or_has_a_password_is_refused()
    {
        string[] form = ["-d", $"grant_type={TestData.JwtBearer}", "-d", $"assertion={await CreateAssertionAsync()}"];

        Assert.Equal((400, "invalid_request", "S01"), await PostInvalidAsync("-H", "Content-Type: application/json", "-d", "{}"));
        Assert.Equal((400, "invalid_request", "S01"), await PostInvalidAsync(["-G", .. form]));
        Assert.Equal((400, "invalid_request", "S01"), await PostInvalidAsync([.. form, "-d", "grant_type=client_credentials"]));
        Assert.Equal((401, "invalid_client", "S17"), await PostInvalidAsync(["-u", "curl:secret", .. form]));
    }

    private async Task<(int Status, string? Error, string? Rule)> PostInvalidAsync(params string[] arguments)
    {
        var (status, json) = await CurlAsync(arguments);
        return (status, Text(json, "error"), _server.Requests[^1].Refusal?.Rule);
    }

    private async Task<(int Status, JsonElement Json)> CurlAsync(params string[] arguments)
    {
        var output = await ProcessRunner.RunAsync("curl", [],
            ["-sS", "--noproxy", "*", "-w", "\n%{http_code}", .. arguments, _server.TokenEndpoint]);
        var lines = Encoding.UTF8.GetString(output).Split('\n');
        return (int.Parse(lines[^1], null), JsonDocument.Parse(lines[0]).RootElement);
    }

    /// <summary>Creates an assertion that openssl signs. The JSON is plain text, so that a changed member is signed unchanged.</summary>
    private async Task<string> CreateAssertionAsync((string Member, string Value)? changed = null)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        string Member(string name, string value) => $"\"{name}\":\"{(changed?.Member == name ? changed.Value.Value : value)}\"";
        var expires = changed?.Member == "exp" ? changed.Value.Value : $"{now + 120}";
        var extension = changed?.Member == "crit" ? ",\"crit\":[\"x\"],\"x\":1" : "";
        var header = $"{{{Member("alg", "RS256")},{Member("typ", "JWT")}{extension}}}";
        var names = $"{Member("iss", "curl")},{Member("sub", "curl")},{Member("aud", _server.Issuer)},{Member("jti", JwtBuilder.NewId())}";
        var claims = $"{{{names},\"iat\":{now},\"exp\":{expires}}}";
        var input = $"{Encode(Encoding.ASCII.GetBytes(header))}.{Encode(Encoding.ASCII.GetBytes(claims))}";
        var signature = await ProcessRunner.RunAsync("openssl", Encoding.ASCII.GetBytes(input), "dgst", "-sha256", "-sign", PrivateKey, "-binary");
        return $"{input}.{Encode(signature)}";
    }

    private static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
