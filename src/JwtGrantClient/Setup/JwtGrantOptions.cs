using System.Diagnostics;
using System.Runtime.Serialization;
using System.Text.Json.Serialization;
using JwtGrantClient.Credentials;

namespace JwtGrantClient;

/// <summary>
/// One client at one authorization server. Set by code or bound from configuration; read once, checked whole, then copied. A setting that
/// is null is not set.
/// </summary>
public sealed class JwtGrantOptions
{
    /// <summary>
    /// The authorization server's issuer identifier, byte for byte as the server spells it: the default audience (RFC 10070), and where
    /// metadata is looked for (RFC 8414). https, without query or fragment. Either this or <see cref="TokenEndpoint"/> is required.
    /// </summary>
    public string? Issuer { get; set; }

    /// <summary>The token endpoint's address: https, without fragment. Goes before the metadata, which is then not fetched.</summary>
    public string? TokenEndpoint { get; set; }

    /// <summary>Where tokens are revoked (RFC 7009): https, without fragment. Default: by the issuer's metadata.</summary>
    public string? RevocationEndpoint { get; set; }

    /// <summary>The client's id at the server. Required unless an assertion speaks for the client and names it itself.</summary>
    public string? ClientId { get; set; }

    /// <summary>The grant. Default: <see cref="GrantType.JwtBearer"/>.</summary>
    public GrantType Grant { get; set; }

    /// <summary>How the client authenticates. Default: <see cref="ClientAuthenticationMethod.None"/>.</summary>
    public ClientAuthenticationMethod ClientAuthentication { get; set; }

    /// <summary>
    /// Whether the form carries <c>client_id</c> where the authentication does not need it (RFC 7521 section 4.2). Default: true.
    /// </summary>
    public bool SendClientId { get; set; } = true;

    /// <summary>Scope values, separated by single spaces (RFC 6749 section 3.3). Default: none are sent.</summary>
    public string? Scope { get; set; }

    /// <summary>The APIs that tokens are for (RFC 8707): absolute URIs without fragment. Default: none are sent.</summary>
    public IList<string> Resource { get; set; } = [];

    /// <summary>Further form fields. A field of the protocol itself may not be named.</summary>
    public IDictionary<string, string> Parameters { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The private key. Required unless a signer is given by code.</summary>
    public SigningKeyOptions SigningKey { get; set; } = new();

    /// <summary>
    /// The secret of ClientSecretBasic and ClientSecretPost; a signed assertion is better where the server takes one. Never printed. At
    /// most one of the three settings is set.
    /// </summary>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? ClientSecret { get; set; }

    /// <summary>The name of an environment variable that holds the secret.</summary>
    public string? ClientSecretEnvironmentVariable { get; set; }

    /// <summary>A file that holds the secret; read for every attempt, line ends after it do not count.</summary>
    public string? ClientSecretFile { get; set; }

    /// <summary>
    /// The certificate that connections to the authorization server show. Required for MutualTls; with another authentication the server
    /// may bind tokens to it (RFC 8705 section 3). Default: none.
    /// </summary>
    public ClientCertificateOptions? ClientCertificate { get; set; }

    /// <summary>The assertion that is the grant.</summary>
    public AssertionOptions Assertion { get; set; } = new();

    /// <summary>The assertion that authenticates the client.</summary>
    public ClientAssertionOptions ClientAssertion { get; set; } = new();

    /// <summary>What is exchanged, where Grant is TokenExchange.</summary>
    public TokenExchangeOptions TokenExchange { get; set; } = new();

    /// <summary>Tokens that are bound to a key.</summary>
    public DPoPOptions DPoP { get; set; } = new();

    /// <summary>
    /// Whether the tokens that are kept are revoked when the client is disposed asynchronously, as hosts do at their end: one request each,
    /// for at most 5 s in all. Tokens shared with other processes are not. Default: false.
    /// </summary>
    public bool RevokeOnDispose { get; set; }

    /// <summary>When tokens are renewed.</summary>
    public RefreshOptions Refresh { get; set; } = new();

    /// <summary>How often one acquisition tries when the server fails.</summary>
    public RetryOptions Retry { get; set; } = new();

    /// <summary>How long the server is left alone after a failed acquisition.</summary>
    public BackoffOptions Backoff { get; set; } = new();

    /// <summary>How many tokens are kept.</summary>
    public CacheOptions Cache { get; set; } = new();

    /// <summary>
    /// The life of a token whose response has no <c>expires_in</c>: 1 s to 1 day. Default: 5 min. Such a token never counts as endless.
    /// </summary>
    public TimeSpan? DefaultTokenLifetime { get; set; }

    /// <summary>
    /// The type of a token whose response has no <c>token_type</c>: <c>Bearer</c>, or null, which makes such a response an error. Default:
    /// null.
    /// </summary>
    public string? DefaultTokenType { get; set; }

    /// <summary>
    /// Allows http to 127.0.0.1, ::1 and localhost, for a server on this machine: for issuer, metadata, token endpoint and the APIs of
    /// AddJwtGrantToken. Default: false.
    /// </summary>
    public bool AllowLoopbackHttp { get; set; }

    internal SecretSource ClientSecretSource =>
        new(ClientSecret, ClientSecretEnvironmentVariable, ClientSecretFile, JwtGrantClient.TokenEndpoint.ClientSecret.Settings);

    /// <summary>What is wrong with the configuration that this was bound from; it makes validation fail.</summary>
    internal List<string> SectionProblems { get; } = [];

    /// <summary>False where a value of the configuration could not be taken over.</summary>
    internal bool IsBound { get; set; } = true;
}
