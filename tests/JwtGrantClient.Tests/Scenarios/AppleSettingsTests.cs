using System.Security.Cryptography;
using JwtGrantClient.Setup;
using JwtGrantClient.Tests.Conventions;
using JwtGrantClient.Tests.Conventions.Documentation;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Scenarios;

/// <summary>The settings that docs/sign-in-with-apple.md shows, used for a token request.</summary>
public sealed class AppleSettingsTests
{
    private const string Page = "docs/sign-in-with-apple.md";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_settings_of_the_page_put_each_id_where_its_table_says()
    {
        var endpoint = new FakeTokenEndpoint();
        await using var client = JwtGrantTokenSource.Create(Options(), tokenEndpointHandler: endpoint.Handler);

        await client.Endpoint.RequestAsync(Grant.AuthorizationCode("code", "https://www.example.com/callback"), Cancellation);

        var form = endpoint.Forms[0];
        var secret = Jwt.Parse(form["client_secret"]!);
        Assert.Equal(("com.example.web", "https://www.example.com/callback"), (form["client_id"], form["redirect_uri"]));
        Assert.Equal(("ES256", "KEY1234567"), (secret.Header.GetProperty("alg").GetString(), secret.Header.GetProperty("kid").GetString()));
        Assert.Equal(("TEAM123456", "com.example.web", "https://appleid.apple.com"), (secret["iss"], secret["sub"], secret["aud"]));
        Assert.Equal(
            TimeSpan.FromDays(30), TimeSpan.FromSeconds(secret.Payload.GetProperty("exp").GetInt64() - secret.Payload.GetProperty("iat").GetInt64()));
    }

    [Fact]
    public async Task A_refusal_lists_the_ids_that_were_sent()
    {
        var endpoint = new FakeTokenEndpoint { ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse("invalid_client") };
        await using var client = JwtGrantTokenSource.Create(Options(), tokenEndpointHandler: endpoint.Handler);

        var error = await Assert.ThrowsAsync<JwtGrantException>(
            () => client.Endpoint.RequestAsync(Grant.AuthorizationCode("code", "https://www.example.com/callback"), Cancellation));

        Assert.Contains(
            "client_secret: iss 'TEAM123456', sub 'com.example.web', aud 'https://appleid.apple.com', kid 'KEY1234567', alg 'ES256'", error.Message, StringComparison.Ordinal);
    }

    private static JwtGrantOptions Options()
    {
        var options = new JwtGrantOptions();
        var settings = Assert.Single(SettingsSamples.Find(Markdown.Blocks(Page, SourceTree.Read(Page))));
        OptionsBinding.Bind(SettingsSamples.Parse(settings.Text).GetSection("JwtGrant:Apple"), options);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (options.SigningKey.Path, options.SigningKey.Text) = (null, key.ExportPkcs8PrivateKeyPem());
        return options;
    }
}
