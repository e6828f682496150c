using System.Diagnostics;
using System.Runtime.Serialization;
using System.Text.Json.Serialization;
using JwtGrantClient.Protocol;

namespace JwtGrantClient;

/// <summary>The options of the assertion that serves as the grant (RFC 7523 section 2.1).</summary>
public sealed class AssertionOptions
{
    /// <summary>Gets or sets the <c>iss</c> claim. Default: <see cref="JwtGrantOptions.ClientId"/>.</summary>
    [JsonConverter(typeof(SettingJsonConverter))]
    public string? Issuer { get; set; }

    /// <summary>
    /// Gets or sets the <c>sub</c> claim, the user or tenant that the token represents. <see cref="TokenRequest.Subject"/> overrides it.
    /// Default: the <c>iss</c> claim.
    /// </summary>
    [JsonConverter(typeof(SettingJsonConverter))]
    public string? Subject { get; set; }

    /// <summary>
    /// Gets or sets the <c>aud</c> claim, which is sent exactly as configured. Default: <see cref="JwtGrantOptions.Issuer"/>; if it is not set,
    /// <see cref="JwtGrantOptions.TokenEndpoint"/>.
    /// </summary>
    [JsonConverter(typeof(SettingJsonConverter))]
    public string? Audience { get; set; }

    /// <summary>
    /// Gets or sets the time from <c>iat</c> to <c>exp</c>, in whole seconds. Range: 1 s to 15 min, or to 1 h with
    /// <see cref="AllowLongLifetime"/>. Default: 2 min.
    /// </summary>
    public TimeSpan? Lifetime { get; set; }

    /// <summary>Gets or sets whether <see cref="Lifetime"/> may be up to 1 h, for a server whose clock is inaccurate. Default: false.</summary>
    public bool AllowLongLifetime { get; set; }

    /// <summary>
    /// Gets or sets the registered claims that are left out unless a setting or the token request has a value for them: <c>iss</c>, <c>sub</c>, <c>aud</c>,
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
    /// Gets or sets the path of a file with a JWT that another party signs and replaces before it expires. The JWT is read for every attempt and
    /// sent unchanged. Do not set a signing key or other properties of this class then. Default: null; the library signs the assertion.
    /// </summary>
    [JsonConverter(typeof(PlaceJsonConverter))]
    public string? TokenFile { get; set; }

    /// <summary>
    /// Gets or sets the name of another client whose token is the assertion. It comes from the cache of that client for every attempt and is sent
    /// unchanged. Do not set a token file or other properties of this class then. Default: null.
    /// </summary>
    [JsonConverter(typeof(SettingJsonConverter))]
    public string? From { get; set; }

    /// <summary>
    /// Gets or sets whether each token request has the assertion (<see cref="TokenRequest.Assertion"/>), such as the token of a user. A signing key is not
    /// required then. Default: false.
    /// </summary>
    public bool FromRequest { get; set; }

    /// <summary>
    /// Gets or sets the additional claims. Values from configuration are strings and arrays of strings. Values that are set in code can also be a
    /// bool, an int, a long, a finite double or a <see cref="System.Text.Json.JsonElement"/>. The registered claims iss, sub, aud, exp, nbf, iat
    /// and jti (RFC 7519 section 4.1) are not allowed. Default: empty.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting), IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public IDictionary<string, object> Claims { get; set; } = new ValueDictionary();

    /// <summary>
    /// Gets or sets the additional claims that are not text, for configuration: the text of a JSON value for each, such as <c>2592000</c> or an object. In code,
    /// use <see cref="Claims"/>, which has the same names. Default: empty.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting), IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public IDictionary<string, string> JsonClaims { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
