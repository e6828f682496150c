using System.Buffers.Text;

namespace JwtGrantClient.Assertions;

/// <summary>Fills a span with unpredictable bytes.</summary>
internal delegate void RandomBytes(Span<byte> buffer);

/// <summary>
/// Makes the <c>jti</c>: 160 random bits as 27 characters, within the 16 to 128 that the strictest servers take.
/// </summary>
internal sealed class JtiGenerator(RandomBytes random)
{
    public const int Length = 27;
    private const int Bytes = 20;

    /// <summary>Writes the next id as ASCII.</summary>
    public void Write(Span<byte> destination)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        random(bytes);
        Base64Url.EncodeToUtf8(bytes, destination);
    }
}
