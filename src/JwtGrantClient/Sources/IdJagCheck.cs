using System.Buffers.Text;
using System.Text.Json;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.Sources;

/// <summary>
/// Checks an ID-JAG before it is sent (draft-ietf-oauth-identity-assertion-authz-grant): whether it is for this authorization server, for this client and for
/// its DPoP key. Otherwise another party would get it. Its signature is not validated: that is the task of the authorization server.
/// </summary>
/// <param name="outer">The name of the client that sends it.</param>
/// <param name="inner">The name of the client that obtains it.</param>
/// <param name="issuer">The authorization server that it is sent to.</param>
/// <param name="clientId">The id of the client there.</param>
/// <param name="thumbprint">The thumbprint of the DPoP key with which it is sent; null without DPoP.</param>
/// <param name="mustBeBound">Whether it was requested with a DPoP proof.</param>
internal sealed class IdJagCheck(string outer, string inner, string issuer, string clientId, string? thumbprint, bool mustBeBound)
{
    private const string Type = "oauth-id-jag+jwt", MediaTypePrefix = "application/";

    private string Prefix => $"The ID-JAG that client {SettingText.Quote(inner)} obtained for client {SettingText.Quote(outer)}";

    /// <exception cref="JwtGrantException">The ID-JAG is not for this request.</exception>
    public void Check(string assertion)
    {
        var segments = assertion.Split('.');
        using var header = segments.Length == 3 ? Parse(segments[0]) : null;
        using var claims = segments.Length == 3 ? Parse(segments[1]) : null;
        if (header is null || claims is null)
            throw Unusable("is not a JWT");
        if (header.RootElement.Text("typ") is not { } type || !IsType(type))
            throw Unusable(header.RootElement.Text("typ") is { } other ? $"has the typ {SettingText.Quote(SanitizedText.From(other))}" : "has no typ");
        if (JwtExpiry.Read(assertion) is null)
            throw Unusable("has no exp");
        CheckReceiver(claims.RootElement);
        CheckKey(claims.RootElement);
    }

    // A media type, whose prefix may be missing (RFC 7515 section 4.1.9).
    private static bool IsType(string type) => Type.Equals(
        type.StartsWith(MediaTypePrefix, StringComparison.OrdinalIgnoreCase) ? type[MediaTypePrefix.Length..] : type, StringComparison.OrdinalIgnoreCase);

    private static JsonDocument? Parse(string segment) =>
        Base64Url.IsValid(segment) ? JsonObjectReader.TryParse(Base64Url.DecodeFromChars(segment), out _) : null;

    private void CheckReceiver(JsonElement claims)
    {
        // A string, or an array with this one string (section 4.4.1).
        var audience = claims.TryGetProperty("aud", out var aud) ? aud.ValueKind == JsonValueKind.Array && aud.GetArrayLength() == 1 ? aud[0] : aud : default;
        if (audience.ValueKind == JsonValueKind.Undefined || audience.Text() != issuer)
            throw Refuse(
                "id_jag_for_another_server",
                $"{Prefix} {(audience.Text() is { } other ? $"is for {SettingText.QuoteUrl(SanitizedText.From(other))}" : "has no single aud")}; expected {SettingText.QuoteUrl(issuer)} (Issuer). It was not sent. Set TokenExchange:Audience of client {SettingText.Quote(inner)} to that issuer, or correct Issuer.");
        if (claims.Text("client_id") is not { } client || client != clientId)
            throw Refuse(
                "id_jag_for_another_client",
                $"{Prefix} {(claims.Text("client_id") is { } seen ? $"has the client_id {SettingText.Quote(SanitizedText.From(seen))}" : "has no client_id")}; expected {SettingText.Quote(clientId)} (ClientId). It was not sent. Register the id that the client has at {SettingText.QuoteUrl(issuer)} at the server of client {SettingText.Quote(inner)}, or correct ClientId.");
    }

    private void CheckKey(JsonElement claims)
    {
        if (!claims.TryGetProperty("cnf", out var confirmation))
        {
            if (mustBeBound)
                throw NotOurKey("is not bound to a key, although it was requested with a DPoP proof; expected cnf with jkt", "Check that the server supports DPoP for ID-JAGs, or set DPoP:Enabled of that client to false.");
            return;
        }
        var bound = confirmation.ValueKind == JsonValueKind.Object ? confirmation.Text("jkt") : null;
        if (thumbprint is null)
            throw NotOurKey("is bound to a key, but its receiver would get no proof; expected DPoP", "Set DPoP:Enabled to true and DPoP:SigningKey of both clients to the same key.");
        if (bound != thumbprint)
            throw NotOurKey(
                $"is bound to {(bound is null ? "something else than a DPoP key" : $"the key with the thumbprint {SanitizedText.From(bound)}")}; expected {thumbprint}",
                "Set DPoP:SigningKey of both clients to the same key.");
    }

    private JwtGrantException Unusable(string problem) => Refuse(
        "id_jag_unusable", $"{Prefix} {problem}; expected a JWT with the typ {Type} and exp. It was not sent. Check that the server of client {SettingText.Quote(inner)} issues ID-JAGs.");

    private JwtGrantException NotOurKey(string problem, string advice) =>
        new(JwtGrantErrorKind.Configuration, "id_jag_key_not_ours", $"{Prefix} {problem}. It was not sent. {advice}") { IsOfInput = true };

    private static JwtGrantException Refuse(string code, string message) => new(JwtGrantErrorKind.MalformedResponse, code, message) { IsOfInput = true };
}
