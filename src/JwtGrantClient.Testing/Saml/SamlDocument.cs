using System.Text.Unicode;
using System.Xml;
using JwtGrantClient.Testing.Jose;

namespace JwtGrantClient.Testing.Saml;

/// <summary>
/// Parses the assertion of the form: strict base64url, UTF-8, limited in size and depth, without a DTD and without external resources.
/// </summary>
internal static class SamlDocument
{
    // A typical assertion with a certificate has about 6,000 bytes and 7 levels. The depth is limited because canonicalization is recursive.
    private const int MaxBytes = 256 * 1024, MaxDepth = 64;

    private const string EncodingClause = "RFC 7522 section 2.1", XmlClause = "SAML Core section 1.2";

    public static XmlDocument Decode(string assertion)
    {
        if (assertion.Length > MaxBytes / 3 * 4)
            throw SamlRefusal.Create("X01", EncodingClause,
                $"The SAML assertion has {assertion.Length} characters; at most {MaxBytes / 3 * 4} are accepted.");
        if (!StrictBase64Url.TryDecode(assertion, out var bytes))
            throw SamlRefusal.Create("X01", EncodingClause,
                "The SAML assertion is not base64url: A-Z a-z 0-9 - _ without padding, line breaks and spare bits. Standard base64 has + and / instead of - and _.");
        if (!Utf8.IsValid(bytes))
            throw SamlRefusal.Create("X02", XmlClause, "The SAML assertion is not UTF-8.");
        try
        {
            return Parse(bytes);
        }
        catch (XmlException e)
        {
            throw SamlRefusal.Create("X02", XmlClause, $"The SAML assertion is not well-formed XML without a DTD: {e.Message}");
        }
    }

    /// <summary>Parses XML and preserves white space, because the signature covers it.</summary>
    /// <exception cref="XmlException">The XML is not well-formed, has a DTD, or is nested too deeply.</exception>
    public static XmlDocument Parse(byte[] utf8)
    {
        var text = System.Text.Encoding.UTF8.GetString(utf8);
        using (var depthReader = CreateReader(text))
            while (depthReader.Read())
                if (depthReader.Depth > MaxDepth)
                    throw new XmlException($"Elements are nested more than {MaxDepth} levels deep.");
        using var reader = CreateReader(text);
        var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        document.Load(reader);
        return document.FirstChild is XmlDeclaration { Encoding: { Length: > 0 } declared } && !declared.Equals("UTF-8", StringComparison.OrdinalIgnoreCase)
            ? throw new XmlException($"The declared encoding is '{declared}', but the bytes are UTF-8.")
            : document;
    }

    private static XmlReader CreateReader(string text) =>
        XmlReader.Create(new StringReader(text), new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
}
