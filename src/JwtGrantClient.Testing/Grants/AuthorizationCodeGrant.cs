using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using JwtGrantClient.Testing.Fapi;
using JwtGrantClient.Testing.Validation;
using JwtGrantClient.Testing.Tokens;

namespace JwtGrantClient.Testing.Grants;

/// <summary>
/// Issues authorization codes and validates the authorization_code grant (RFC 6749 section 4.1.3) with PKCE (RFC 7636). A code belongs to
/// one client and one redirect URI, and is single-use.
/// </summary>
internal sealed class AuthorizationCodeGrant(ServerSettings settings)
{
    public const string Type = "authorization_code";

    private const string Clause = "RFC 6749 section 4.1.3", PkceClause = "RFC 7636 section 4.6";

    // RFC 7636 section 4.1.
    private static readonly SearchValues<char> VerifierCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

    private readonly ExpiringTable<Code> _codes = new(settings.Options.TimeProvider);

    public string Issue(string clientId, string redirectUri, string? codeChallenge, string? scope, string? subject, string? proofKey)
    {
        var value = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
        var expiresAt = settings.Now + FapiRules.CodeLifetime(settings.Options);
        var descriptor = new RefreshTokenDescriptor(clientId, subject ?? clientId, scope, new TokenFamily());
        _codes.TryAdd(TextHash.Compute(value), new(descriptor, redirectUri, codeChallenge, proofKey, expiresAt), expiresAt);
        return value;
    }

    public GrantResult Validate(GrantRequest request)
    {
        var client = request.RequireClient(Type, Clause);
        request.CheckNonce();
        var code = Find(request.Form.GetRequired("code"));
        try
        {
            Check(code, client, request);
        }
        catch (RefusedException)
        {
            // A wrong attempt uses up the code, so an attacker cannot try a stolen one repeatedly.
            code.TryUse();
            throw;
        }
        // The refresh tokens of a public client are bound to its DPoP key, because it has no credentials (RFC 9449 section 5).
        var refreshToken = request.AuthenticatedClient is null
            ? code.Descriptor with { ProofKey = request.Proof?.Thumbprint } : code.Descriptor;
        return new(client, client.Id, refreshToken.Subject, refreshToken.Scope)
        {
            Family = refreshToken.Family, RefreshToken = refreshToken, UseUp = () => UseUp(code),
        };
    }

    private Code Find(string value)
    {
        if (!_codes.TryGet(TextHash.Compute(value), out var code))
            throw RefusedException.InvalidGrant("S17", Clause, "The code is unknown: it was not issued by this server.");
        if (settings.Now >= code.ExpiresAt)
            throw RefusedException.InvalidGrant("S17", "RFC 6749 section 4.1.2",
                string.Create(CultureInfo.InvariantCulture, $"The code expired {(settings.Now - code.ExpiresAt).TotalSeconds:0.#} s ago by this server's clock."));
        return code.IsUsed ? throw RevokeReused(code) : code;
    }

    private static void UseUp(Code code)
    {
        if (!code.TryUse())
            throw RevokeReused(code);
    }

    private static RefusedException RevokeReused(Code code)
    {
        code.Descriptor.Family.Revoke();
        return RefusedException.InvalidGrant("S17", "RFC 6749 section 4.1.2", "The code was used before; the tokens issued for it are revoked.");
    }

    private void Check(Code code, ClientRegistration client, GrantRequest request)
    {
        if (code.Descriptor.ClientId != client.Id)
            throw RefusedException.InvalidGrant("S17", Clause, "The code was issued to another client.");
        if (request.Form["redirect_uri"] is not { } redirectUri)
            throw RefusedException.InvalidGrant("S17", Clause,
                $"The form has no redirect_uri; expected that of the authorization request, '{code.RedirectUri}'.");
        if (redirectUri != code.RedirectUri)
            throw RefusedException.InvalidGrant("S17", Clause,
                $"The redirect_uri is '{redirectUri}'; expected that of the authorization request, '{code.RedirectUri}'.");
        if (request.AuthenticatedClient is null && code.Challenge is null)
            throw RefusedException.InvalidGrant("S17", "RFC 9700 section 2.1.1",
                "A public client needs PKCE: a code_challenge in the authorization request, and its code_verifier.");
        FapiRules.CheckCode(settings.Options, code.RedirectUri, code.Challenge);
        CheckVerifier(request.Form["code_verifier"], code.Challenge);
        if (code.ProofKey is not null && code.ProofKey != request.Proof?.Thumbprint)
            throw RefusedException.InvalidGrant(
                "S21", "RFC 9449 section 10", "The code is bound to another DPoP key than the key of the proof.");
    }

    private static void CheckVerifier(string? verifier, string? challenge)
    {
        // This detects an attacker who removes the challenge from the authorization request (RFC 9700 section 4.8.2).
        if (challenge is null && verifier is not null)
            throw RefusedException.InvalidGrant("S17", "RFC 9700 section 4.8.2",
                "There is a code_verifier, but the authorization request had no code_challenge.");
        if (challenge is null)
            return;
        if (verifier is null)
            throw RefusedException.InvalidGrant("S17", PkceClause, "The form has no code_verifier, but the authorization request had a code_challenge.");
        if (verifier.Length is < 43 or > 128)
            throw RefusedException.InvalidGrant("S17", "RFC 7636 section 4.1",
                $"The code_verifier has {verifier.Length} characters; expected 43 to 128.");
        if (verifier.AsSpan().IndexOfAnyExcept(VerifierCharacters) is >= 0 and var offset)
            throw RefusedException.InvalidGrant("S17", "RFC 7636 section 4.1",
                $"The code_verifier has the character '{verifier[offset]}'; expected A-Z a-z 0-9 - . _ ~.");
        if (Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))) != challenge)
            throw RefusedException.InvalidGrant("S17", PkceClause, "The code_verifier does not match the code_challenge.");
    }

    private sealed record Code(
        RefreshTokenDescriptor Descriptor, string RedirectUri, string? Challenge, string? ProofKey, DateTimeOffset ExpiresAt)
    {
        private int _uses;

        public bool IsUsed => Volatile.Read(ref _uses) > 0;

        public bool TryUse() => Interlocked.Increment(ref _uses) == 1;
    }
}
