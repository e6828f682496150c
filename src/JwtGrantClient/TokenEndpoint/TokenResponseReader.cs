using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>Which tokens a client accepts, and where it tolerates deviations from RFC 6749 section 5.1.</summary>
/// <param name="DefaultLifetime">The lifetime of a token whose response has no <c>expires_in</c>.</param>
/// <param name="DefaultType">The type of a token whose response has no <c>token_type</c>; null makes that an error.</param>
internal sealed record ResponseRules(TimeSpan DefaultLifetime, string? DefaultType)
{
    /// <summary>Gets the proof that accompanies each token and makes DPoP the only accepted type; null accepts Bearer only.</summary>
    public ITokenProof? Proof { get; init; }

    /// <summary>Gets how many bytes of members that have no property are kept.</summary>
    public int MaxMembersSize { get; init; } = 16 * 1024;

    /// <summary>Gets whether the ID token is the token of the client, and the other members are optional.</summary>
    public bool UsesIdToken { get; init; }

    /// <summary>Gets whether a token that is not an access token is accepted (RFC 8693 section 2.2.1).</summary>
    public bool AllowsOtherTokens { get; init; }
}

/// <summary>
/// Reads a token response from status, headers and body (RFC 6749 section 5.1). It is a pure function, and its only exception is
/// <see cref="JwtGrantException"/>.
/// </summary>
internal static class TokenResponseReader
{
    private static readonly string[] KnownMembers =
        ["access_token", "token_type", "expires_in", "scope", "refresh_token", "id_token", "issued_token_type"];

    /// <param name="response">The response.</param>
    /// <param name="rules">Which tokens are accepted.</param>
    /// <param name="sender">The client, for errors; null if it is not known.</param>
    /// <exception cref="JwtGrantException">The server rejected the request, or its response is not a token.</exception>
    public static TokenResponse Read(TokenHttpResponse response, ResponseRules rules, RequestSender? sender = null)
    {
        if (response.IsRedirect)
            throw TokenErrorReader.Redirect(response);
        using var json = JsonObjectReader.TryParse(response.Body, out var problem);
        // Some servers report an error with the status 200, so the member decides.
        if (!response.IsSuccess || (json is not null && TokenErrorReader.HasError(json.RootElement)))
            throw TokenErrorReader.Read(response, json?.RootElement, sender);
        if (json is null)
            throw Malformed(response, $"the body {problem} (Content-Type: {response.ContentType ?? "none"})", IsCut(response));
        var members = json.RootElement;
        var member = rules.UsesIdToken ? "id_token" : "access_token";
        if (members.Text(member) is not { } value)
            throw Malformed(response, $"{member} {Seen(members, member)}; expected a string");
        if (!AccessToken.IsValidValue(value))
            throw Malformed(response, $"{member} is empty or contains a space, a control character or a non-ASCII character");
        var type = rules.UsesIdToken ? "Bearer" : ReadType(response, rules, members);
        var lifetime = rules.UsesIdToken && JwtExpiry.Read(value) is { } expiry
            ? TimeSpan.FromTicks(Math.Max(0, (expiry - response.RequestedAt).Ticks))
            : ReadLifetime(response, rules, members);
        var token = new AccessToken(value, response.RequestedAt + lifetime, type, members.Text("scope"), OtherMembers(members, rules.MaxMembersSize, KnownMembers))
        {
            Lifetime = lifetime,
            Proof = type == AccessToken.NotApplicable ? null : rules.Proof,
        };
        return new TokenResponse(token)
        {
            RefreshToken = members.Text("refresh_token"),
            IdToken = members.Text("id_token"),
            IssuedTokenType = members.Text("issued_token_type"),
        };
    }

    // A token of an unknown type must not be used (RFC 6749 section 7.1), nor one that is not bound to the key although a proof was sent (RFC 9449
    // section 5).
    private static string ReadType(TokenHttpResponse response, ResponseRules rules, JsonElement json)
    {
        var expected = rules.Proof is null ? "Bearer" : "DPoP";
        return json.Text("token_type") switch
        {
            { } type when type.Equals(expected, StringComparison.OrdinalIgnoreCase) => expected,
            { } type when rules.AllowsOtherTokens && type.Equals(AccessToken.NotApplicable, StringComparison.OrdinalIgnoreCase) => AccessToken.NotApplicable,
            { } type => throw Malformed(response, $"token_type is '{response.Sanitize(type)}'; expected {expected}"),
            null when IsAbsent(json, "token_type") && rules is { DefaultType: { } assumed, Proof: null } => assumed,
            _ => throw Malformed(
                response, $"token_type {Seen(json, "token_type")}; expected {expected}" +
                (rules.Proof is null ? ". For a server that omits it, set DefaultTokenType to Bearer" : "")),
        };
    }

