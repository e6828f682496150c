namespace JwtGrantClient.Tests.TestSupport;

/// <summary>A folder for key files, which is deleted after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("jwtgrant-keys-");

    public string Path => _folder.FullName;

    public string GetPath(string name) => System.IO.Path.Combine(_folder.FullName, name);

    public string Write(string name, string content)
    {
        File.WriteAllText(GetPath(name), content);
        return GetPath(name);
    }

    public string Write(string name, byte[] content)
    {
        File.WriteAllBytes(GetPath(name), content);
        return GetPath(name);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
