using System.Diagnostics;
using System.Text;
using System.Text.Json.Serialization;
using JwtGrantClient.Signing;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// A client's secret: from the settings, the environment, or a file, which is read for each attempt because it may be replaced.
/// </summary>
[DebuggerDisplay("client secret (redacted)")]
internal sealed class ClientSecret
{
    [JsonIgnore, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string? _text;
    private readonly string? _file;

    private ClientSecret(string? text, string? file) => (_text, _file) = (text, file);

    /// <exception cref="JwtGrantException">It is missing, or given in two places.</exception>
    public static ClientSecret Of(string? text, string? variable, string? file) => (text, variable, file) switch
    {
        ({ Length: > 0 }, null, null) => new(text, null),
        (null, { } name, null) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? new(value, null) : throw Problem(
            $"The environment variable '{name}' is not set. ClientSecretEnvironmentVariable names the variable that holds the client's secret; set " +
            "it, or correct the name."),
        (null, null, { } path) => new(null, path),
        (null or "", null, null) => throw Problem(
            "There is no client secret. Set ClientSecret, ClientSecretEnvironmentVariable or ClientSecretFile; or, better, authenticate by " +
            "PrivateKeyJwt."),
        _ => throw Problem("There is more than one of ClientSecret, ClientSecretEnvironmentVariable and ClientSecretFile; keep the one that holds " +
            "the secret."),
    };

    /// <exception cref="JwtGrantException">The file cannot be read, or is empty.</exception>
    public async ValueTask<string> ReadAsync(CancellationToken cancellationToken)
    {
        if (_text is not null)
            return _text;
        try
        {
            var content = (await File.ReadAllTextAsync(_file!, Encoding.UTF8, cancellationToken).ConfigureAwait(false)).TrimEnd('\r', '\n');
            return content.Length > 0 ? content : throw Problem($"The file '{_file}' of ClientSecretFile is empty; expected the " +
                "client's secret.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Problem($"The file '{_file}' of ClientSecretFile cannot be read: {e.Message.TrimEnd('.')}. Correct the path, or who " +
                "may read it.", e);
        }
    }

    public override string ToString() => "client secret (redacted)";

    private static JwtGrantException Problem(string message, Exception? inner = null) =>
        JwtGrantException.Configuration("client_secret_missing", message, inner);
}
