namespace JwtGrantClient.Saml;

/// <summary>Fills a span with unpredictable bytes.</summary>
internal delegate void RandomBytes(Span<byte> buffer);

/// <summary>
/// Generates the ID of an assertion: 160 random bits (SAML Core section 1.3.4), after an underscore, because an xs:ID cannot begin with a digit.
/// </summary>
internal sealed class SamlIdGenerator(RandomBytes random)
{
    private const int ByteCount = 20;

    public string Next()
    {
        Span<byte> bytes = stackalloc byte[ByteCount];
        random(bytes);
        return $"_{Convert.ToHexStringLower(bytes)}";
    }
}
