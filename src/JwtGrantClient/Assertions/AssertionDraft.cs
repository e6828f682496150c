using JwtGrantClient.Assertions;
using JwtGrantClient.Protocol;
using JwtGrantClient.Signing;

namespace JwtGrantClient;

/// <summary>
/// An assertion before it is signed, for a callback to edit: a fresh one for each assertion, so nothing of the caller's is changed.
/// Registered claims are the library's own; naming one is an error, not an override.
/// </summary>
public sealed class AssertionDraft
{
    private AssertionDraft(AssertionContext context, AssertionProfile profile)
    {
        Context = context;
        Type = profile.Type;
        Claims = new Dictionary<string, object>(NamedValues.Merge(profile.Claims, context.Claims), StringComparer.Ordinal);
    }

    /// <summary>What the assertion is for.</summary>
    public AssertionContext Context { get; }

    /// <summary>The <c>typ</c> header. Default: as configured.</summary>
    public string Type { get; set; }

    /// <summary>Further members of the header; <c>alg</c>, <c>typ</c>, <c>kid</c>, <c>crit</c> and <c>b64</c> may not be named.</summary>
    public IDictionary<string, object> Header { get; } = new Dictionary<string, object>(StringComparer.Ordinal);

    /// <summary>
    /// Further claims, with those of the settings and of the token request in it; <c>iss</c>, <c>sub</c>, <c>aud</c>, <c>exp</c>,
    /// <c>nbf</c>, <c>iat</c> and <c>jti</c> may not be named.
    /// </summary>
    public IDictionary<string, object> Claims { get; }

    internal static (JwsHeader Header, AssertionPayload Payload) Apply(
        Action<AssertionDraft> edit, AssertionContext context, AssertionProfile profile, JwsHeader header)
    {
        var draft = new AssertionDraft(context, profile);
        edit(draft);
        foreach (var (name, value) in draft.Claims)
            if (ClaimSyntax.Problem(name, value) is { } problem)
                throw JwtGrantException.Configuration("assertion_edit_refused", "The edited assertion is refused: among its claims " +
                    $"{problem}.");
        return (
            new JwsHeader(header.Signer, draft.Type, draft.Header.AsReadOnly()),
            new AssertionPayload(profile with { Claims = draft.Claims.AsReadOnly() }));
    }
}
