using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.Credentials;

/// <summary>
/// Reads a small file that contains a credential. The caller creates the exception for a file that cannot be read, because the caller knows the
/// setting that names the file.
/// </summary>
internal static class CredentialFile
{
    /// <summary>The maximum size of a file with one credential: 64 KiB.</summary>
    public const int MaximumBytes = 64 * 1024;

    /// <summary>Reads the whole file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="error">Creates the exception for a file that cannot be read.</param>
    /// <param name="maximumBytes">The maximum size of the file.</param>
    /// <exception cref="JwtGrantException">The file cannot be read or is too large.</exception>
    public static byte[] Read(string path, Func<CredentialFileProblem, JwtGrantException> error, int maximumBytes = MaximumBytes)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(maximumBytes + 1);
        try
        {
            using var file = Open(path, FileOptions.None, error);
            var length = file.ReadAtLeast(buffer.AsSpan(0, maximumBytes + 1), maximumBytes + 1, throwOnEndOfStream: false);
            return CopyContent(buffer, length, path, file, maximumBytes, error);
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            throw error(new(path, CredentialFileFault.Unreadable) { Cause = e });
        }
        finally
        {
            ClearAndReturn(buffer);
        }
    }

    /// <summary>Reads the whole file, of at most <see cref="MaximumBytes"/>.</summary>
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
            return CopyContent(buffer, length, path, file, MaximumBytes, error);
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            throw error(new(path, CredentialFileFault.Unreadable) { Cause = e });
        }
        finally
        {
            ClearAndReturn(buffer);
        }
    }

    /// <summary>Decodes a text as UTF-8, or as UTF-16 if it has a byte order mark: some shells write UTF-16.</summary>
    public static string Decode(byte[] content)
    {
        using var reader = new StreamReader(new MemoryStream(content), Encoding.UTF8);
        return reader.ReadToEnd();
    }

    // Another process may replace the file at the same time.
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

    // The number of bytes read counts, not the length of the file: a device or a pipe has no length.
    private static byte[] CopyContent(
        byte[] buffer, int length, string path, FileStream file, int maximumBytes, Func<CredentialFileProblem, JwtGrantException> error) =>
        length <= maximumBytes
            ? buffer[..length]
            : throw error(new(path, CredentialFileFault.TooLarge) { Length = file.CanSeek ? file.Length : null, MaximumBytes = maximumBytes });

    // The whole buffer is cleared: after an error it is not known how much was read.
    private static void ClearAndReturn(byte[] buffer)
    {
        CryptographicOperations.ZeroMemory(buffer);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    private static bool IsUnreadable(Exception e) =>
        e is UnauthorizedAccessException or IOException or NotSupportedException or ArgumentException;
}

/// <summary>The reason why a credential file cannot be read.</summary>
internal enum CredentialFileFault
{
    /// <summary>The file does not exist.</summary>
    Missing,

    /// <summary>The path is a directory.</summary>
    Directory,

    /// <summary>The file is larger than <see cref="CredentialFileProblem.MaximumBytes"/>.</summary>
    TooLarge,

    /// <summary>The operating system reports an error.</summary>
    Unreadable,
}

/// <summary>Describes why a credential file cannot be read.</summary>
/// <param name="Path">The file, as the setting names it.</param>
/// <param name="Fault">The reason.</param>
internal sealed record CredentialFileProblem(string Path, CredentialFileFault Fault)
{
    /// <summary>Gets the exception of the operating system; null if there is none, or if it would reveal a secret in place of the path.</summary>
    public Exception? Cause
    {
        get => SettingText.IsShownAsPath(Path) ? field : null;
        init;
    }

    /// <summary>Gets the length of a file that is too large, in bytes; null if the file has no length.</summary>
    public long? Length { get; init; }

    /// <summary>Gets the maximum size of the file. Default: that of a file with one credential.</summary>
    public int MaximumBytes { get; init; } = CredentialFile.MaximumBytes;

    /// <summary>Gets the reason as a phrase without a full stop, for an error message.</summary>
    public string Reason => Cause?.Message.TrimEnd('.') ?? Fault switch
    {
        CredentialFileFault.Directory => "it is a directory",
        CredentialFileFault.TooLarge => $"it has more than {MaximumBytes} bytes",
        CredentialFileFault.Missing => "it does not exist",
        _ => "the operating system reports an error",
    };

    /// <summary>Returns an error message with the problem and what to do.</summary>
    /// <param name="kind">What the file contains, such as key or password.</param>
    /// <param name="setting">The setting that names the file.</param>
    /// <param name="textSetting">The setting that contains the same as text.</param>
    public string Describe(string kind, string setting, string textSetting) => $"The {kind} file {SettingText.QuotePath(Path)} " + Fault switch
    {
        CredentialFileFault.Directory => "is a directory. Specify the file in it.",
        CredentialFileFault.TooLarge => $"has more than {MaximumBytes} bytes, the limit for a {kind} file. Check that it is the right file.",
        _ when !SettingText.IsShownAsPath(Path) =>
            $"cannot be read: {Reason}. {setting} is the path of a file. If its value is the {kind} itself, set {textSetting} instead.",
        CredentialFileFault.Missing =>
            $"does not exist (full path: '{System.IO.Path.GetFullPath(Path)}'). Create the file, or correct {setting}.",
        _ => $"cannot be read: {SanitizedText.ToSentence(Cause?.Message ?? "")} Give the user of the process permission to read it.",
    };
}
