namespace JwtGrantClient.Signing;

/// <summary>Runs a synchronous signer that may call a service on the thread pool, so that the caller's thread stays free.</summary>
internal static class ThreadPoolSigning
{
    /// <param name="sign">Returns the signature. It is not interrupted.</param>
    /// <param name="signingInput">The bytes to sign; copied.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async ValueTask<ReadOnlyMemory<byte>> RunAsync(
        Func<byte[], byte[]> sign, ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken)
    {
        // After a cancellation the call still reads its input, while the caller's buffer has gone back to a pool.
        var input = signingInput.ToArray();
        var signing = Task.Run(() => sign(input), cancellationToken);
        try
        {
            return await signing.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // If the call fails later, its exception counts as observed.
            _ = signing.ContinueWith(
                static abandoned => _ = abandoned.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw;
        }
    }
}
