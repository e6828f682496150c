using System.Diagnostics;
using System.Runtime.Serialization;
using System.Text.Json.Serialization;
using JwtGrantClient.Assertions;
using JwtGrantClient.Protocol;
using JwtGrantClient.Signing;

namespace JwtGrantClient;

/// <summary>
/// An assertion before it is signed, which a callback can edit. Each assertion has its own draft, so an edit does not affect other assertions.
/// Registered claims (RFC 7519 section 4.1) cannot be changed.
/// </summary>
public sealed class AssertionDraft
{
    private AssertionDraft(AssertionContext context, AssertionProfile profile)
    {
        Context = context;
        Type = profile.Type;
        foreach (var (name, value) in profile.Header)
            Header[name] = value;
        foreach (var (name, value) in NamedValues.Merge(profile.Claims, context.Claims))
            Claims[name] = value;
    }

    /// <summary>Gets the purpose of the assertion and the token request.</summary>
    public AssertionContext Context { get; }

    /// <summary>Gets or sets the <c>typ</c> header parameter (RFC 7519 section 5.1). Default: as configured.</summary>
    public string Type { get; set; }

    /// <summary>
    /// Gets the additional header parameters. A parameter replaces that of <see cref="IJwtSigner.Header"/>. <c>alg</c>, <c>typ</c>, <c>kid</c>,
    /// <c>crit</c> and <c>b64</c> are not allowed. Default: as configured.
    /// </summary>
    public IDictionary<string, object> Header { get; } = new ValueDictionary();

    /// <summary>
    /// Gets the additional claims, which include those of the settings and of the token request. The registered claims <c>iss</c>, <c>sub</c>,
    /// <c>aud</c>, <c>exp</c>, <c>nbf</c>, <c>iat</c> and <c>jti</c> are not allowed. A value has one of the types of
    /// <see cref="TokenRequest.Claims"/>.
    /// </summary>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public IDictionary<string, object> Claims { get; } = new ValueDictionary();

    /// <summary>Returns the header and the payload of an assertion after the edit.</summary>
    /// <exception cref="JwtGrantException">The edited header or claims are not allowed.</exception>
    internal static (JwsHeader Header, AssertionPayload Payload) Apply(
        Action<AssertionDraft> edit, AssertionContext context, AssertionProfile profile, JwsHeader header)
    {
        var draft = new AssertionDraft(context, profile);
        edit(draft);
        foreach (var (name, value) in draft.Claims)
            if (ClaimSyntax.Problem(name, value) is { } problem)
                throw JwtGrantException.Configuration("assertion_edit_refused", $"The edited assertion is not allowed: the claim {problem}.");
        return (
            new JwsHeader(header.Signer, draft.Type, draft.Header.AsReadOnly()),
            new AssertionPayload(profile with { Claims = draft.Claims.AsReadOnly() }));
    }
}
