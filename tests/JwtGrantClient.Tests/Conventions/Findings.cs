namespace JwtGrantClient.Tests.Conventions;

/// <summary>A convention is met if its check finds nothing. Otherwise the test fails with the fix and all findings.</summary>
internal static class Findings
{
    public static void AssertNone(IEnumerable<string> findings, string fix)
    {
        string[] found = [.. findings];
        Assert.True(found.Length == 0, $"{fix}\n{found.Length} found:\n  {string.Join("\n  ", found)}");
    }
}
