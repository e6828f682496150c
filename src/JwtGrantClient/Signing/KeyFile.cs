namespace JwtGrantClient.Signing;

/// <summary>Reads the text of a key file, with an error that says what stands where the key should be.</summary>
internal static class KeyFile
{
    private const int MaximumBytes = 64 * 1024;

    public static string Read(string path)
    {
        if (Directory.Exists(path))
            throw Unreadable($"'{path}' is a directory. Name the PEM file in it.");
        try
        {
            using var file = new StreamReader(path, new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete });
            if (file.BaseStream.Length > MaximumBytes)
                throw Unreadable($"'{path}' has {file.BaseStream.Length} bytes; a key file has at most {MaximumBytes}. Is it the right file?");
            return file.ReadToEnd();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Unreadable($"'{path}' does not exist (looked for it as '{Path.GetFullPath(path)}'). Set SigningKey:Path to a PEM file.", e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException or NotSupportedException or ArgumentException)
        {
            throw Unreadable($"'{path}' cannot be read: {e.Message} Give the process's user the right to read it.", e);
        }
    }

    private static JwtGrantException Unreadable(string what, Exception? inner = null) =>
        JwtGrantException.Configuration("signing_key_unreadable", $"The key file {what}", inner);
}
