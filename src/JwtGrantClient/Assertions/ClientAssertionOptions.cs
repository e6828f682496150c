using System.Diagnostics;
using System.Runtime.Serialization;
using System.Text.Json.Serialization;
using JwtGrantClient.Protocol;

namespace JwtGrantClient;

/// <summary>The options of the assertion that authenticates the client (RFC 7523 section 2.2, updated by RFC 10070).</summary>
public sealed class ClientAssertionOptions
{
    /// <summary>
    /// Gets or sets the <c>iss</c> claim. Default: <see cref="JwtGrantOptions.ClientId"/> (OpenID Connect Core section 9). Sign in with Apple
    /// requires the id of the team.
    /// </summary>
    [JsonConverter(typeof(SettingJsonConverter))]
    public string? Issuer { get; set; }

    /// <summary>
    /// Gets or sets the <c>aud</c> claim: one string, which is sent exactly as configured. Default: <see cref="JwtGrantOptions.Issuer"/>
    /// (RFC 10070). Set it for a server that requires another value, such as the URL of its token endpoint.
    /// </summary>
    [JsonConverter(typeof(SettingJsonConverter))]
    public string? Audience { get; set; }

    /// <summary>
    /// Gets or sets the <c>typ</c> header parameter. Default: <c>client-authentication+jwt</c> (RFC 10070). Some older servers require <c>JWT</c>.
    /// </summary>
    [JsonConverter(typeof(SettingJsonConverter))]
    public string? Type { get; set; }

    /// <summary>
    /// Gets or sets the time from <c>iat</c> to <c>exp</c>, in whole seconds. Range: 1 s to 15 min, or to 1 h with
    /// <see cref="AllowLongLifetime"/>. Default: 2 min. With <see cref="ClientAuthenticationMethod.JwtAsClientSecret"/> the range is 5 min to
    /// 15,777,000 s (half a year) and the default is 1 day.
    /// </summary>
    public TimeSpan? Lifetime { get; set; }

    /// <summary>Gets or sets whether <see cref="Lifetime"/> may be up to 1 h, for a server whose clock is inaccurate. Default: false.</summary>
    public bool AllowLongLifetime { get; set; }

    /// <summary>
    /// Gets or sets the registered claims that are left out unless a setting has a value for them: <c>iss</c>, <c>sub</c>, <c>aud</c>,
    /// <c>iat</c> and <c>jti</c>, for a server that does not accept them. An assertion without <c>jti</c> can be used more than once. Default: empty.
    /// </summary>
    public IList<string> OmittedClaims { get; set; } = [];

    /// <summary>
    /// Gets or sets whether the assertion has <c>nbf</c>, with the value of <c>iat</c> (RFC 7519 section 4.1.5). Default: false.
    /// </summary>
    public bool NotBefore { get; set; }

    /// <summary>
    /// Gets or sets how long before the current time <c>iat</c> is, for a server whose clock may be behind, in whole seconds. <c>exp</c> is
    /// <see cref="Lifetime"/> after <c>iat</c>, so it is earlier, too. Range: 0 s to 5 min, and less than the lifetime. Default: 0 s.
    /// </summary>
    public TimeSpan Backdate { get; set; }

    /// <summary>
    /// Gets or sets additional header parameters, such as <c>jku</c> (RFC 7515 section 4.1.2). Values from configuration are strings and arrays of
    /// strings. <c>alg</c>, <c>typ</c>, <c>kid</c>, <c>crit</c> and <c>b64</c> are not allowed. Default: empty.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting), IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public IDictionary<string, object> Header { get; set; } = new ValueDictionary();

    /// <summary>
    /// Gets or sets additional claims, for a server that requires them. Values and names are as in <see cref="AssertionOptions.Claims"/>. Default: empty.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting), IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public IDictionary<string, object> Claims { get; set; } = new ValueDictionary();

    /// <summary>
    /// Gets or sets the additional claims that are not text, for configuration: the text of a JSON value for each, such as <c>2592000</c> or an object. In code,
    /// use <see cref="Claims"/>, which has the same names. Default: empty.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting), IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public IDictionary<string, string> JsonClaims { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Gets or sets the path of a file with a JWT that another party signs and replaces before it expires, such as a Kubernetes projected token or a
    /// SPIFFE JWT-SVID. The JWT is read for every attempt and sent unchanged. A signing key and a ClientId are not required then. Default: null;
    /// the library signs the assertion.
    /// </summary>
    [JsonConverter(typeof(PlaceJsonConverter))]
    public string? TokenFile { get; set; }

    /// <summary>
    /// Gets or sets the name of another client whose token is the client assertion. It comes from the cache of that client for every attempt and is
    /// sent unchanged. A signing key and a ClientId are not required then. Default: null.
    /// </summary>
    [JsonConverter(typeof(SettingJsonConverter))]
    public string? From { get; set; }

    /// <summary>
    /// Gets or sets the <c>client_assertion_type</c> of the JWT in <see cref="TokenFile"/>, or of <see cref="From"/>. Default:
    /// <c>urn:ietf:params:oauth:client-assertion-type:jwt-bearer</c>. A SPIFFE JWT-SVID requires
    /// <c>urn:ietf:params:oauth:client-assertion-type:jwt-spiffe</c>.
    /// </summary>
    [JsonConverter(typeof(SettingJsonConverter))]
    public string? AssertionType { get; set; }

    /// <summary>Gets or sets the key that signs this assertion. Default: null, which means <see cref="JwtGrantOptions.SigningKey"/>.</summary>
    public SigningKeyOptions? SigningKey { get; set; }
}
