using System.Buffers.Text;
using System.Text.Json;
using JwtGrantClient.Credentials;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.Assertions;

/// <summary>
/// Provides a JWT that another party signs and writes to a file, such as a Kubernetes projected token or a SPIFFE JWT-SVID. The JWT is sent
/// unchanged. The file is read for every attempt, because it is replaced while the client runs. If the file is empty or incomplete while it is
/// written, the last good JWT is used.
/// </summary>
internal sealed class TokenFile
{
    // Who the JWT is for, who uses it and what for. Times, ids and other details, such as the pod of a Kubernetes token, differ between processes that
    // are the same client.
    private static readonly string[] IdentityClaims = ["iss", "sub", "aud", "azp", "client_id", "act", "scope", "scp"];

    // With two values of one claim, the server may use another one than this class.
    private static readonly JsonDocumentOptions NoDuplicates = new() { AllowDuplicateProperties = false };

    private readonly string _path, _assertionType;
    private readonly string? _member;
    private readonly TimeProvider _clock;
    private readonly ReloadingValue<Assertion> _token;
    private readonly Func<CancellationToken, ValueTask<Assertion>> _read;
    private readonly Lock _observing = new();
    private string? _observed;
    private string?[]? _claims;
    private int _changes, _uses;

    /// <param name="path">The path of the file.</param>
    /// <param name="assertionType">The <see cref="Assertion.Type"/> of the JWT.</param>
    /// <param name="clock">The clock that the expiry is compared with.</param>
    /// <param name="member">The member of the file, a JSON object, that is the JWT; null if the file is the JWT.</param>
    public TokenFile(string path, string assertionType, TimeProvider clock, string? member = null)
    {
        (_path, _assertionType, _clock, _member, _read) = (path, assertionType, clock, member, ReadAsync);
        _token = new((lastGood, _) => lastGood.ExpiresAt > clock.GetUtcNow());
    }

    /// <summary>Returns how often the JWT that was sent last was sent. Some servers accept it once.</summary>
    public int CountUses()
    {
        lock (_observing)
            return _uses;
    }

    /// <summary>Returns whether this is the file with a path, and its JWT has a type and is a member, if any.</summary>
    public bool Is(string path, string assertionType, string? member) => path == _path && assertionType == _assertionType && member == _member;

    /// <summary>Throws if the JWT, which is sent unchanged, is requested for a subject or with claims.</summary>
    /// <param name="context">What the JWT is for.</param>
    /// <param name="place">Where it comes from.</param>
    /// <exception cref="JwtGrantException">The context has a subject or claims.</exception>
    public static void EnsureUnchanged(AssertionContext context, string place)
    {
        // The JWT is for the subject that it names. Sending it for another subject would return a token for the wrong user.
        if (context.Subject is not null || context.Claims.Count > 0)
            throw JwtGrantException.Configuration(
                "token_file_not_ours",
                $"The token request has a subject or claims, but the token {place} is sent unchanged. " +
                "Remove them from the request, let the library sign the assertion (no TokenFile), or set an assertion provider in code.");
    }

    /// <summary>Returns the JWT. The method has the signature of an <see cref="AssertionProvider"/>.</summary>
    /// <exception cref="JwtGrantException">The file has no valid JWT, and the last good one has expired.</exception>
    public async ValueTask<Assertion> ProvideAsync(AssertionContext context, CancellationToken cancellationToken)
    {
        EnsureUnchanged(context, $"in {SettingText.QuotePath(_path)}");
        var token = await _token.GetAsync(_read, cancellationToken).ConfigureAwait(false);
        if (token.ExpiresAt <= _clock.GetUtcNow())
            throw Unusable($"contains a token that expired at {new UtcTime(token.ExpiresAt)}");
        Observe(token.Value, isSent: true);
        return token;
    }

    /// <summary>Reads whose JWT the file contains. Returns null if that is not known.</summary>
    public async ValueTask<TokenOwner?> ReadOwnerAsync(CancellationToken cancellationToken)
    {
        try
        {
            return Observe((await _token.GetAsync(_read, cancellationToken).ConfigureAwait(false)).Value);
        }
        catch (JwtGrantException)
        {
            // The token request reports it.
            return null;
        }
    }

    private async ValueTask<Assertion> ReadAsync(CancellationToken cancellationToken)
    {
        var bytes = await CredentialFile.ReadAsync(_path, Unreadable, cancellationToken).ConfigureAwait(false);
        var text = (_member is null ? CredentialFile.Decode(bytes) : JsonObjectReader.TryReadMember(bytes, _member, out var problem) ?? throw Unusable(problem)).Trim();
        return text.Length == 0 ? throw Unusable("is empty")
            : JwtExpiry.Read(text) is { } expiresAt ? new Assertion(text, _assertionType, expiresAt)
            : throw Unusable("does not contain a complete JWT with an exp claim");
    }

    private JwtGrantException Unreadable(CredentialFileProblem problem) => Unusable(problem is { Fault: CredentialFileFault.TooLarge }
        ? $"has {(problem.Length is { } length ? $"{length}" : $"more than {CredentialFile.MaximumBytes}")} bytes; a token has at most {CredentialFile.MaximumBytes}"
        : $"cannot be read: {problem.Reason}", problem.Cause);

    private JwtGrantException Unusable(string problem, Exception? inner = null) => new(
        JwtGrantErrorKind.Signing, "token_file_unusable",
        $"The token file {SettingText.QuotePath(_path)} {problem}. Expected one JWT that has not expired. Check the process that writes the file.",
        inner);

    // Every JWT that is sent is observed, so that the count of the changes tells whether one of another owner was sent in between.
    private TokenOwner? Observe(string jwt, bool isSent = false)
    {
        lock (_observing)
        {
            if (jwt != _observed)
            {
                _uses = 0;
                var claims = ReadIdentityClaims(jwt);
                if (claims is null || _claims is null || !claims.AsSpan().SequenceEqual(_claims))
                    _changes++;
                (_observed, _claims) = (jwt, claims);
            }
            _uses += isSent ? 1 : 0;
            return _claims is null ? null : new(_claims, _changes);
        }
    }

    private static string?[]? ReadIdentityClaims(string jwt)
    {
        try
        {
            var claims = JsonElement.Parse(Base64Url.DecodeFromChars(jwt.Split('.')[1]), NoDuplicates);
            return claims.TryGetProperty("sub", out _)
                ? Array.ConvertAll(IdentityClaims, name => claims.TryGetProperty(name, out var value) ? value.GetRawText() : null)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Whose JWT a token file contains.</summary>
/// <param name="Claims">The values of the claims that identify the owner, as JSON; null for a claim that is missing.</param>
/// <param name="Changes">How often the owner has changed since the start of the process.</param>
internal sealed record TokenOwner(IReadOnlyList<string?> Claims, int Changes);
