namespace JwtGrantClient.Interop.Tests.Packages;

/// <summary>The program that the README begins with.</summary>
internal static class Sample
{
    private const string Api = "https://api.example.com", Fence = "```csharp\n";

    /// <summary>As it stands, save for the address of the API.</summary>
    public static string First(string api)
    {
        var readme = File.ReadAllText(Path.Combine(DotNet.Repository, "README.md")).ReplaceLineEndings("\n");
        var start = readme.IndexOf(Fence, StringComparison.Ordinal) + Fence.Length;
        var sample = readme[start..readme.IndexOf("```", start, StringComparison.Ordinal)];
        Assert.Contains(Api, sample, StringComparison.Ordinal);
        return sample.Replace(Api, api, StringComparison.Ordinal);
    }
}
