using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>
/// A leniency lets one named rule pass, for one client or for the server, and the record of the request says so. Without it the refusal names it.
/// </summary>
public sealed class LeniencyTests
{
    private static readonly Dictionary<string, (Leniency Leniency, string[] Rules, Func<string> Assertion)> InBothRoles = new()
    {
        [nameof(Leniency.AllowMissingJti)] = (new() { AllowMissingJti = true }, ["S16"], () => new JwtBuilder().Without("jti").Compact()),
        [nameof(Leniency.AllowMissingSub)] = (new() { AllowMissingSub = true }, ["S11"], () => new JwtBuilder().Without("sub").Compact()),
        [nameof(Leniency.AllowStringDates)] = (new() { AllowStringDates = true }, ["S13", "S14", "S14"], () => new JwtBuilder()
            .WithClaim("exp", $"{TestData.Now + 60}").WithClaim("iat", $"{TestData.Now}").WithClaim("nbf", $"{TestData.Now}").Compact()),
        [nameof(Leniency.AllowLongLifetime)] = (new() { AllowLongLifetime = true }, ["S13"], () =>
            new JwtBuilder().WithClaim("exp", TestData.Now + 3600).Compact()),
        ["AllowLongLifetime of ten minutes, used after nine"] = (new() { AllowLongLifetime = true }, ["S14"], () =>
            new JwtBuilder().WithClaim("iat", TestData.Now - 540).WithClaim("exp", TestData.Now + 60).Compact()),
        ["AllowLongLifetime within the time from now"] = (new() { AllowLongLifetime = true }, ["S15"], () =>
            new JwtBuilder().WithClaim("iat", TestData.Now - 60).WithClaim("exp", TestData.Now + 290).Compact()),
        ["AllowLongLifetime until the year 9999"] = (new() { AllowLongLifetime = true }, ["S13"], () =>
            new JwtBuilder().WithClaim("exp", 253_402_300_799).Compact()),
        [nameof(Leniency.AllowPaddedBase64Url)] = (new() { AllowPaddedBase64Url = true }, ["S03"], () => new JwtBuilder().Compact() + "=="),
        [nameof(Leniency.AllowOtherAudiences)] = (new() { AllowOtherAudiences = true }, ["S12"], () =>
            new JwtBuilder().WithClaim("aud", new JsonArray(TestData.Issuer, "https://other.example.com")).Compact()),
    };

    private static readonly Dictionary<string, (Leniency Leniency, string[] Rules, Func<string> Assertion)> OfClientAssertions = new()
    {
        [nameof(Leniency.AllowTokenEndpointAudience)] = (new() { AllowTokenEndpointAudience = true }, ["S12"], () =>
            new JwtBuilder().WithClaim("aud", TestData.TokenEndpoint).Compact()),
        ["AllowTokenEndpointAudience in an array"] = (new() { AllowTokenEndpointAudience = true }, ["S12"], () =>
            new JwtBuilder().WithClaim("aud", new JsonArray(TestData.TokenEndpoint)).Compact()),
        ["issuer and token endpoint"] = (new() { AllowOtherAudiences = true }, ["S12"], () =>
            new JwtBuilder().WithClaim("aud", new JsonArray(TestData.Issuer, TestData.TokenEndpoint)).Compact()),
        ["token endpoint and another audience"] = (new() { AllowOtherAudiences = true, AllowTokenEndpointAudience = true }, ["S12", "S12"], () =>
            new JwtBuilder().WithClaim("aud", new JsonArray("https://other.example.com", TestData.TokenEndpoint)).Compact()),
        [nameof(Leniency.AllowMissingTyp)] = (new() { AllowMissingTyp = true }, ["S09"], () => new JwtBuilder().Without("typ").Compact()),
        ["AllowMissingTyp for the type JWT"] = (new() { AllowMissingTyp = true }, ["S09"], () => new JwtBuilder().Compact()),
    };

    public static TheoryData<string, AssertionRole> CasesInBothRoles
    {
        get
        {
            var rows = TestRows.InBothRoles(InBothRoles.Keys);
            foreach (var name in OfClientAssertions.Keys)
                rows.Add(name, AssertionRole.ClientAuthentication);
            return rows;
        }
    }

