using System.Diagnostics;
using System.Runtime.Serialization;
using System.Text.Json.Serialization;
using JwtGrantClient.Credentials;
using JwtGrantClient.Settings;
using JwtGrantClient.Sources;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient;

/// <summary>
/// The options of one client at one authorization server, set in code or bound from configuration. They are read once, validated as a whole
/// and copied; later changes have no effect.
/// </summary>
public sealed partial class JwtGrantOptions
{
    /// <summary>
    /// Gets the name of the provider whose defaults the options have, such as <c>GoogleServiceAccount</c>. It is a key of the configuration; in code a method
    /// such as UseGoogleServiceAccount sets it. Default: null, no provider.
    /// </summary>
    [JsonConverter(typeof(SettingJsonConverter))]
    public string? Provider { get; internal set; }

    /// <summary>
    /// Gets or sets the issuer identifier of the authorization server (RFC 8414 section 2), exactly as the server writes it: an https URL
    /// without query and fragment. It is the default audience of assertions (RFC 10070), and endpoints that are not configured are read from
    /// its metadata. Default: null. Either this or <see cref="TokenEndpoint"/> is required.
    /// </summary>
    [JsonConverter(typeof(PlaceJsonConverter))]
    public string? Issuer { get; set; }

    /// <summary>
    /// Gets or sets the URL of the token endpoint (RFC 6749 section 3.2): https, without fragment. If it is set, token requests do not read the
    /// metadata. Default: null, the endpoint from the metadata of <see cref="Issuer"/> (RFC 8414).
    /// </summary>
    [JsonConverter(typeof(PlaceJsonConverter))]
    public string? TokenEndpoint { get; set; }

    /// <summary>
    /// Gets or sets the URL of the revocation endpoint (RFC 7009 section 2): https, without fragment. Default: null, the endpoint from the metadata
    /// of <see cref="Issuer"/>.
    /// </summary>
    [JsonConverter(typeof(PlaceJsonConverter))]
    public string? RevocationEndpoint { get; set; }

    /// <summary>
    /// Gets or sets the origins (scheme, host and port) that the token endpoint and the revocation endpoint may have, for example
    /// <c>https://as.example.com</c>. Metadata that names another origin is refused. Default: empty, all origins; a change of the origin is logged.
    /// </summary>
    public IList<string> TokenEndpointOrigins { get; set; } = [];

    /// <summary>
    /// Gets or sets the client id that is registered at the server (RFC 6749 section 2.2). Default: null. Required, with two exceptions:
    /// PrivateKeyJwt with an assertion from a file or a provider; and None, unless the library signs a grant assertion whose issuer is not
    /// configured.
    /// </summary>
    [JsonConverter(typeof(SettingJsonConverter))]
    public string? ClientId { get; set; }

    /// <summary>Gets or sets the grant with which tokens are requested. Default: <see cref="GrantType.JwtBearer"/>.</summary>
    public GrantType Grant { get; set; }

    /// <summary>Gets or sets how the client authenticates at the server. Default: <see cref="ClientAuthenticationMethod.None"/>.</summary>
    public ClientAuthenticationMethod ClientAuthentication { get; set; }

    /// <summary>
    /// Gets or sets whether the form contains <c>client_id</c> even if the client authentication does not require it (RFC 7521 section 4.2).
    /// Default: true.
    /// </summary>
    public bool SendClientId { get; set; } = true;

    /// <summary>
    /// Gets or sets how the body of token requests is written. Revocations are always forms (RFC 7009). Default: <see cref="RequestEncoding.Form"/>.
    /// </summary>
    public RequestEncoding RequestEncoding { get; set; }

    /// <summary>
    /// Gets or sets the scope that tokens are requested for: values separated by single spaces (RFC 6749 section 3.3). Default: null, no scope
    /// is sent.
    /// </summary>
    [JsonConverter(typeof(SettingJsonConverter))]
    public string? Scope { get; set; }

    /// <summary>
    /// Gets or sets where the scope is: in a parameter of the token request, or in a claim of the assertion that the library signs. Default:
    /// <see cref="ScopePlacement.Parameter"/>.
    /// </summary>
    public ScopePlacement ScopePlacement { get; set; }

