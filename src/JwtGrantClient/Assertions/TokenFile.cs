using System.Buffers.Text;
using System.Text.Json;

namespace JwtGrantClient.Assertions;

/// <summary>
/// A JWT that somebody else signs and renews in a file: a Kubernetes projected token, a SPIFFE JWT-SVID. Passed on unchanged. Read for
/// every attempt, because it is replaced under way; a moment at which it is empty or half-written leaves the last good one in use.
/// </summary>
internal sealed class TokenFile(string path, string assertionType, TimeProvider clock)
{
    private const int MaximumBytes = 64 * 1024;

    private volatile Assertion? _lastGood;

    /// <exception cref="JwtGrantException">There is no usable token in the file, nor was there one that is still valid.</exception>
    public async ValueTask<Assertion> ProvideAsync(AssertionContext context, CancellationToken cancellationToken)
    {
        // What is in the file speaks for one subject; to pass it off as another's answer would be worse than none.
        if (context.Subject is not null || context.Claims.Count > 0)
            throw JwtGrantException.Configuration(
                "token_file_not_ours",
                $"The token request names a subject or claims, but the token in '{path}' is passed on as it is. Leave them out, or let " +
                "the library " +
                "sign (no TokenFile), or give a provider by code.");
        var (assertion, problem) = await ReadAsync(cancellationToken).ConfigureAwait(false);
        if (assertion is not null)
            _lastGood = assertion;
        var usable = assertion ?? _lastGood;
        if (usable is null || usable.ExpiresAt <= clock.GetUtcNow())
            throw new JwtGrantException(
                JwtGrantErrorKind.Signing, "token_file_unusable",
                $"The token file '{path}' {problem ?? $"holds a token that expired at {usable!.ExpiresAt:u}"}. " +
                "Expected one JWT that is still valid; check what is to write and renew it.");
        return usable;
    }

    private async ValueTask<(Assertion? Assertion, string? Problem)> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            // A reader that shared less would be in the way of the one who replaces the file.
            using var file = new StreamReader(path, new FileStreamOptions
            {
                Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, Options = FileOptions.Asynchronous,
            });
            if (file.BaseStream.Length > MaximumBytes)
                return (null, $"has {file.BaseStream.Length} bytes; a token has at most {MaximumBytes}");
            var text = (await file.ReadToEndAsync(cancellationToken).ConfigureAwait(false)).Trim();
            return text.Length == 0 ? (null, "is empty")
                : ExpiryOf(text) is { } expiresAt ? (new Assertion(text, assertionType, expiresAt), null)
                : (null, "holds no whole JWT with an exp");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, $"cannot be read: {e.Message.TrimEnd('.')}");
        }
    }

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
