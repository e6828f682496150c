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
}
