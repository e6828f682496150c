namespace JwtGrantClient.TokenEndpoint;

/// <summary>The end of a chain of message handlers.</summary>
/// <param name="Last">The last DelegatingHandler; null if the handler is not a chain.</param>
/// <param name="Connector">The handler behind it, which connects to servers.</param>
internal readonly record struct HandlerChain(DelegatingHandler? Last, HttpMessageHandler Connector)
{
    /// <summary>Follows a chain to its end.</summary>
    public static HandlerChain From(HttpMessageHandler handler)
    {
        var chain = new HandlerChain(null, handler);
        while (chain.Connector is DelegatingHandler { InnerHandler: { } inner } delegating)
            chain = new(delegating, inner);
        return chain;
    }
}
