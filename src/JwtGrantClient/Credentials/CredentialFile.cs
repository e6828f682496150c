using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace JwtGrantClient.Credentials;

/// <summary>
/// Reads a small file that holds a credential. What is in its way is told to the caller, who knows the setting that names the file and
/// words the error.
/// </summary>
internal static class CredentialFile
{
    /// <summary>The most bytes that are read: 64 KiB.</summary>
    public const int MaximumBytes = 64 * 1024;

    /// <summary>Reads the whole file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="error">Makes the exception for a file that cannot be read.</param>
    /// <exception cref="JwtGrantException">The file cannot be read, or is too large.</exception>
    public static byte[] Read(string path, Func<CredentialFileProblem, JwtGrantException> error)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MaximumBytes + 1);
        try
        {
            using var file = Open(path, FileOptions.None, error);
            var length = file.ReadAtLeast(buffer.AsSpan(0, MaximumBytes + 1), MaximumBytes + 1, throwOnEndOfStream: false);
            return Take(buffer, length, path, file, error);
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            throw error(new(path, CredentialFileFault.Unreadable) { Cause = e });
        }
        finally
        {
            Return(buffer);
        }
    }

    /// <inheritdoc cref="Read"/>
    public static async ValueTask<byte[]> ReadAsync(
        string path, Func<CredentialFileProblem, JwtGrantException> error, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MaximumBytes + 1);
        try
        {
            using var file = Open(path, FileOptions.Asynchronous, error);
            var length = await file.ReadAtLeastAsync(
                buffer.AsMemory(0, MaximumBytes + 1), MaximumBytes + 1, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return Take(buffer, length, path, file, error);
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            throw error(new(path, CredentialFileFault.Unreadable) { Cause = e });
        }
        finally
        {
            Return(buffer);
        }
    }

    /// <summary>Decodes a text. A byte order mark tells UTF-16, which some shells write; without one it is UTF-8.</summary>
    public static string Decode(byte[] content)
    {
        using var reader = new StreamReader(new MemoryStream(content), Encoding.UTF8);
        return reader.ReadToEnd();
    }

    // Sharing less would get in the way of the process that replaces the file.
    private static FileStream Open(string path, FileOptions options, Func<CredentialFileProblem, JwtGrantException> error)
    {
        if (Directory.Exists(path))
            throw error(new(path, CredentialFileFault.Directory));
        try
        {
            return new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, options);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw error(new(path, CredentialFileFault.Missing) { Cause = e });
        }
    }

    // By what was read, not by the length that the file claims: a device or a pipe claims none.
    private static byte[] Take(
        byte[] buffer, int length, string path, FileStream file, Func<CredentialFileProblem, JwtGrantException> error) =>
        length <= MaximumBytes
            ? buffer[..length]
            : throw error(new(path, CredentialFileFault.TooLarge) { Length = file.CanSeek ? file.Length : null });

    // Whole: a reading that failed half-way has not told how much it read.
    private static void Return(byte[] buffer)
    {
        CryptographicOperations.ZeroMemory(buffer);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    private static bool IsUnreadable(Exception e) =>
        e is UnauthorizedAccessException or IOException or NotSupportedException or ArgumentException;
}

/// <summary>What keeps a credential file from being read.</summary>
internal enum CredentialFileFault
{
    /// <summary>There is nothing at the path.</summary>
    Missing,

    /// <summary>There is a directory.</summary>
    Directory,

    /// <summary>There are more bytes than a credential has.</summary>
    TooLarge,

    /// <summary>The platform refuses to read it.</summary>
    Unreadable,
}

/// <summary>A credential file that could not be read.</summary>
/// <param name="Path">The file, as the setting names it.</param>
/// <param name="Fault">What stands there.</param>
internal sealed record CredentialFileProblem(string Path, CredentialFileFault Fault)
{
    /// <summary>Gets the platform's exception; null where there was none.</summary>
    public Exception? Cause { get; init; }

    /// <summary>Gets the length of a file that is too large; null where the file tells none.</summary>
    public long? Length { get; init; }

    /// <summary>Gets why the file cannot be read, without a full stop.</summary>
    public string Reason => Cause?.Message.TrimEnd('.') ?? Fault switch
    {
        CredentialFileFault.Directory => "it is a directory",
        _ => $"it has more than {CredentialFile.MaximumBytes} bytes",
    };

    /// <summary>Describes the problem and its remedy.</summary>
    /// <param name="kind">What the file holds: key or password.</param>
    /// <param name="setting">The setting that names it.</param>
    public string Describe(string kind, string setting) => $"The {kind} file '{Path}' " + Fault switch
    {
        CredentialFileFault.Missing =>
            $"does not exist (looked for it as '{System.IO.Path.GetFullPath(Path)}'). Put it there, or correct {setting}.",
        CredentialFileFault.Directory => "is a directory. Name the file in it.",
        CredentialFileFault.TooLarge => $"has more than {CredentialFile.MaximumBytes} bytes, which no {kind} file has. Is it the right file?",
        _ => $"cannot be read: {Cause?.Message} Give the process's user the right to read it.",
    };
}
