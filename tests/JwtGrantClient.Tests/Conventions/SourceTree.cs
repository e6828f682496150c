using System.IO.Enumeration;

namespace JwtGrantClient.Tests.Conventions;

/// <summary>The files of the repository without build output. Paths are relative to its root and use '/'.</summary>
internal static class SourceTree
{
    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<string> SrcProjects { get; } =
        [.. FindFiles("src", ".csproj").Select(path => Path.GetFileNameWithoutExtension(path))];

    public static bool Exists(string path) => File.Exists(Path.Combine(Root, path));

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static IReadOnlyList<SourceFile> ReadCSharp(params IEnumerable<string> folders) =>
        [.. folders.SelectMany(folder => FindFiles(folder, ".cs")).Select(path => new SourceFile(path, Read(path)))];

    public static IReadOnlyList<string> FindFiles(string folder, string extension) =>
        FindEntries(folder, (ref FileSystemEntry entry) => !entry.IsDirectory && entry.FileName.EndsWith(extension, StringComparison.Ordinal));

    public static IReadOnlyList<string> FindFolders(string folder) => FindEntries(folder, (ref FileSystemEntry entry) => entry.IsDirectory);

    private static List<string> FindEntries(string folder, FileSystemEnumerable<string>.FindPredicate predicate)
    {
        var entries = new FileSystemEnumerable<string>(
            Path.Combine(Root, folder),
            (ref FileSystemEntry entry) => Path.GetRelativePath(Root, entry.ToFullPath()).Replace('\\', '/'),
            new EnumerationOptions { RecurseSubdirectories = true })
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !IsBuildOutput(entry.FileName) && predicate(ref entry),
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !IsBuildOutput(entry.FileName),
        };

        return [.. entries.Order(StringComparer.Ordinal)];
    }

    private static bool IsBuildOutput(ReadOnlySpan<char> name) =>
        name is "bin" or "obj" or "artifacts" or "node_modules" or "TestResults" or "BenchmarkDotNet.Artifacts";

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "JwtGrantClient.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException(
            $"No JwtGrantClient.sln above {AppContext.BaseDirectory}. The convention tests read the sources; run them inside a clone.");
    }
}
