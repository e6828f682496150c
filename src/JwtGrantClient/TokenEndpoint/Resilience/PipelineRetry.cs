using Polly;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// A pipeline of the user's own. What a used-up grant may not do, <see cref="Exchange"/> prevents whatever the pipeline retries.
/// </summary>
internal sealed class PipelineRetry(ResiliencePipeline pipeline) : IRetry
{
    public async ValueTask<T> RunAsync<T>(WireAttempt<T> attempt, Exchange exchange, CancellationToken cancellationToken) =>
        await pipeline.ExecuteAsync(
            static (call, cancellation) => call.Exchange.AttemptAsync(call.Attempt, cancellation),
            (Attempt: attempt, Exchange: exchange),
            cancellationToken).ConfigureAwait(false);
}
