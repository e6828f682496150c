using System.Xml;
using System.Xml.Linq;

namespace JwtGrantClient.Tests.Conventions.Suppressions;

/// <summary>Warnings that project files and .editorconfig disable. The comment above each names the rule and the reason.</summary>
internal static class BuildSuppressions
{
    public static IEnumerable<string> InProject(string path, string xml) =>
        from element in XDocument.Parse(xml, LoadOptions.SetLineInfo).Descendants()
        from value in Disabled(element)
        let comments = string.Concat(element.NodesBeforeSelf().Reverse().TakeWhile(node => node is XComment))
        from id in value.Split([';', ',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        where id != "$(NoWarn)" && !comments.Contains(id, StringComparison.Ordinal)
        select $"{path}:{((IXmlLineInfo)element).LineNumber} {id}";

    public static IEnumerable<string> InEditorConfig(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.TrimEntries);
        for (var i = 0; i < lines.Length; i++)
        {
            // One comment may apply to several rules with the same reason.
            if (IsDisabled(lines[i]) && !(lines[..i].LastOrDefault(line => !IsDisabled(line)) ?? "").StartsWith('#'))
            {
                yield return $".editorconfig:{i + 1} {lines[i]}";
            }
        }
    }

    private static IEnumerable<string> Disabled(XElement element)
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

    private static bool IsDisabled(string line) =>
        line.StartsWith("dotnet_", StringComparison.Ordinal) && line.Contains(".severity", StringComparison.Ordinal)
        && line.Split('=')[^1].Trim() is "none" or "silent";
}
