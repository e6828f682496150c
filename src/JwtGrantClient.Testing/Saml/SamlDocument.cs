using System.Text.Unicode;
using System.Xml;
using JwtGrantClient.Testing.Jose;

namespace JwtGrantClient.Testing.Saml;

/// <summary>From the form's text to a document (X01, X02): strict base64url, UTF-8, bounded, no DTD, nothing fetched.</summary>
internal static class SamlDocument
{
    // An honest assertion with a certificate has about 6,000 bytes and 7 levels. Depth is bounded because canonicalisation recurses.
    private const int MaximumBytes = 256 * 1024, MaximumDepth = 64;

    private const string Encoding = "RFC 7522 section 2.1", WellFormed = "SAML Core section 1.2";

    public static XmlDocument Decode(string assertion)
    {
        if (assertion.Length > MaximumBytes / 3 * 4)
            throw SamlRefusal.Create("X01", Encoding, $"The SAML assertion has {assertion.Length} characters; at most " +
                $"{MaximumBytes / 3 * 4} are read.");
        if (!StrictBase64Url.TryDecode(assertion, out var bytes))
            throw SamlRefusal.Create("X01", Encoding,
                "The assertion is not base64url: A-Z a-z 0-9 - _ without padding, line breaks and spare bits. Plain base64 has + and / " +
                "in their place.");
        if (!Utf8.IsValid(bytes))
            throw SamlRefusal.Create("X02", WellFormed, "The SAML assertion is not UTF-8.");
        try
        {
            return Parse(bytes);
        }
        catch (XmlException e)
        {
            throw SamlRefusal.Create("X02", WellFormed, $"The SAML assertion is no well-formed XML without a DTD: {e.Message}");
        }
    }

    /// <summary>Every character counts: what is between the elements is signed with them.</summary>
    /// <exception cref="XmlException">It is not well-formed, has a DTD, or is too deep.</exception>
    public static XmlDocument Parse(byte[] utf8)
    {
        var text = System.Text.Encoding.UTF8.GetString(utf8);
        using (var depth = Reader(text))
            while (depth.Read())
                if (depth.Depth > MaximumDepth)
                    throw new XmlException($"Elements are nested more than {MaximumDepth} levels deep.");
        using var reader = Reader(text);
        var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        document.Load(reader);
        return document.FirstChild is XmlDeclaration { Encoding: { Length: > 0 } declared } && !declared.Equals("UTF-8", StringComparison.OrdinalIgnoreCase)
            ? throw new XmlException($"The declared encoding is '{declared}', but the bytes are UTF-8.")
            : document;
    }

    private static XmlReader Reader(string text) =>
        XmlReader.Create(new StringReader(text), new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
}
