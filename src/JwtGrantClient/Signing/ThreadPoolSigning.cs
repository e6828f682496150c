namespace JwtGrantClient.Signing;

/// <summary>Runs a synchronous signer on the thread pool. The signer may call a service, which would block the caller's thread.</summary>
internal static class ThreadPoolSigning
{
    /// <summary>Signs on the thread pool.</summary>
    /// <param name="sign">Returns the signature. Cancellation does not interrupt it.</param>
    /// <param name="signingInput">The bytes to sign. They are copied.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public static async ValueTask<ReadOnlyMemory<byte>> RunAsync(
        Func<byte[], byte[]> sign, ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken)
    {
        // The signer may still read its input after a cancellation, when the caller has returned its buffer to the pool.
        var input = signingInput.ToArray();
        var signing = Task.Run(() => sign(input), cancellationToken);
        try
        {
            return await signing.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Observes the exception if the signer fails later.
            _ = signing.ContinueWith(
                static abandoned => _ = abandoned.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw;
        }
    }
}
