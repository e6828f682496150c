using System.Diagnostics;
using System.Runtime.Serialization;
using System.Text;
using System.Text.Json.Serialization;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.Credentials;

/// <summary>
/// A secret that is configured as a value, an environment variable or a file. All secrets of the library follow the same rules. Errors name the
/// settings and never contain the secret.
/// </summary>
[DebuggerDisplay("secret (redacted)")]
internal sealed class SecretSource
{
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string? _secret;
    private readonly string? _environmentVariable, _file;
    private readonly SecretSettings _settings;

    /// <param name="value">The secret; null if it is not configured as a value.</param>
    /// <param name="environmentVariable">The name of the environment variable that contains the secret; null or empty for none.</param>
    /// <param name="file">The path of the file that contains the secret; null or empty for none.</param>
    /// <param name="settings">The names of the three settings and their errors.</param>
    public SecretSource(string? value, string? environmentVariable, string? file, SecretSettings settings)
    {
        _secret = value is "" && !settings.AllowsEmpty ? null : value;
        (_environmentVariable, _file, _settings) = (environmentVariable is "" ? null : environmentVariable, file is "" ? null : file, settings);
    }

    /// <summary>Gets whether any of the three settings is set.</summary>
    public bool IsSet => _secret is not null || _environmentVariable is not null || _file is not null;

    /// <summary>Gets the path of the file that contains the secret; null if it is not in a file.</summary>
    public string? File => _file;

    /// <summary>Gets the names of the settings that are set. At most one of them is allowed.</summary>
    public IReadOnlyList<string> SettingsInUse
    {
        get
        {
            var inUse = new List<string>();
            if (_file is not null)
                inUse.Add(_settings.File);
            if (_secret is not null)
                inUse.Add(_settings.Value);
            if (_environmentVariable is not null)
                inUse.Add(_settings.EnvironmentVariable);
            return inUse;
        }
    }

    /// <summary>
    /// Returns a source that no longer depends on the environment variable: its value is read now. A file is not read now; it is read each time
    /// the secret is needed.
    /// </summary>
    /// <exception cref="JwtGrantException">More than one setting is set, or the environment variable is not set.</exception>
    public SecretSource Resolve()
    {
        if (SettingsInUse is { Count: > 1 } several)
            throw _settings.Ambiguous(several);
        return _environmentVariable is { } name ? new(ReadVariable(name), null, null, _settings) : this;
    }

    /// <summary>Reads the secret as text. Line breaks at the end of a file are removed. Returns null if no setting is set.</summary>
    /// <exception cref="JwtGrantException">More than one setting is set, or the environment variable or the file cannot be read.</exception>
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

    /// <summary>Reads the secret as bytes: those of the file, or the UTF-8 encoding of the text. Returns null if no setting is set.</summary>
    /// <exception cref="JwtGrantException">More than one setting is set, or the environment variable or the file cannot be read.</exception>
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
        Environment.GetEnvironmentVariable(name) is { } value && (value.Length > 0 || _settings.AllowsEmpty)
            ? value
            : throw _settings.VariableNotSet(name);
}

/// <summary>The names of the three settings of which one configures a secret, and their errors.</summary>
/// <param name="Value">The setting that contains the secret.</param>
/// <param name="EnvironmentVariable">The setting that names an environment variable.</param>
/// <param name="File">The setting that names a file.</param>
internal sealed record SecretSettings(string Value, string EnvironmentVariable, string File)
{
    /// <summary>Gets the function that creates the error for more than one setting. The argument is the names of the settings that are set.</summary>
    public required Func<IReadOnlyList<string>, JwtGrantException> Ambiguous { get; init; }

    /// <summary>Gets the function that creates the error for an environment variable that is not set. The argument is its name.</summary>
    public required Func<string, JwtGrantException> VariableNotSet { get; init; }

    /// <summary>Gets the function that creates the error for a file that cannot be read.</summary>
    public required Func<CredentialFileProblem, JwtGrantException> FileUnreadable { get; init; }

    /// <summary>Gets whether an empty value or environment variable is a secret. Default: true.</summary>
    public bool AllowsEmpty { get; init; } = true;

    /// <summary>Returns an error message for an environment variable that is not set.</summary>
    /// <param name="variable">The name of the environment variable.</param>
    /// <param name="setting">The setting that names it.</param>
    /// <param name="secret">What the variable contains, with an article: "the key".</param>
    /// <param name="textSetting">The setting that contains the same as text.</param>
    public static string DescribeNotSet(string variable, string setting, string secret, string textSetting) =>
        $"The environment variable {SettingText.QuoteVariable(variable)} is not set. {setting} names the variable that contains {secret}; " +
        (SettingText.IsShownAsVariable(variable) ? "set the variable, or correct the name." : $"if its value is {secret} itself, set {textSetting} instead.");
}
