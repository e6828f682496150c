using System.Diagnostics;
using JwtGrantClient.Credentials;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// The client's secret: from the settings, an environment variable or a file. A file is read for each attempt, because it may be replaced.
/// </summary>
[DebuggerDisplay("client secret (redacted)")]
internal sealed class ClientSecret
{
    /// <summary>The settings for the secret.</summary>
    public static readonly SecretSettings Settings = new("ClientSecret", "ClientSecretEnvironmentVariable", "ClientSecretFile")
    {
        AllowsEmpty = false,
        Ambiguous = _ => Problem(
            "There is more than one of ClientSecret, ClientSecretEnvironmentVariable and ClientSecretFile; keep the one that contains the secret."),
        VariableNotSet = name => Problem(SecretSettings.DescribeNotSet(name, "ClientSecretEnvironmentVariable", "the client's secret", "ClientSecret")),
        FileUnreadable = problem => Problem(
            $"The file {SettingText.QuotePath(problem.Path)} of ClientSecretFile cannot be read: {problem.Reason}. Correct the path or the permissions.",
            problem.Cause),
    };

    private readonly SecretSource? _source;
    private readonly Func<string?>? _readKeyFile;

    private ClientSecret(SecretSource? source, Func<string?>? readKeyFile = null) => (_source, _readKeyFile) = (source, readKeyFile);

    /// <summary>Creates the secret. If it is in an environment variable, this method reads it.</summary>
    /// <exception cref="JwtGrantException">The secret is missing, or set more than once.</exception>
    public static ClientSecret From(SecretSource source) => source.IsSet ? new(source.Resolve()) : throw Problem(
        "There is no client secret. Set ClientSecret, ClientSecretEnvironmentVariable or ClientSecretFile. Consider ClientAuthentication PrivateKeyJwt, which needs no secret.");

    /// <summary>Creates the secret that the file of the key contains.</summary>
    /// <param name="read">Returns the secret of the current file; null if it has none.</param>
    public static ClientSecret FromKeyFile(Func<string?> read) => new(null, read);

    /// <summary>Returns the secret.</summary>
    /// <exception cref="JwtGrantException">The file cannot be read, or has no secret.</exception>
    public ValueTask<string> ReadAsync(CancellationToken cancellationToken) =>
        _source is { } source ? ReadAsync(source, cancellationToken)
        : _readKeyFile!() is { Length: > 0 } secret ? new(secret)
        : throw Problem("The file of SigningKey no longer contains the client's secret. Restore it, or set ClientSecret.");

    private static async ValueTask<string> ReadAsync(SecretSource source, CancellationToken cancellationToken) =>
        await source.ReadAsync(cancellationToken).ConfigureAwait(false) is { Length: > 0 } secret ? secret : throw Problem(
            $"The file {SettingText.QuotePath(source.File!)} of ClientSecretFile is empty; expected the client's secret.");

    public override string ToString() => "client secret (redacted)";

    private static JwtGrantException Problem(string message, Exception? inner = null) =>
        JwtGrantException.Configuration("client_secret_missing", message, inner);
}
