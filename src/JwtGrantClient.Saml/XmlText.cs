using System.Xml;

namespace JwtGrantClient.Saml;

/// <summary>
/// Checks text that XML and its signature must preserve: no unpaired surrogates (XML 1.0 section 2.2) and no control characters. XML allows
/// tabs and line breaks, but .NET's SignedXml computes the digest of some of them from another character, so that the signature is not valid.
/// </summary>
internal static class XmlText
{
    /// <summary>Returns the problem of a text; null if it has none.</summary>
    public static string? Problem(string text, bool mayBeEmpty = false)
    {
        if (text.Length == 0 && !mayBeEmpty)
            return "is empty; set it to a value, or remove it";
        return text.Any(char.IsControl) || !IsXml(text) ? "has a control character or another character that is not allowed in XML; remove the character" : null;
    }

    private static bool IsXml(string text)
    {
        try
        {
            XmlConvert.VerifyXmlChars(text);
            return true;
        }
        catch (XmlException)
        {
            return false;
        }
    }
}
