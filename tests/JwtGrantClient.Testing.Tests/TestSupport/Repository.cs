namespace JwtGrantClient.Testing.Tests.TestSupport;

/// <summary>Finds the clone of the repository that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "JwtGrantClient.sln")))
                return folder.FullName;
        throw new InvalidOperationException($"No JwtGrantClient.sln above {AppContext.BaseDirectory}. Run the tests inside a clone.");
    }
}