    [Theory, MemberData(nameof(CasesInBothRoles))]
    public async Task A_deviation_is_refused_by_default_and_let_pass_with_its_leniency_for_a_client_or_for_the_server(string testCase, AssertionRole role)
    {
        var (leniency, rules, create) = InBothRoles.TryGetValue(testCase, out var both) ? both : OfClientAssertions[testCase];
        var isTyp = testCase.StartsWith(nameof(Leniency.AllowMissingTyp), StringComparison.Ordinal);
        var (strict, forClient, forServer) = (Start(isTyp, new(), new()), Start(isTyp, leniency, new()), Start(isTyp, new(), leniency));

        var refused = await strict.PresentAsync(create(), role);
        (await forClient.PresentAsync(create(), role)).ShouldBeGranted();
        (await forServer.PresentAsync(create(), role)).ShouldBeGranted();

        refused.ShouldBeRefused(role, rules[0]).WithExplanation("Leniency.Allow");
        Assert.Empty(strict.LastRequest.LetPass);
        Assert.Equal(rules, forClient.LastRequest.LetPass.Select(rule => rule.Rule));
        Assert.Equal(rules, forServer.LastRequest.LetPass.Select(rule => rule.Rule));
        Assert.DoesNotContain("Leniency", forClient.LastRequest.LetPass[0].Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_jti_can_be_used_again_with_AllowReusedJti_and_the_record_names_the_first_request()
    {
        var server = Start(false, new() { AllowReusedJti = true }, new());
        var assertion = new JwtBuilder().Compact();

        (await server.PresentAsync(assertion, AssertionRole.Grant)).ShouldBeGranted();
        Assert.Empty(server.LastRequest.LetPass);
        (await server.PresentAsync(assertion, AssertionRole.Grant)).ShouldBeGranted();

        Assert.Contains("request 1", Assert.Single(server.LastRequest.LetPass).Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_broken_rule_is_still_refused_and_what_was_let_pass_is_recorded()
    {
        var server = Start(false, new() { AllowMissingJti = true }, new());

        var response = await server.PresentAsync(new JwtBuilder().Without("jti").WithClaim("aud", "https://other.example.com"));

        Assert.Empty(response.ShouldBeRefused(AssertionRole.Grant, "S12").Refusal!.AlsoBroken);
        Assert.Equal(["S16"], server.LastRequest.LetPass.Select(rule => rule.Rule));
    }

    [Theory]
    [InlineData("a jti that is a number", "S16"), InlineData("a sub that is null", "S11"), InlineData("an exp in words", "S13")]
    [InlineData("wrong padding", "S03"), InlineData("another audience", "S12"), InlineData("typ at+jwt", "S09"), InlineData("expired", "S13")]
    public async Task A_leniency_does_not_let_other_faults_of_the_same_rule_pass(string testCase, string rule)
    {
        var jwt = new JwtBuilder();
        var assertion = testCase switch
        {
            "a jti that is a number" => jwt.WithClaim("jti", 1).Compact(),
            "a sub that is null" => jwt.WithClaim("sub", null).Compact(),
            "an exp in words" => jwt.WithClaim("exp", "tomorrow").Compact(),
            "wrong padding" => jwt.Compact() + "=",
            "another audience" => jwt.WithClaim("aud", "https://other.example.com").Compact(),
            "typ at+jwt" => jwt.WithHeader("typ", "at+jwt").Compact(),
            _ => jwt.WithClaim("exp", $"{TestData.Now - 1}").Compact(),
        };
        var all = new Leniency
        {
            AllowTokenEndpointAudience = true, AllowOtherAudiences = true, AllowMissingTyp = true, AllowMissingJti = true, AllowReusedJti = true,
            AllowMissingSub = true, AllowStringDates = true, AllowLongLifetime = true, AllowPaddedBase64Url = true,
        };

        (await Start(true, all, all).PresentAsync(assertion, AssertionRole.ClientAuthentication)).ShouldBeRefused(AssertionRole.ClientAuthentication, rule);
    }

    [Fact]
    public async Task The_subject_of_a_grant_without_sub_is_the_issuer()
    {
        var server = Start(false, new() { AllowMissingSub = true }, new());

        var token = (await server.PresentAsync(new JwtBuilder().Without("sub"))).ShouldBeGranted().AccessToken;

        Assert.Equal(TestData.ClientId, server.Server.CheckAccessToken($"Bearer {token}").Subject);
    }

    [Fact]
    public async Task A_leniency_for_a_trusted_issuer_does_not_apply_to_clients()
    {
        var server = TestServer.Start();
        server.Server.TrustIssuer(new()
        {
            Issuer = "idp", PublicKeyPem = TestData.OtherRsaKey.ExportSubjectPublicKeyInfoPem(), Leniency = new() { AllowMissingJti = true },
        });
        var ofIssuer = new JwtBuilder().WithClaim("iss", "idp").WithClaim("sub", "user-1").Without("jti").SignedBy(TestData.OtherRsaKey);

        (await server.PresentAsync(ofIssuer)).ShouldBeGranted();
        (await server.PresentAsync(new JwtBuilder().Without("jti"))).ShouldBeRefused(AssertionRole.Grant, "S16");
    }

    [Theory]
    [InlineData("jti", "RFC 7523 section 3 item 7"), InlineData("aud", "RFC 7519 section 4.1.3"), InlineData("iat", "RFC 7519 section 4.1.6")]
    [InlineData("exp", "RFC 7519 section 4.1"), InlineData("replay", "RFC 7523 section 3 item 7")]
    public async Task A_grant_that_only_a_rule_of_this_server_refuses_is_refused_with_a_clause_that_says_so(string fault, string clause)
    {
        var server = TestServer.Start();
        var jwt = new JwtBuilder();
        if (fault == "replay")
            await server.PresentAsync(jwt);
        _ = fault switch
        {
            "jti" => jwt.Without("jti"),
            "aud" => jwt.WithClaim("aud", new JsonArray(TestData.Issuer, "https://other.example.com")),
            "iat" => jwt.WithClaim("iat", TestData.Now + 60),
            "exp" => jwt.WithClaim("iat", TestData.Now + 9).WithClaim("exp", TestData.Now + 8),
            _ => jwt,
        };

        var refusal = (await server.PresentAsync(jwt)).Refusal!;

        Assert.Equal($"a rule of this server, which {clause} leaves open", refusal.Clause);
    }

    [Fact]
    public async Task A_DPoP_proof_without_typ_is_let_pass_with_a_leniency_of_the_server()
    {
        var server = Start(false, new(), new() { AllowMissingTyp = true });

        var response = await server.PostWithAsync([("DPoP", DPoPProofBuilder.CreateForTokenEndpoint().Without("typ").Compact())],
            ("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().Compact()));

        response.ShouldBeGranted("DPoP");
        Assert.Equal(["S09"], server.LastRequest.LetPass.Select(rule => rule.Rule));
    }

    private static TestServer Start(bool requireExplicitTyp, Leniency forClient, Leniency forServer) => TestServer.Start(
        clock => new() { TimeProvider = clock, RequireExplicitTyp = requireExplicitTyp, Leniency = forServer },
        new() { Id = TestData.ClientId, PublicKeyPem = TestData.RsaKey.ExportSubjectPublicKeyInfoPem(), Leniency = forClient });
}
