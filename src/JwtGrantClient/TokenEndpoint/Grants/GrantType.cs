namespace JwtGrantClient;

/// <summary>The grant that a client uses for the tokens that it caches.</summary>
public enum GrantType
{
    /// <summary>A signed JWT (RFC 7523 section 2.1).</summary>
    JwtBearer,

    /// <summary>The client's own authentication (RFC 6749 section 4.4).</summary>
    ClientCredentials,

    /// <summary>A token of another issuer, which is exchanged (RFC 8693); see <see cref="TokenExchangeOptions"/>.</summary>
    TokenExchange,

    /// <summary>A SAML 2.0 assertion (RFC 7522), from a provider that is configured in code.</summary>
    Saml2Bearer,

    /// <summary>
    /// None: the client signs its access tokens itself, for APIs that trust its key. There is no token endpoint. The claims are those of
    /// <see cref="JwtGrantOptions.Assertion"/>.
    /// </summary>
    SelfSigned,
}
