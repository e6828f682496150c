namespace JwtGrantClient;

/// <summary>
/// One client at one authorization server. Set by code or bound from configuration; read once, checked whole, then copied. A setting that
/// is null is not set.
/// </summary>
public sealed class JwtGrantOptions
{
    /// <summary>
    /// The authorization server's issuer identifier, byte for byte as the server spells it: the default audience (RFC 10070), and where metadata
    /// is looked for (RFC 8414). https, without query or fragment. Either this or <see cref="TokenEndpoint"/> is required.
    /// </summary>
    public string? Issuer { get; set; }

    /// <summary>The token endpoint's address: https, without fragment. Goes before the metadata, which is then not fetched.</summary>
    public string? TokenEndpoint { get; set; }

    /// <summary>The client's id at the server. Required, save for a jwt-bearer grant without client authentication whose assertion has an Issuer.</summary>
    public string? ClientId { get; set; }

    /// <summary>The grant. Default: <see cref="GrantType.JwtBearer"/>.</summary>
    public GrantType Grant { get; set; }

    /// <summary>How the client authenticates. Default: <see cref="ClientAuthenticationMethod.None"/>.</summary>
    public ClientAuthenticationMethod ClientAuthentication { get; set; }

    /// <summary>Whether the form carries <c>client_id</c> where the authentication does not need it (RFC 7521 section 4.2). Default: true.</summary>
    public bool SendClientId { get; set; } = true;

    /// <summary>Scope values, separated by single spaces (RFC 6749 section 3.3). Default: none are sent.</summary>
    public string? Scope { get; set; }

    /// <summary>The APIs that tokens are for (RFC 8707): absolute URIs without fragment. Default: none are sent.</summary>
    public IList<string> Resource { get; set; } = [];

    /// <summary>Further form fields. A field of the protocol itself may not be named.</summary>
    public IDictionary<string, string> Parameters { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The private key. Required unless a signer is given by code.</summary>
    public SigningKeyOptions SigningKey { get; set; } = new();

    /// <summary>The assertion that is the grant.</summary>
    public AssertionOptions Assertion { get; set; } = new();

    /// <summary>The assertion that authenticates the client.</summary>
    public ClientAssertionOptions ClientAssertion { get; set; } = new();

    /// <summary>When tokens are renewed.</summary>
    public RefreshOptions Refresh { get; set; } = new();

    /// <summary>The life of a token whose response has no <c>expires_in</c>: 1 s to 1 day. Default: 5 min. Such a token never counts as endless.</summary>
    public TimeSpan? DefaultTokenLifetime { get; set; }

    /// <summary>
    /// The type of a token whose response has no <c>token_type</c>: <c>Bearer</c>, or null, which makes such a response an error. Default: null.
    /// </summary>
    public string? DefaultTokenType { get; set; }

    /// <summary>
    /// Allows http to 127.0.0.1, ::1 and localhost, for a server on this machine: for issuer, metadata, token endpoint and the APIs of
    /// AddJwtGrantToken. Default: false.
    /// </summary>
    public bool AllowLoopbackHttp { get; set; }

    /// <summary>A provider whose ways become the defaults of settings that are not set. Default: none.</summary>
    public string? Profile { get; set; }

    /// <summary>What is wrong with the configuration that this was bound from; it makes validation fail.</summary>
    internal List<string> SectionProblems { get; } = [];

    /// <summary>False where a value of the configuration could not be taken over.</summary>
    internal bool IsBound { get; set; } = true;
}
