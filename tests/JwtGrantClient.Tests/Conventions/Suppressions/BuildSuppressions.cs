using System.Xml;
using System.Xml.Linq;

namespace JwtGrantClient.Tests.Conventions.Suppressions;

/// <summary>Warnings that project files and .editorconfig switch off: the comment above names the rule and says why.</summary>
internal static class BuildSuppressions
{
    public static IEnumerable<string> InProject(string path, string xml) =>
        from element in XDocument.Parse(xml, LoadOptions.SetLineInfo).Descendants()
        from value in SwitchedOff(element)
        let comments = string.Concat(element.NodesBeforeSelf().Reverse().TakeWhile(node => node is XComment))
        from id in value.Split([';', ',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        where id != "$(NoWarn)" && !comments.Contains(id, StringComparison.Ordinal)
        select $"{path}:{((IXmlLineInfo)element).LineNumber} {id}";

    public static IEnumerable<string> InEditorConfig(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.TrimEntries);
        for (var i = 0; i < lines.Length; i++)
        {
            // One comment may stand above several rules of one reason.
            if (IsSwitchedOff(lines[i]) && !(lines[..i].LastOrDefault(line => !IsSwitchedOff(line)) ?? "").StartsWith('#'))
            {
                yield return $".editorconfig:{i + 1} {lines[i]}";
            }
        }
    }

    private static IEnumerable<string> SwitchedOff(XElement element)
    {
        if (element.Name.LocalName is "NoWarn")
        {
            yield return element.Value;
        }

        if (element.Attribute("NoWarn") is { } metadata)
        {
            yield return metadata.Value;
        }
    }

    private static bool IsSwitchedOff(string line) =>
        line.StartsWith("dotnet_", StringComparison.Ordinal) && line.Contains(".severity", StringComparison.Ordinal)
        && line.Split('=')[^1].Trim() is "none" or "silent";
}
