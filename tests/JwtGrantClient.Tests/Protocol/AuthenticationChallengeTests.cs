using JwtGrantClient.Protocol;

namespace JwtGrantClient.Tests.Protocol;

/// <summary>WWW-Authenticate as servers write it (RFC 9110 section 11.6.1, RFC 6750 section 3).</summary>
public sealed class AuthenticationChallengeTests
{
    [Theory]
    [InlineData("error=\"invalid_token\"", "invalid_token", null, null)]
    [InlineData(
        "realm=\"a, b\", error=\"insufficient_scope\", scope=\"a b\", error_description=\"More, please\"",
        "insufficient_scope", "a b", "More, please")]
    [InlineData("ERROR=invalid_token , Scope = a", "invalid_token", "a", null)]
    [InlineData("realm=\"x\" error=\"invalid_token\"", "invalid_token", null, null)]
    [InlineData("error=\"one\", error=\"two\"", "one", null, null)]
    [InlineData("error_description=\"say \\\"please\\\"\"", null, null, "say \"please\"")]
    [InlineData("error=\"invalid_token", "invalid_token", null, null)]
    [InlineData("error=\"", "", null, null)]
    [InlineData("error=", "", null, null)]
    [InlineData("error", null, null, null)]
    [InlineData("=,==,\",\\", null, null, null)]
    [InlineData("error=\"a\\", "a\\", null, null)]
    [InlineData("dG9rZW42OA==", null, null, null)]
    [InlineData("", null, null, null)]
    [InlineData(null, null, null, null)]
    public void Parameters_of_a_challenge_are_read_and_malformed_ones_are_ignored(
        string? parameters, string? error, string? scope, string? description) =>
        Assert.Equal(new("Bearer", error, scope, description), AuthenticationChallenge.Parse("Bearer", parameters));

    [Theory]
    [InlineData("Bearer", true), InlineData("bearer", true), InlineData("DPoP", false), InlineData("", false)]
    public void The_scheme_of_a_challenge_is_compared_case_insensitively(string scheme, bool isBearer) =>
        Assert.Equal(isBearer, AuthenticationChallenge.Parse(scheme, null).HasScheme("Bearer"));
}