    /// <summary>
    /// Gets or sets the APIs that tokens are requested for (<c>resource</c>, RFC 8707 section 2): absolute URIs without fragment. Default:
    /// empty, no resource is sent.
    /// </summary>
    public IList<string> Resource { get; set; } = [];

    /// <summary>
    /// Gets or sets the <c>authorization_details</c> that tokens are requested with (RFC 9396 section 2): the text of a JSON array of objects, each with a
    /// <c>type</c>. Default: null, none are sent.
    /// </summary>
    [JsonConverter(typeof(SettingJsonConverter))]
    public string? AuthorizationDetails { get; set; }

    /// <summary>
    /// Gets or sets additional form fields of token requests. Fields that the protocol defines, such as <c>scope</c>, are not allowed here.
    /// Default: empty.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting), IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public IDictionary<string, string> Parameters { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Gets or sets the private key that signs assertions. Required if the library signs an assertion and UseSigner does not set a signer.
    /// </summary>
    public SigningKeyOptions SigningKey { get; set; } = new();

    /// <summary>
    /// Gets or sets the client secret of ClientSecretBasic and ClientSecretPost (RFC 6749 section 2.3.1). Prefer a signed assertion if the
    /// server supports it. The secret is never printed. Set at most one of this, <see cref="ClientSecretEnvironmentVariable"/> and
    /// <see cref="ClientSecretFile"/>. Default: null.
    /// </summary>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? ClientSecret { get; set; }

    /// <summary>Gets or sets the name of the environment variable that contains the client secret. Default: null.</summary>
    [JsonConverter(typeof(PlaceJsonConverter))]
    public string? ClientSecretEnvironmentVariable { get; set; }

    /// <summary>
    /// Gets or sets the path of the file that contains the client secret. The file is read for each attempt; line breaks at its end are
    /// ignored. Default: null.
    /// </summary>
    [JsonConverter(typeof(PlaceJsonConverter))]
    public string? ClientSecretFile { get; set; }

    /// <summary>
    /// Gets or sets the certificate that the client presents to the authorization server. Required for MutualTls (RFC 8705 section 2), unless
    /// UseClientCertificate or UseTokenEndpointHandler is called. With another authentication, the server may bind tokens to the certificate
    /// (RFC 8705 section 3). Default: null.
    /// </summary>
    public ClientCertificateOptions? ClientCertificate { get; set; }

    /// <summary>
    /// Gets or sets the path of a file with the certificates of the CAs that the client trusts at the authorization server, for its metadata, its token
    /// endpoint and its revocation endpoint: PEM with one or more certificates, or one in DER, at most 1 MiB. They replace those that the machine trusts. A
    /// changed file takes effect within five seconds. Default: null, the certificates that the machine trusts.
    /// </summary>
    [JsonConverter(typeof(PlaceJsonConverter))]
    public string? TrustedCertificates { get; set; }

    /// <summary>Gets or sets the options of the assertion that is the grant (RFC 7523 section 2.1).</summary>
    public AssertionOptions Assertion { get; set; } = new();

    /// <summary>Gets or sets the options of the assertion that authenticates the client (RFC 7523 section 2.2).</summary>
    public ClientAssertionOptions ClientAssertion { get; set; } = new();

    /// <summary>
    /// Gets or sets the options of a token exchange (RFC 8693). They must be empty unless <see cref="Grant"/> is
    /// <see cref="GrantType.TokenExchange"/>.
    /// </summary>
    public TokenExchangeOptions TokenExchange { get; set; } = new();

    /// <summary>
    /// Gets or sets how often the tokens of other clients are sent: those of <see cref="AssertionOptions.From"/>, <see cref="ClientAssertionOptions.From"/>,
    /// <see cref="TokenExchangeOptions.SubjectTokenFrom"/> and <see cref="TokenExchangeOptions.ActorTokenFrom"/>. Default:
    /// <see cref="InputReuse.WhileValid"/>.
    /// </summary>
    public InputReuse InputReuse { get; set; }

    /// <summary>Gets or sets the options of DPoP, which binds tokens to a key (RFC 9449). Default: DPoP is not used.</summary>
    public DPoPOptions DPoP { get; set; } = new();

