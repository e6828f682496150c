using System.Buffers.Text;
using System.Text.Json;
using JwtGrantClient.Credentials;

namespace JwtGrantClient.Assertions;

/// <summary>
/// A JWT that somebody else signs and renews in a file: a Kubernetes projected token, a SPIFFE JWT-SVID. Passed on unchanged. Read for
/// every attempt, because it is replaced under way; a moment at which it is empty or half-written leaves the last good one in use.
/// </summary>
internal sealed class TokenFile
{
    private readonly string _path, _assertionType;
    private readonly TimeProvider _clock;
    private readonly ReloadingValue<Assertion> _token;
    private readonly Func<CancellationToken, ValueTask<Assertion>> _read;

    /// <param name="path">The file.</param>
    /// <param name="assertionType">The type of the token in it, for the request.</param>
    /// <param name="clock">Tells whether the token is still valid.</param>
    public TokenFile(string path, string assertionType, TimeProvider clock)
    {
        (_path, _assertionType, _clock, _read) = (path, assertionType, clock, ReadAsync);
        _token = new((lastGood, _) => lastGood.ExpiresAt > clock.GetUtcNow());
    }

    /// <exception cref="JwtGrantException">There is no usable token in the file, nor was there one that is still valid.</exception>
    public async ValueTask<Assertion> ProvideAsync(AssertionContext context, CancellationToken cancellationToken)
    {
        // What is in the file speaks for one subject; to pass it off as another's answer would be worse than none.
        if (context.Subject is not null || context.Claims.Count > 0)
            throw JwtGrantException.Configuration(
                "token_file_not_ours",
                $"The token request names a subject or claims, but the token in '{_path}' is passed on as it is. " +
                "Leave them out, or let the library sign (no TokenFile), or give a provider by code.");
        var token = await _token.GetAsync(_read, cancellationToken).ConfigureAwait(false);
        return token.ExpiresAt > _clock.GetUtcNow() ? token : throw Unusable($"holds a token that expired at {token.ExpiresAt:u}");
    }

    private async ValueTask<Assertion> ReadAsync(CancellationToken cancellationToken)
    {
        var text = CredentialFile.Decode(await CredentialFile.ReadAsync(_path, Unreadable, cancellationToken).ConfigureAwait(false)).Trim();
        return text.Length == 0 ? throw Unusable("is empty")
            : ExpiryOf(text) is { } expiresAt ? new Assertion(text, _assertionType, expiresAt)
            : throw Unusable("holds no whole JWT with an exp");
    }

    private JwtGrantException Unreadable(CredentialFileProblem problem) => Unusable(problem is { Fault: CredentialFileFault.TooLarge }
        ? $"has {(problem.Length is { } length ? $"{length}" : $"more than {CredentialFile.MaximumBytes}")} bytes; " +
            $"a token has at most {CredentialFile.MaximumBytes}"
        : $"cannot be read: {problem.Reason}", problem.Cause);

    private JwtGrantException Unusable(string seen, Exception? inner = null) => new(
        JwtGrantErrorKind.Signing, "token_file_unusable",
        $"The token file '{_path}' {seen}. Expected one JWT that is still valid; check what is to write and renew it.",
        inner);

    // Read as a hint of wholeness and of time only: whether the token is good is for the server to say.
    private static DateTimeOffset? ExpiryOf(string jwt)
    {
        var segments = jwt.Split('.');
        if (segments.Length != 3 || !Array.TrueForAll(segments, segment => segment.Length > 0 && Base64Url.IsValid(segment)))
            return null;
        try
        {
            var claims = JsonElement.Parse(Base64Url.DecodeFromChars(segments[1]));
            return claims.ValueKind == JsonValueKind.Object && claims.TryGetProperty("exp", out var exp) && exp.TryGetDouble(out var seconds)
                ? DateTimeOffset.UnixEpoch.AddSeconds(Math.Clamp(seconds, 0, 1e11))
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
