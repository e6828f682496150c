using System.Buffers.Text;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>Mutual TLS client authentication and certificate-bound access tokens (RFC 8705).</summary>
public sealed class MutualTlsAuthenticationTests : IAsyncLifetime
{
    private static readonly X509Certificate2 Certificate = CreateCertificate("CN=client"), OtherCertificate = CreateCertificate("CN=client");

    private StrictAuthorizationServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await StrictAuthorizationServer.StartAsync(new() { MutualTls = true }, TestContext.Current.CancellationToken);
        _server.RegisterClient(new() { Id = TestData.ClientId, CertificateThumbprint = Thumbprint(Certificate) });
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task The_registered_certificate_authenticates_the_client_and_binds_the_token()
    {
        var token = Token(await PostAsync(Certificate, ("grant_type", "client_credentials"), ("client_id", TestData.ClientId)));

        Assert.Equal(Thumbprint(Certificate), IssuedToken.Claims(token).GetProperty("cnf").GetProperty("x5t#S256").GetString());
        Assert.Equal(200, _server.CheckAccessToken($"Bearer {token}", null, Certificate).Status);
        Assert.Equal(401, _server.CheckAccessToken($"Bearer {token}", null, OtherCertificate).Status);
        Assert.Equal(401, _server.CheckAccessToken($"Bearer {token}", null, null).Status);
        Assert.Equal(401, _server.CheckAccessToken($"Bearer {token}").Status);
    }

    [Theory]
    [InlineData(true, TestData.ClientId, "S22", "invalid_client"), InlineData(true, null, "S22", "invalid_request")]
    [InlineData(true, "unknown", "S10", "invalid_client"), InlineData(false, TestData.ClientId, "S17", "invalid_client")]
    public async Task A_wrong_or_missing_certificate_or_client_id_is_refused(bool otherCertificate, string? clientId, string rule, string error)
    {
        var (_, body) = await PostAsync(
            otherCertificate ? OtherCertificate : null, ("grant_type", "client_credentials"), ("client_id", clientId ?? ""));

        Assert.Equal((error, rule), (body.GetProperty("error").GetString(), _server.Requests[^1].Refusal?.Rule));
    }

    [Fact]
    public async Task A_mutual_TLS_client_is_refused_at_the_endpoint_without_TLS()
    {
        using var http = new HttpClient();
        using var form = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("client_id", TestData.ClientId)]);

        using var response = await http.PostAsync(_server.TokenEndpoint, form, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_client_assertion_over_mutual_TLS_needs_the_issuer_as_audience_and_gets_a_bound_token(bool forIssuer)
    {
        _server.RegisterClient(TestServer.CreateClient(TestData.OtherClientId));
        var assertion = new JwtBuilder(TimeProvider.System.GetUtcNow()).WithClaim("iss", TestData.OtherClientId).WithClaim("sub", TestData.OtherClientId)
            .WithClaim("aud", forIssuer ? _server.Issuer : _server.MutualTlsTokenEndpoint).Compact();

        var response = await PostAsync(Certificate, [("grant_type", "client_credentials"), .. TestServer.ClientAssertion(assertion)]);

        if (forIssuer)
            Assert.Equal(Thumbprint(Certificate),
                IssuedToken.Claims(Token(response)).GetProperty("cnf").GetProperty("x5t#S256").GetString());
        else
            Assert.Equal("S12", _server.Requests[^1].Refusal?.Rule);
    }

    [Fact]
    public async Task A_DPoP_proof_must_contain_the_URL_that_was_called()
    {
        async Task<string?> TokenTypeAsync(string url) => (await PostAsync(
            [("DPoP", DPoPProofBuilder.Create(url).WithClaim("iat", TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()).Compact())],
            Certificate, ("grant_type", "client_credentials"), ("client_id", TestData.ClientId))).Body is var body
            && body.TryGetProperty("token_type", out var type) ? type.GetString() : null;

        Assert.Equal("DPoP", await TokenTypeAsync(_server.MutualTlsTokenEndpoint!));
        Assert.Null(await TokenTypeAsync(_server.TokenEndpoint));
    }

    [Fact]
    public async Task The_metadata_list_the_mutual_TLS_endpoint_aliases()
    {
        using var http = new HttpClient();
        var metadata = JsonDocument.Parse(await http.GetStringAsync(
            _server.Issuer + "/.well-known/oauth-authorization-server", TestContext.Current.CancellationToken)).RootElement;

        var aliases = metadata.GetProperty("mtls_endpoint_aliases");
        Assert.Equal(_server.MutualTlsTokenEndpoint, aliases.GetProperty("token_endpoint").GetString());
        Assert.StartsWith("https://127.0.0.1:", aliases.GetProperty("revocation_endpoint").GetString(), StringComparison.Ordinal);
        Assert.True(metadata.GetProperty("tls_client_certificate_bound_access_tokens").GetBoolean());
        Assert.Contains("self_signed_tls_client_auth",
            metadata.GetProperty("token_endpoint_auth_methods_supported").EnumerateArray().Select(method => method.GetString()));
        Assert.False(_server.ServerCertificate!.HasPrivateKey);
    }

    [Fact]
    public void Invalid_mutual_TLS_options_and_registrations_throw_ArgumentException()
    {
        Assert.Throws<ArgumentException>(() => StrictAuthorizationServer.CreateInMemory(new() { MutualTls = true }));
        Assert.Throws<ArgumentException>(() => _server.RegisterClient(new() { Id = "a", CertificateThumbprint = "AAAA" }));
        Assert.Throws<ArgumentException>(() =>
            _server.RegisterClient(new() { Id = "a", AllowedAuthenticationMethods = ["self_signed_tls_client_auth"] }));
    }

    private static string Thumbprint(X509Certificate2 certificate) => Base64Url.EncodeToString(SHA256.HashData(certificate.RawData));

    private static X509Certificate2 CreateCertificate(string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest(subject, key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }

    private static string Token((HttpStatusCode Status, JsonElement Body) response)
    {
        Assert.True(response.Status == HttpStatusCode.OK, response.Body.ToString());
        return response.Body.GetProperty("access_token").GetString()!;
    }

    private Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(
        X509Certificate2? certificate, params (string Name, string Value)[] fields) => PostAsync([], certificate, fields);

    private async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(
        (string, string)[] headers, X509Certificate2? certificate, params (string Name, string Value)[] fields)
    {
        using var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                // Accept only the certificate of this server.
                RemoteCertificateValidationCallback = (_, received, _, _) =>
                    received!.GetRawCertData().AsSpan().SequenceEqual(_server.ServerCertificate!.RawData),
                LocalCertificateSelectionCallback = certificate is null ? null : (_, _, _, _, _) => certificate,
            },
        };
        using var http = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Post, _server.MutualTlsTokenEndpoint)
        {
            Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))),
        };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (response.StatusCode, JsonDocument.Parse(body).RootElement);
    }
}
