namespace JwtGrantClient.TokenEndpoint;

/// <summary>One attempt on the wire, with assertions of its own.</summary>
internal delegate ValueTask<T> WireAttempt<T>(Exchange exchange, CancellationToken cancellationToken);

/// <summary>What decides on further attempts: the built-in rule, or a pipeline of the user's own.</summary>
internal interface IRetry
{
    /// <exception cref="Polly.ExecutionRejectedException">The exchange ran out of time, or was not let through.</exception>
    ValueTask<T> RunAsync<T>(WireAttempt<T> attempt, Exchange exchange, CancellationToken cancellationToken);
}