    /// <summary>
    /// Gets or sets whether the cached tokens are revoked (RFC 7009) when the client is disposed asynchronously, as a host does when it stops.
    /// Each token takes one request; all requests together take at most 5 s. Tokens that are shared with other processes are not revoked.
    /// Default: false.
    /// </summary>
    public bool RevokeOnDispose { get; set; }

    /// <summary>Gets or sets when tokens are refreshed.</summary>
    public RefreshOptions Refresh { get; set; } = new();

    /// <summary>Gets or sets how often a token request is retried, and how long it may take.</summary>
    public RetryOptions Retry { get; set; } = new();

    /// <summary>Gets or sets the limits of the load on the token endpoint, which all clients of the endpoint share.</summary>
    public EndpointLimitOptions EndpointLimits { get; set; } = new();

    /// <summary>Gets or sets how long the server is not called after an acquisition has failed.</summary>
    public BackoffOptions Backoff { get; set; } = new();

    /// <summary>Gets or sets how many tokens are cached, and for how long.</summary>
    public CacheOptions Cache { get; set; } = new();

    /// <summary>
    /// Gets or sets the lifetime of a token whose response has no <c>expires_in</c> (RFC 6749 section 5.1): 1 s to 1 day. Default: null, which
    /// means 5 min.
    /// </summary>
    public TimeSpan? DefaultTokenLifetime { get; set; }

    /// <summary>
    /// Gets or sets the type of a token whose response has no <c>token_type</c>: <c>Bearer</c> or null. With null, such a response is an error,
    /// because RFC 6749 section 5.1 requires the member. Default: null.
    /// </summary>
    [JsonConverter(typeof(SettingJsonConverter))]
    public string? DefaultTokenType { get; set; }

    /// <summary>
    /// Gets or sets whether the ID token of the response is the token of the client, for an API that accepts ID tokens. The response does not need
    /// <c>access_token</c>, <c>token_type</c> and <c>expires_in</c> then. Default: false.
    /// </summary>
    public bool UseIdToken { get; set; }

    /// <summary>
    /// Gets or sets the <c>User-Agent</c> header of requests to the authorization server (RFC 9110 section 10.1.5): at most 256 printable ASCII characters.
    /// Default: <c>JwtGrantClient</c>.
    /// </summary>
    [JsonConverter(typeof(SettingJsonConverter))]
    public string UserAgent { get; set; } = TokenEndpointTransport.DefaultUserAgent;

    /// <summary>
    /// Gets or sets additional headers of token and revocation requests, for example those that an API gateway before the server requires. The headers that the
    /// library sets, such as <c>Authorization</c>, are not allowed here. Default: empty.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting), IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public IDictionary<string, string> Headers { get; set; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Gets or sets how many bytes of <see cref="AccessToken.Members"/> are kept: 0 to 1,048,576. A member that does not fit is dropped, and the token is
    /// kept. Default: 16,384.
    /// </summary>
    public int MaxMembersSize { get; set; } = 16 * 1024;

    /// <summary>
    /// Gets or sets whether assertions have the server's time after the server refused one (<c>invalid_grant</c>, <c>invalid_client</c> or the status 401) and its Date
    /// header shows that the local clock is wrong by 5 s to 10 min. The request is then repeated once with a new assertion. Default: true.
    /// </summary>
    public bool ClockCorrection { get; set; } = true;

    /// <summary>
    /// Gets or sets whether http is allowed for servers on this machine (127.0.0.1, ::1 and localhost). It applies to the issuer, the endpoints
    /// and the APIs of AddJwtGrantToken. Default: false.
    /// </summary>
    public bool AllowLoopbackHttp { get; set; }

    internal SecretSource ClientSecretSource =>
        new(ClientSecret, ClientSecretEnvironmentVariable, ClientSecretFile, JwtGrantClient.TokenEndpoint.ClientSecret.Settings);

    /// <summary>Gets the problems of the configuration section that the options were bound from. Each of them makes the validation fail.</summary>
    internal List<string> SectionProblems { get; } = [];

    /// <summary>Gets or sets the path of the configuration section if it does not exist or is empty; otherwise null.</summary>
    internal string? MissingSection { get; set; }

    /// <summary>Gets or sets whether all values of the configuration section could be bound.</summary>
    internal bool IsBound { get; set; } = true;
}
