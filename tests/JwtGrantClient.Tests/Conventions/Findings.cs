namespace JwtGrantClient.Tests.Conventions;

/// <summary>A convention holds when its check finds nothing; otherwise all findings are told at once, with the remedy first.</summary>
internal static class Findings
{
    public static void AssertNone(IEnumerable<string> findings, string remedy)
    {
        string[] found = [.. findings];
        Assert.True(found.Length == 0, $"{remedy}\n{found.Length} found:\n  {string.Join("\n  ", found)}");
    }
}
