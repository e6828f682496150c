using System.Buffers.Text;

namespace JwtGrantClient.Assertions;

/// <summary>Fills a span with unpredictable bytes.</summary>
internal delegate void RandomBytes(Span<byte> buffer);

/// <summary>
/// Creates the <c>jti</c> claim: 160 random bits in 27 characters. The strictest servers require 16 to 128 characters.
/// </summary>
internal sealed class JtiGenerator(RandomBytes random)
{
    public const int Length = 27;
    private const int RandomByteCount = 20;

    /// <summary>Writes a new id as <see cref="Length"/> ASCII characters.</summary>
    public void Write(Span<byte> destination)
    {
        Span<byte> bytes = stackalloc byte[RandomByteCount];
        random(bytes);
        Base64Url.EncodeToUtf8(bytes, destination);
    }
}
