using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using JwtGrantClient.Testing.Judging;

namespace JwtGrantClient.Testing.Grants;

/// <summary>RFC 6749 section 4.1.3 with PKCE (RFC 7636): a code is for one client, one redirect URI, one use.</summary>
internal sealed class AuthorizationCodeGrant
{
    public const string Type = "authorization_code";

    private readonly ConcurrentDictionary<string, Code> _codes = new(StringComparer.Ordinal);

    public string Issue(string clientId, string redirectUri, string? codeChallenge, string? scope, string? subject)
    {
        var value = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
        _codes[value] = new(clientId, redirectUri, codeChallenge, scope, subject);
        return value;
    }

    public Entitlement Judge(GrantRequest request)
    {
        var client = request.AuthenticatedClient
            ?? throw RefusedException.Client("S17", "RFC 6749 section 4.1.3", "The authorization_code grant needs client authentication; send a client_assertion.");
        // Whoever presents it uses it up, so that a stolen code cannot be tried at leisure.
        if (!_codes.TryRemove(request.Form.Required("code"), out var code))
            throw RefusedException.Grant("S17", "RFC 6749 section 4.1.3", "The code is unknown, or was used before.");
        if (code.ClientId != client.Id)
            throw RefusedException.Grant("S17", "RFC 6749 section 4.1.3", "The code was issued to another client.");
        if (request.Form["redirect_uri"] != code.RedirectUri)
            throw RefusedException.Grant("S17", "RFC 6749 section 4.1.3", $"The redirect_uri is not the one of the authorization request, '{code.RedirectUri}'.");
        if (code.Challenge is not null && Challenge(request.Form["code_verifier"]) != code.Challenge)
            throw RefusedException.Grant("S17", "RFC 7636 section 4.6", "The code_verifier is missing, or does not match the code_challenge.");
        return new(client, client.Id, code.Subject ?? client.Id, code.Scope);
    }

    private static string? Challenge(string? verifier) =>
        verifier is null ? null : Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));

    private sealed record Code(string ClientId, string RedirectUri, string? Challenge, string? Scope, string? Subject);
}
