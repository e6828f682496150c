using System.Buffers;
using System.Runtime.CompilerServices;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// Reads a body up to a cap, counted after decompression, so that neither a large page nor a gzip bomb fills the memory. The page of an
/// HTTP error is cut there, for its status says what matters.
/// </summary>
internal static class ResponseBodyReader
{
    public const int MaximumBytes = 1024 * 1024;
    private const int FirstBytes = 4096;

    /// <exception cref="JwtGrantException">The body of a success is larger than the cap.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var stream = ContentCoding.Decode(response, body);
        await using var _ = stream.ConfigureAwait(false);
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
        try
        {
            var length = 0;
            while (await stream.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false) is var read and > 0)
            {
                length += read;
                if (length > MaximumBytes)
                    return response.IsSuccessStatusCode ? throw TooLarge((int)response.StatusCode) : buffer.AsSpan(0, MaximumBytes).ToArray();
                if (length == buffer.Length)
                    Grow(ref buffer, length);
            }
            return buffer.AsSpan(0, length).ToArray();
        }
        finally
        {
            // It held a token.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static void Grow(ref byte[] buffer, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(length * 2, MaximumBytes + 1));
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        buffer = larger;
    }

    private static JwtGrantException TooLarge(int status) => new(
        JwtGrantErrorKind.MalformedResponse, "response_too_large",
        $"The server answered {status} with a body of more than {MaximumBytes} bytes, decompressed; a token response has a few thousand. " +
        "Is the address right, and is no proxy in between?")
    {
        StatusCode = status,
    };
}
