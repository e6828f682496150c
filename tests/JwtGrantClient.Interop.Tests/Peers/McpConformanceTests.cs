namespace JwtGrantClient.Interop.Tests.Peers;

/// <summary>The public conformance suite of MCP finds nothing wrong with a client whose tokens come from this library.</summary>
public sealed class McpConformanceTests
{
    [Theory]
    [InlineData("auth/client-credentials-jwt", "client-credentials-jwt-verified", "valid-bearer-token")]
    [InlineData("auth/client-credentials-basic", "client-credentials-basic-auth", "valid-bearer-token")]
    [InlineData("auth/wif-jwt-bearer", "wif-assertion-verified", "valid-bearer-token")]
    [InlineData("auth/enterprise-managed-authorization", "complete-flow-token-exchange", "complete-flow-jwt-bearer", "valid-bearer-token")]
    [InlineData("auth/resource-mismatch", "resource-mismatch-rejected")]
    public async Task A_scenario_has_no_failure_and_no_warning(string scenario, params string[] expected)
    {
        var checks = (await McpConformanceSuite.RunAsync(scenario)).Where(check => check.Status != "INFO").ToList();

        Assert.Equal([], checks.Where(check => check.Status != "SUCCESS"));
        Assert.Equal([], expected.Except(checks.Select(check => check.Id)));
    }

    // The suite looks at the proof of the token request only where a user signs in (authorization_code). Without it, or without the nonce, its token endpoint
    // would not have issued a bound token, whose use these scenarios check, too.
    [Theory]
    [InlineData("auth/dpop", "sep-1932-client-token-request-proof")]
    [InlineData("auth/dpop-nonce", "sep-1932-client-token-request-proof", "sep-1932-client-as-nonce")]
    public async Task With_DPoP_only_the_checks_of_a_sign_in_fail(string scenario, params string[] ofSignIn)
    {
        var checks = (await McpConformanceSuite.RunAsync(scenario, failureIsExpected: true)).Where(check => check.Status != "INFO").ToList();

        Assert.Equal(ofSignIn, checks.Where(check => check.Status != "SUCCESS").Select(check => check.Id));
        string[] expected = ["sep-1932-client-dpop-auth-scheme", "sep-1932-client-fresh-proof"];
        Assert.Equal([], expected.Except(checks.Where(check => check.Status == "SUCCESS").Select(check => check.Id)));
    }
}
