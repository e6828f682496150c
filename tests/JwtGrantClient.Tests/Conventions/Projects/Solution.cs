using System.Text.RegularExpressions;

namespace JwtGrantClient.Tests.Conventions.Projects;

/// <summary>The solution file. <c>dotnet test</c> at the root runs only the projects that it lists.</summary>
internal static partial class Solution
{
    public static IEnumerable<string> Missing(string solution, IEnumerable<string> projects) => projects.Except(Listed(solution));

    public static IEnumerable<string> Listed(string solution) =>
        ProjectLine().Matches(solution).Select(match => match.Groups["path"].Value.Replace('\\', '/'));

    [GeneratedRegex("""^Project\("[^"]+"\) = "[^"]+", "(?<path>[^"]+\.csproj)",""", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex ProjectLine();
}