    private static TimeSpan ReadLifetime(TokenHttpResponse response, ResponseRules rules, JsonElement json)
    {
        if (IsAbsent(json, "expires_in"))
            return rules.DefaultLifetime;
        return ExpiresIn.TryRead(json.GetProperty("expires_in"), out var lifetime)
            ? lifetime
            : throw Malformed(response, $"expires_in {Seen(json, "expires_in")} and not a number of seconds");
    }

    // A member that does not fit is dropped, and a smaller one after it is kept: the cache holds them as long as the token.
    public static Dictionary<string, JsonElement>? OtherMembers(JsonElement json, int maxSize, string[] known)
    {
        Dictionary<string, JsonElement>? members = null;
        foreach (var member in json.EnumerateObject())
        {
            var size = JsonMarshal.GetRawUtf8PropertyName(member).Length + JsonMarshal.GetRawUtf8Value(member.Value).Length;
            if (IsKnown(member, known) || size > maxSize)
                continue;
            maxSize -= size;
            (members ??= new(StringComparer.Ordinal)).Add(member.Name, member.Value.Clone());
        }
        return members;
    }

    private static bool IsKnown(JsonProperty member, string[] known)
    {
        foreach (var name in known)
            if (member.NameEquals(name))
                return true;
        return false;
    }

    private static bool IsAbsent(JsonElement json, string name) =>
        !json.TryGetProperty(name, out var member) || member.ValueKind == JsonValueKind.Null;

    /// <summary>Describes a member: a phrase that continues its name.</summary>
    public static string Seen(JsonElement json, string name) =>
        json.TryGetProperty(name, out var member) ? $"is a JSON {member.ValueKind.ToString().ToLowerInvariant()}" : "is missing";

    private static bool IsCut(TokenHttpResponse response) =>
        response.EndsWithConnection && response.Body.Span.TrimStart(" \t\r\n"u8) is [] or [(byte)'{', ..] && !response.Body.Span.TrimEnd(" \t\r\n"u8).EndsWith("}"u8);

    /// <summary>Creates the error for a response that is not a token.</summary>
    public static JwtGrantException Malformed(TokenHttpResponse response, string what, bool isTransient = false) =>
        new(JwtGrantErrorKind.MalformedResponse, "token_response_malformed",
            $"The token endpoint responded with {response.Status}, but {what}. {(response.IsWebPage ? TokenErrorAdvice.WebPage : "Check the address of the token endpoint, and whether a proxy responded.")}")
        {
            StatusCode = response.Status,
            IsTransient = isTransient,
        };
}

/// <summary>
/// Reads <c>expires_in</c>: seconds as a JSON number in any notation, or as a string of digits. It is limited to 0 to ten years, so that a date
/// does not overflow.
/// </summary>
internal static class ExpiresIn
{
    private const double MaximumSeconds = 10 * 365.25 * 24 * 60 * 60;

    public static bool TryRead(JsonElement member, out TimeSpan lifetime)
    {
        var seconds = member.ValueKind switch
        {
            // GetDouble reads 3600.0, 1e3 and 1e99; a larger number becomes infinite and is limited.
            JsonValueKind.Number => member.TryGetDouble(out var number) ? number : double.NaN,
            JsonValueKind.String => Parse(member.Text()),
            _ => double.NaN,
        };
        lifetime = double.IsNaN(seconds) ? default : TimeSpan.FromSeconds(Math.Clamp(Math.Floor(seconds), 0, MaximumSeconds));
        return !double.IsNaN(seconds);
    }

    private static double Parse(string? text)
    {
        const NumberStyles Digits = NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign;
        // TryParse accepts the word Infinity with any style. Digits that overflow are infinite too, and are limited.
        return double.TryParse(text, Digits, CultureInfo.InvariantCulture, out var number) && text.AsSpan().ContainsAnyInRange('0', '9')
            ? number
            : double.NaN;
    }
}
