using System.Buffers;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using JwtGrantClient.Testing.Validation;
using JwtGrantClient.Testing.Tokens;

namespace JwtGrantClient.Testing.Grants;

/// <summary>RFC 6749 section 4.1.3 with PKCE (RFC 7636): a code is for one client, one redirect URI, one use.</summary>
internal sealed class AuthorizationCodeGrant(ServerSettings terms)
{
    public const string Type = "authorization_code";

    private const string Clause = "RFC 6749 section 4.1.3", PkceClause = "RFC 7636 section 4.6";

    // RFC 6749 section 4.1.2 recommends no more.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    // RFC 7636 section 4.1.
    private static readonly SearchValues<char> VerifierCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

    private readonly ConcurrentDictionary<string, Code> _codes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _used = new(StringComparer.Ordinal);

    public string Issue(string clientId, string redirectUri, string? codeChallenge, string? scope, string? subject, string? proofKey)
    {
        var value = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
        _codes[value] = new(
            new(clientId, subject ?? clientId, scope, new TokenFamily()), redirectUri, codeChallenge, proofKey, terms.Now + Lifetime);
        return value;
    }

    public GrantResult Judge(GrantRequest request)
    {
        var client = request.DemandClient(Type, Clause);
        request.BeforeUse();
        var code = Use(request.Form.Required("code"));
        if (code.Terms.ClientId != client.Id)
            throw RefusedException.Grant("S17", Clause, "The code was issued to another client.");
        if (request.Form["redirect_uri"] != code.RedirectUri)
            throw RefusedException.Grant(
                "S17", Clause, $"The redirect_uri is '{request.Form["redirect_uri"] ?? "missing"}', not the authorization request's, " +
                $"'{code.RedirectUri}'.");
        if (request.AuthenticatedClient is null && code.Challenge is null)
            throw RefusedException.Grant("S17", "RFC 9700 section 2.1.1",
                "A public client needs PKCE: a code_challenge, and its code_verifier.");
        CheckVerifier(request.Form["code_verifier"], code.Challenge);
        if (code.ProofKey is not null && code.ProofKey != request.Proof?.Thumbprint)
            throw RefusedException.Grant("S21", "RFC 9449 section 10", "The code is bound to another DPoP key than the one of the proof.");
        // A public client has nothing else to bind its refresh tokens to (RFC 9449 section 5).
        var renewal = request.AuthenticatedClient is null ? code.Terms with { ProofKey = request.Proof?.Thumbprint } : code.Terms;
        return new(client, client.Id, renewal.Subject, renewal.Scope) { Family = renewal.Family, Renewal = renewal };
    }

    // Whoever presents it uses it up, so that a stolen code cannot be tried at leisure; and a second time revokes what the first one gave.
    private Code Use(string value)
    {
        if (!_codes.TryGetValue(value, out var code) || terms.Now >= code.ExpiresAt)
            throw RefusedException.Grant("S17", Clause, "The code is unknown, or expired.");
        if (_used.TryAdd(value, true))
            return code;
        code.Terms.Family.Revoke();
        throw RefusedException.Grant("S17", "RFC 6749 section 4.1.2", "The code was used before; what it gave is revoked.");
    }

    private static void CheckVerifier(string? verifier, string? challenge)
    {
        // Else an attacker could strip the challenge from the authorization request unseen.
        if (challenge is null && verifier is not null)
            throw RefusedException.Grant("S17", "RFC 9700 section 4.8.2",
                "There is a code_verifier, but the authorization request had no code_challenge.");
        if (challenge is null)
            return;
        if (verifier is not { Length: >= 43 and <= 128 } || verifier.AsSpan().ContainsAnyExcept(VerifierCharacters))
            throw RefusedException.Grant("S17", PkceClause,
                "The code_verifier is missing, or not 43 to 128 characters of A-Z a-z 0-9 - . _ ~.");
        if (Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))) != challenge)
            throw RefusedException.Grant("S17", PkceClause, "The code_verifier does not match the code_challenge.");
    }

    private sealed record Code(RefreshTokenEntry Terms, string RedirectUri, string? Challenge, string? ProofKey, DateTimeOffset ExpiresAt);
}
