namespace JwtGrantClient.Testing;

/// <summary>The values of <c>token_endpoint_auth_method</c> that the server knows.</summary>
public static class TokenEndpointAuthMethods
{
    /// <summary>The client signs an assertion (RFC 7523 section 2.2, OpenID Connect Core section 9).</summary>
    public const string PrivateKeyJwt = "private_key_jwt";

    /// <summary>A public client: it names itself and proves nothing.</summary>
    public const string None = "none";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [PrivateKeyJwt, None];
}
