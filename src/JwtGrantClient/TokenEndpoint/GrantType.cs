namespace JwtGrantClient;

/// <summary>The grant by which a client obtains the tokens that it keeps.</summary>
public enum GrantType
{
    /// <summary>A signed JWT is the grant (RFC 7523 section 2.1).</summary>
    JwtBearer,

    /// <summary>The client's own authentication is the grant (RFC 6749 section 4.4).</summary>
    ClientCredentials,
}

/// <summary>How a client authenticates at the token endpoint.</summary>
public enum ClientAuthenticationMethod
{
    /// <summary>Not at all: the grant speaks for itself (RFC 7523 section 3.1).</summary>
    None,

    /// <summary>By a signed JWT (RFC 7523 section 2.2; <c>private_key_jwt</c> in OpenID Connect Core section 9).</summary>
    PrivateKeyJwt,

    /// <summary>By a signed JWT in the place of the client secret, kept for most of its life: Sign in with Apple.</summary>
    JwtAsClientSecret,
}
