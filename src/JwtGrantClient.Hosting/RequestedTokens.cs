namespace JwtGrantClient.Hosting;

/// <summary>The tokens that a warm-up acquires, or that a health check reports.</summary>
internal static class RequestedTokens
{
    /// <summary>Returns a copy of the requests; for null the client as configured.</summary>
    /// <exception cref="ArgumentException">There is no request, or one is null.</exception>
    public static IReadOnlyList<TokenRequest> From(IEnumerable<TokenRequest>? requests)
    {
        if (requests is null)
            return [TokenRequest.Default];
        TokenRequest[] copy = [.. requests];
        return copy.Length > 0 && Array.TrueForAll(copy, request => request is not null)
            ? copy
            : throw new ArgumentException(
                "The sequence is empty or contains null; expected token requests. Leave the argument out for the client as configured.", nameof(requests));
    }
}
