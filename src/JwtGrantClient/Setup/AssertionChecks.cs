using JwtGrantClient.Assertions;
using JwtGrantClient.Protocol;
using JwtGrantClient.Signing;

namespace JwtGrantClient.Setup;

/// <summary>Finds the problems of the claims and header parameters of the assertions that the library signs.</summary>
internal static class AssertionChecks
{
    private static readonly TimeSpan MaxBackdate = TimeSpan.FromMinutes(5);

    /// <summary>Returns the problems.</summary>
    /// <param name="options">The options.</param>
    /// <param name="signsGrant">Whether the library signs the grant assertion, or the self-signed token.</param>
    /// <param name="signsClient">Whether the library signs the client assertion.</param>
    public static IEnumerable<string> Find(JwtGrantOptions options, bool signsGrant, bool signsClient)
    {
        var (grant, client) = (options.Assertion, options.ClientAssertion);
        return
        [
            .. FindJson("Assertion", grant.JsonClaims, grant.Claims),
            .. FindJson("ClientAssertion", client.JsonClaims, client.Claims),
            .. Find("Assertion", grant.Claims, grant.Header, grant.OmittedClaims, grant.Backdate, grant.Lifetime),
            .. Find("ClientAssertion", client.Claims, client.Header, client.OmittedClaims, client.Backdate, client.Lifetime),
            .. CheckScope(options, signsGrant, signsClient),
        ];
    }

    private static IEnumerable<string> Find(
        string section, IDictionary<string, object> claims, IDictionary<string, object> header, IList<string> omitted, TimeSpan backdate, TimeSpan? lifetime)
    {
        foreach (var (name, value) in claims)
            if (ClaimSyntax.Problem(name, value) is { } problem)
                yield return $"{section}:Claims: {problem}.";
        foreach (var (name, value) in header)
            if (JwsHeader.Problem(name, value) is { } problem)
                yield return $"{section}:Header {problem}.";
        foreach (var name in omitted)
            if (OmittedClaimNames.Problem(name) is { } problem)
                yield return $"{section}:OmittedClaims {problem}.";
        if (backdate < TimeSpan.Zero || backdate > MaxBackdate || backdate.Ticks % TimeSpan.TicksPerSecond != 0)
            yield return $"{section}:Backdate is {backdate}; expected {TimeSpan.Zero} to {MaxBackdate}, in whole seconds.";
        else if (backdate > TimeSpan.Zero && backdate >= (lifetime ?? AssertionLifetime.Default))
            yield return $"{section}:Backdate is {backdate}, and {section}:Lifetime is {lifetime ?? AssertionLifetime.Default}, so that the assertion would be expired when it is sent. Set a longer lifetime, or a shorter Backdate.";
    }

    private static IEnumerable<string> FindJson(string section, IDictionary<string, string> claims, IDictionary<string, object> others)
    {
        foreach (var (name, text) in claims)
            if (ClaimSyntax.TryParse(text) is null)
                yield return $"{section}:JsonClaims:{SettingText.Show(name)} is not JSON; expected the text of one value, such as 2592000, true or {{ \"type\": \"a\" }}. A claim that is text belongs into {section}:Claims.";
            else if (ClaimSyntax.Problem(name, value: "") is { } problem)
                yield return $"{section}:JsonClaims: {problem}.";
            else if (others.ContainsKey(name))
                yield return $"{section}:JsonClaims and {section}:Claims both have {SettingText.Show(name)}. Remove one of them.";
    }

    private static IEnumerable<string> CheckScope(JwtGrantOptions options, bool signsGrant, bool signsClient)
    {
        if (!Enum.IsDefined(options.ScopePlacement))
            yield return $"ScopePlacement: {(int)options.ScopePlacement} is not a value. Use one of {string.Join(", ", Enum.GetNames<ScopePlacement>())}.";
        else if (ScopeComposition.IsInGrantAssertion(options) && !signsGrant)
            yield return $"ScopePlacement is {options.ScopePlacement}, but another party signs the grant assertion. Set ScopePlacement to Parameter.";
        else if (ScopeComposition.IsInClientAssertion(options) && !signsClient)
            yield return $"ScopePlacement is {options.ScopePlacement}, but the client signs no assertion that could have the scope. Set ScopePlacement to Parameter.";
        else if (options is { ScopePlacement: not ScopePlacement.Parameter, Scope: not null }
            && (ScopeComposition.IsInGrantAssertion(options) ? options.Assertion.Claims : options.ClientAssertion.Claims).ContainsKey("scope"))
            yield return "Scope is set, and the claims of the assertion have a scope, too. Remove the claim.";
    }
}
