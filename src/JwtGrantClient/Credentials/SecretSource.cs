using System.Diagnostics;
using System.Runtime.Serialization;
using System.Text;
using System.Text.Json.Serialization;

namespace JwtGrantClient.Credentials;

/// <summary>
/// A secret that is given by value, by the name of an environment variable, or by the name of a file: the same rules for all settings that
/// give one. Errors are in the words of the settings and never quote the secret.
/// </summary>
[DebuggerDisplay("secret (redacted)")]
internal sealed class SecretSource
{
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string? _secret;
    private readonly string? _environmentVariable, _file;
    private readonly SecretSettings _settings;

    /// <param name="value">The secret itself; null where it is not given by value.</param>
    /// <param name="environmentVariable">The name of the variable that holds it; null for none.</param>
    /// <param name="file">The file that holds it; null for none.</param>
    /// <param name="settings">The names of the three settings, and the errors about them.</param>
    public SecretSource(string? value, string? environmentVariable, string? file, SecretSettings settings)
    {
        _secret = value is "" && !settings.MayBeEmpty ? null : value;
        (_environmentVariable, _file, _settings) = (environmentVariable, file, settings);
    }

    /// <summary>Gets whether any of the three settings is set.</summary>
    public bool IsSet => _secret is not null || _environmentVariable is not null || _file is not null;

    /// <summary>Gets the file that holds the secret; null where it is not in one.</summary>
    public string? File => _file;

    /// <summary>Gets the names of the settings that are set: at most one should be.</summary>
    public IReadOnlyList<string> SettingsInUse
    {
        get
        {
            string?[] all =
            [
                _file is null ? null : _settings.File,
                _secret is null ? null : _settings.Value,
                _environmentVariable is null ? null : _settings.EnvironmentVariable,
            ];
            return [.. all.OfType<string>()];
        }
    }

    /// <summary>
    /// Reads the environment variable, where the secret is in one, and returns a source that does not need it again. A file stays a file,
    /// to be read whenever the secret is wanted.
    /// </summary>
    /// <exception cref="JwtGrantException">More than one setting is set, or the variable is not.</exception>
    public SecretSource Resolve()
    {
        if (SettingsInUse is { Count: > 1 } several)
            throw _settings.Ambiguous(several);
        return _environmentVariable is { } name ? new(ReadVariable(name), null, null, _settings) : this;
    }

    /// <summary>Reads the secret as a text; null where no setting is set. Line ends after the text in a file do not count.</summary>
    /// <exception cref="JwtGrantException">More than one setting is set, or the one that is set does not lead to a secret.</exception>
    public string? Read()
    {
        var source = Resolve();
        return source._file is { } path ? DecodeFile(CredentialFile.Read(path, _settings.FileUnreadable)) : source._secret;
    }

    /// <inheritdoc cref="Read"/>
    public async ValueTask<string?> ReadAsync(CancellationToken cancellationToken)
    {
        var source = Resolve();
        return source._file is { } path
            ? DecodeFile(await CredentialFile.ReadAsync(path, _settings.FileUnreadable, cancellationToken).ConfigureAwait(false))
            : source._secret;
    }

    /// <summary>Reads the bytes of the secret: a file as it is, a text as UTF-8. Null where no setting is set.</summary>
    /// <exception cref="JwtGrantException">More than one setting is set, or the one that is set does not lead to a secret.</exception>
    public byte[]? ReadBytes()
    {
        var source = Resolve();
        return source._file is { } path ? CredentialFile.Read(path, _settings.FileUnreadable)
            : source._secret is { } text ? Encoding.UTF8.GetBytes(text)
            : null;
    }

    /// <summary>Describes the source without its secret.</summary>
    public override string ToString() => "secret (redacted)";

    private static string DecodeFile(byte[] content) => CredentialFile.Decode(content).TrimEnd('\r', '\n');

    private string ReadVariable(string name) =>
        Environment.GetEnvironmentVariable(name) is { } value && (value.Length > 0 || _settings.MayBeEmpty)
            ? value
            : throw _settings.VariableNotSet(name);
}

/// <summary>The names of three settings of which one gives a secret, and the errors about them.</summary>
/// <param name="Value">The setting that holds the secret.</param>
/// <param name="EnvironmentVariable">The setting that names a variable.</param>
/// <param name="File">The setting that names a file.</param>
internal sealed record SecretSettings(string Value, string EnvironmentVariable, string File)
{
    /// <summary>Makes the error for more than one setting; gets the names of those that are set.</summary>
    public required Func<IReadOnlyList<string>, JwtGrantException> Ambiguous { get; init; }

    /// <summary>Makes the error for a variable that is not set; gets its name.</summary>
    public required Func<string, JwtGrantException> VariableNotSet { get; init; }

    /// <summary>Makes the error for a file that cannot be read.</summary>
    public required Func<CredentialFileProblem, JwtGrantException> FileUnreadable { get; init; }

    /// <summary>Gets whether an empty value, or a variable that is set to nothing, counts as a secret. Default: true.</summary>
    public bool MayBeEmpty { get; init; } = true;

    /// <summary>Describes a variable that is not set, and the remedy.</summary>
    /// <param name="variable">Its name.</param>
    /// <param name="setting">The setting that names it.</param>
    /// <param name="secret">What it should hold, with its article.</param>
    public static string DescribeUnset(string variable, string setting, string secret) =>
        $"The environment variable '{variable}' is not set. {setting} names the variable that holds {secret}; set it, or correct the name.";
}
