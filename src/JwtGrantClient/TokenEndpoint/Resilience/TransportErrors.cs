namespace JwtGrantClient.TokenEndpoint;

/// <summary>Codes of transport errors that the retry rule tells apart.</summary>
internal static class TransportErrors
{
    /// <summary>No connection was ever made: the server saw nothing.</summary>
    public const string Unreachable = "server_unreachable";

    /// <summary>A connection was made and then failed.</summary>
    public const string ConnectionFailed = "connection_failed";

    /// <summary>No usable answer in time.</summary>
    public const string Timeout = "token_endpoint_timeout";

    /// <summary>A strategy of the user's own pipeline, such as a circuit breaker, ended the exchange.</summary>
    public const string NotLetThrough = "token_request_not_let_through";
}
