namespace JwtGrantClient.Interop.Tests.Packages;

/// <summary>The first C# sample of the README.</summary>
internal static class ReadmeSample
{
    private const string PlaceholderUrl = "https://api.example.com", Fence = "```csharp\n";

    /// <summary>Returns the sample with the URL of the test API in place of the URL in the README.</summary>
    public static string GetFirst(string apiUrl)
    {
        var readme = File.ReadAllText(Path.Combine(DotNet.Repository, "README.md")).ReplaceLineEndings("\n");
        var start = readme.IndexOf(Fence, StringComparison.Ordinal) + Fence.Length;
        var sample = readme[start..readme.IndexOf("```", start, StringComparison.Ordinal)];
        Assert.Contains(PlaceholderUrl, sample, StringComparison.Ordinal);
        return sample.Replace(PlaceholderUrl, apiUrl, StringComparison.Ordinal);
    }
}
