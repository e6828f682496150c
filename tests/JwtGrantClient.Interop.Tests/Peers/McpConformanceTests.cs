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
}
