using System.Security.Cryptography;
using System.Text.Json;
using JwtGrantClient.Assertions;
using JwtGrantClient.Protocol;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Assertions;

public sealed class AssertionFactoryTests
{
    private readonly FakeTimeProvider _clock = new(TestData.Moment);
    private readonly IJwtSigner _signer = TestSigner.Load(new() { Text = TestData.RsaPrivatePem, KeyId = TestData.KeyId });

    [Fact]
    public async Task Every_claim_is_written_as_RFC_7523_requires()
    {
        var jwt = await CreateAsync(Profile());

        Assert.Equal(TestData.ClientId, jwt["iss"]);
        Assert.Equal(TestData.ClientId, jwt["sub"]);
        Assert.Equal(JsonValueKind.String, jwt.Payload.GetProperty("aud").ValueKind);
        Assert.Equal(TestData.Issuer, jwt["aud"]);
        Assert.Equal(TestData.Moment.ToUnixTimeSeconds(), jwt.Payload.GetProperty("iat").GetInt64());
        Assert.Equal(TestData.Moment.ToUnixTimeSeconds() + 120, jwt.Payload.GetProperty("exp").GetInt64());
        Assert.Equal(["iss", "aud", "sub", "iat", "exp", "jti"], jwt.Payload.EnumerateObject().Select(claim => claim.Name));
    }

    [Fact]
    public async Task Iat_is_rounded_down_and_is_never_in_the_future()
    {
        _clock.Advance(TimeSpan.FromMilliseconds(999));

        var jwt = await CreateAsync(Profile());

        Assert.Equal(TestData.Moment.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture), jwt.Payload.GetProperty("iat").GetRawText());
    }

    [Fact]
    public async Task Each_assertion_has_a_new_jti_of_at_least_128_bits()
    {
        var factory = Factory(Profile());

        var ids = new HashSet<string>();
        for (var i = 0; i < 100; i++)
            ids.Add(Jwt.Parse((await factory.ProvideAsync(new AssertionContext(), TestContext.Current.CancellationToken)).Value)["jti"]!);

        Assert.Equal(100, ids.Count);
        Assert.All(ids, id => Assert.InRange(id.Length, 128 / 6, 128));
    }

    [Fact]
    public async Task The_audience_is_sent_byte_for_byte()
    {
        // System.Uri would write the host in lower case, remove the port and add a slash.
        const string Audience = "HTTPS://AS.example.com:443";

        Assert.Equal(Audience, (await CreateAsync(Profile() with { Audience = Audience }))["aud"]);
    }

    [Fact]
    public async Task The_subject_of_the_request_overrides_the_configured_subject()
    {
        const string Subject = "Zoë \"the\" \\ émigré 😀";

        var assertion = await Factory(Profile()).ProvideAsync(new AssertionContext { Subject = Subject }, TestContext.Current.CancellationToken);

        Assert.Equal(Subject, Jwt.Parse(assertion.Value)["sub"]);
    }

    [Fact]
    public async Task Additional_claims_are_written_at_the_top_level_and_the_dictionary_of_the_caller_is_not_changed()
    {
        var claims = new Dictionary<string, object>
        {
            ["tenant"] = "42", ["admin"] = true, ["level"] = 7, ["big"] = 9_007_199_254_740_993, ["share"] = 0.5,
            ["groups"] = new[] { "a", "b" }, ["address"] = JsonElement.Parse("""{"city":"Oslo"}"""),
        };

        var jwt = await CreateAsync(Profile() with { Claims = claims });

        Assert.Equal(
            """{"tenant":"42","admin":true,"level":7,"big":9007199254740993,"share":0.5,"groups":["a","b"],"address":{"city":"Oslo"}}""",
            JsonSerializer.Serialize(claims.Keys.ToDictionary(name => name, name => jwt.Payload.GetProperty(name))));
        Assert.Equal(7, claims.Count);
    }

    [Theory]
    [InlineData("iss")]
    [InlineData("sub")]
    [InlineData("aud")]
    [InlineData("exp")]
    [InlineData("nbf")]
    [InlineData("iat")]
    [InlineData("jti")]
    public void An_additional_claim_with_a_registered_name_is_rejected(string name) =>
        Assert.Equal($"'{name}' is written by the library; use its own setting instead", ClaimSyntax.Problem(name, "x"));

    [Fact]
    public void A_claim_of_an_unsupported_type_is_rejected()
    {
        Assert.StartsWith("'when' has the type System.DateTime; a claim is a string,", ClaimSyntax.Problem("when", TestData.Moment.UtcDateTime), StringComparison.Ordinal);
        Assert.NotNull(ClaimSyntax.Problem("nothing", null));
        Assert.NotNull(ClaimSyntax.Problem("share", double.NaN));
        Assert.NotNull(ClaimSyntax.Problem("", "x"));
        Assert.Null(ClaimSyntax.Problem("groups", new List<string> { "a" }));
    }

    [Theory]
    [InlineData("00:00:01", false, null)]
    [InlineData("00:15:00", false, null)]
    [InlineData("01:00:00", true, null)]
    [InlineData("00:00:00", false, "is 00:00:00; the minimum is 00:00:01")]
    [InlineData("-00:00:05", false, "is -00:00:05; the minimum is 00:00:01")]
    [InlineData("00:00:01.5", false, "is 00:00:01.5000000; the lifetime of an assertion is in whole seconds (RFC 7519 section 2)")]
    [InlineData("00:15:01", false, "is 00:15:01; the maximum is 00:15:00, or 01:00:00 with AllowLongLifetime set to true")]
    [InlineData("01:00:01", true, "is 01:00:01; the maximum is 01:00:00, with AllowLongLifetime")]
    public void The_lifetime_must_be_within_its_bounds(string lifetime, bool allowLong, string? problem) =>
        Assert.Equal(problem, AssertionLifetime.Problem(TimeSpan.Parse(lifetime, null), allowLong));

    [Fact]
    public async Task An_assertion_reports_its_type_and_expiry_and_ToString_redacts_its_value()
    {
        var assertion = await Factory(Profile()).ProvideAsync(new AssertionContext(), TestContext.Current.CancellationToken);

        Assert.Equal("urn:ietf:params:oauth:client-assertion-type:jwt-bearer", assertion.Type);
        Assert.Equal(TestData.Moment + TimeSpan.FromMinutes(2), assertion.ExpiresAt);
        Assert.Equal($"assertion ({assertion.Value.Length} characters, redacted), expires 2026-11-23T09:02:00Z", assertion.ToString());
    }

    private static AssertionProfile Profile() => new(
        JwtTypes.ClientAuthentication, TestData.ClientId, TestData.ClientId, TestData.Issuer, AssertionLifetime.Default, new Dictionary<string, object>());

    private AssertionFactory Factory(AssertionProfile profile) => new(profile, _signer, _clock, new JtiGenerator(RandomNumberGenerator.Fill));

    private async Task<Jwt> CreateAsync(AssertionProfile profile) =>
        Jwt.Parse((await Factory(profile).ProvideAsync(new AssertionContext(), TestContext.Current.CancellationToken)).Value);
}
