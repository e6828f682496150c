using System.Xml;

namespace JwtGrantClient.Saml;

/// <summary>
/// Text that goes through XML and its signature as it is: no halves of surrogate pairs (XML 1.0 section 2.2), and no control characters.
/// XML could carry tabs and line ends, but the platform's SignedXml digests some of them as another character, and servers find the
/// signature bad.
/// </summary>
internal static class XmlText
{
    /// <summary>What is wrong with a text, or null where nothing is.</summary>
    public static string? Problem(string text, bool mayBeEmpty = false)
    {
        if (text.Length == 0 && !mayBeEmpty)
            return "is empty; give it a value, or leave it out";
        return text.Any(char.IsControl) || !IsXml(text) ? "has a control character, or another that XML cannot carry; take it out" : null;
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
