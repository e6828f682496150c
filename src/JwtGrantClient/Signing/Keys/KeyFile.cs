using System.Security.Cryptography;

namespace JwtGrantClient.Signing;

/// <summary>Reads a small secret file, with an error that says what stands where it should be.</summary>
internal static class KeyFile
{
    private const int MaximumBytes = 64 * 1024;

    /// <param name="path">The file.</param>
    /// <param name="kind">What it holds: key or password.</param>
    /// <param name="setting">The setting that named it.</param>
    public static byte[] Read(string path, string kind, string setting)
    {
        if (Directory.Exists(path))
            throw Unreadable(kind, $"'{path}' is a directory. Name the file in it.");
        try
        {
            using var file = new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return ReadBounded(file) ?? throw Unreadable(
                kind, $"'{path}' has more than {MaximumBytes} bytes, which no {kind} file has. Is it the right file?");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Unreadable(kind, $"'{path}' does not exist (looked for it as '{Path.GetFullPath(path)}'). Put it there, or correct " +
                $"{setting}.", e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException or NotSupportedException or ArgumentException)
        {
            throw Unreadable(kind, $"'{path}' cannot be read: {e.Message} Give the process's user the right to read it.", e);
        }
    }

    // By what comes, not by the length that the file claims: a device or a pipe claims none.
    private static byte[]? ReadBounded(FileStream file)
    {
        var buffer = new byte[MaximumBytes + 1];
        try
        {
            var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return length > MaximumBytes ? null : buffer[..length];
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    private static JwtGrantException Unreadable(string kind, string what, Exception? inner = null) =>
        JwtGrantException.Configuration("signing_key_unreadable", $"The {kind} file {what}", inner);
}
