namespace JwtGrantClient;

/// <summary>How often a token of another client is sent as an assertion, or as a token to exchange.</summary>
public enum InputReuse
{
    /// <summary>The token comes from the cache of the other client, and is sent again while it is valid.</summary>
    WhileValid,

    /// <summary>
    /// A new token is acquired for each attempt, past the cache of the other client: for a server that accepts each token once, by its <c>jti</c>
    /// (RFC 7523 section 3 item 7).
    /// </summary>
    Once,
}
