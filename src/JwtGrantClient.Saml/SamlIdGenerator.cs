namespace JwtGrantClient.Saml;

/// <summary>Fills a span with unpredictable bytes.</summary>
internal delegate void RandomBytes(Span<byte> buffer);

/// <summary>Makes the ID: 160 random bits, behind an underscore because an xs:ID begins with no digit (SAML Core section 1.3.4).</summary>
internal sealed class SamlIdGenerator(RandomBytes random)
{
    private const int Bytes = 20;

    public string Next()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        random(bytes);
        return $"_{Convert.ToHexStringLower(bytes)}";
    }
}
