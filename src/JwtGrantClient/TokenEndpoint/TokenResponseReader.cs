using System.Globalization;
using System.Text.Json;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>Which tokens a client takes, and what it is lenient about where servers differ from RFC 6749 section 5.1.</summary>
/// <param name="DefaultLifetime">The life of a token whose response has no <c>expires_in</c>.</param>
/// <param name="DefaultType">The type of a token whose response has no <c>token_type</c>; null makes that an error.</param>
internal sealed record ResponseRules(TimeSpan DefaultLifetime, string? DefaultType)
{
    /// <summary>The proof that goes with each token, and makes DPoP the only type that is taken; null takes Bearer only.</summary>
    public ITokenProof? Proof { get; init; }

    /// <summary>Whether a token that is no access token will do (RFC 8693 section 2.2.1).</summary>
    public bool AllowsOtherTokens { get; init; }
}

/// <summary>
/// From status, headers and bytes to a token response (RFC 6749 section 5.1): a pure function. What it cannot accept it throws as a
/// refusal or as a malformed response, never as anything else.
/// </summary>
internal static class TokenResponseReader
{
    private static readonly string[] OwnProperties =
        ["access_token", "token_type", "expires_in", "scope", "refresh_token", "id_token", "issued_token_type"];

    /// <exception cref="JwtGrantException">The server refused, or answered with something else than a token.</exception>
    public static TokenResponse Read(TokenHttpResponse response, ResponseRules rules)
    {
        if (response.IsRedirect)
            throw TokenErrorReader.Redirect(response);
        using var json = JsonObjectReader.TryParse(response.Body, out var problem);
        // Some servers report an error with status 200, so the member decides, not the status.
        if (!response.IsSuccess || (json is not null && TokenErrorReader.HasError(json.RootElement)))
            throw TokenErrorReader.Read(response, json?.RootElement);
        if (json is null)
            throw Malformed(response, $"the body {problem} (Content-Type: {response.ContentType ?? "none"})");
        var members = json.RootElement;
        if (members.Text("access_token") is not { } value)
            throw Malformed(response, $"access_token {Seen(members, "access_token")}; expected a string");
        if (!AccessToken.IsValidValue(value))
            throw Malformed(response, "access_token is empty or holds a space, a control character or a non-ASCII character");
        var type = ReadType(response, rules, members);
        var lifetime = ReadLifetime(response, rules, members);
        var token = new AccessToken(value, response.RequestedAt + lifetime, type, members.Text("scope"), FurtherMembers(members))
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

    // A token of a type that the client does not know must not be used (RFC 6749 section 7.1), nor one that is not bound to the key as it
    // was asked for (RFC 9449 section 5).
    private static string ReadType(TokenHttpResponse response, ResponseRules rules, JsonElement json)
    {
        var expected = rules.Proof is null ? "Bearer" : "DPoP";
        return json.Text("token_type") switch
        {
            { } type when type.Equals(expected, StringComparison.OrdinalIgnoreCase) => expected,
            { } type when rules.AllowsOtherTokens && type.Equals(AccessToken.NotApplicable, StringComparison.OrdinalIgnoreCase) => AccessToken.NotApplicable,
            { } type => throw Malformed(response, $"token_type is '{SanitizedText.From(type)}'; expected {expected}"),
            null when IsAbsent(json, "token_type") && rules is { DefaultType: { } assumed, Proof: null } => assumed,
            _ => throw Malformed(
                response, $"token_type {Seen(json, "token_type")}; expected {expected}" +
                (rules.Proof is null ? ". For a server that leaves it out, set DefaultTokenType to Bearer" : "")),
        };
    }

    private static TimeSpan ReadLifetime(TokenHttpResponse response, ResponseRules rules, JsonElement json)
    {
        if (IsAbsent(json, "expires_in"))
            return rules.DefaultLifetime;
        return ExpiresIn.TryRead(json.GetProperty("expires_in"), out var lifetime)
            ? lifetime
            : throw Malformed(response, $"expires_in {Seen(json, "expires_in")} and no number of seconds");
    }

    private static Dictionary<string, JsonElement>? FurtherMembers(JsonElement json)
    {
        Dictionary<string, JsonElement>? members = null;
        foreach (var member in json.EnumerateObject())
            if (!HasProperty(member))
                (members ??= new(StringComparer.Ordinal)).Add(member.Name, member.Value.Clone());
        return members;
    }

    private static bool HasProperty(JsonProperty member)
    {
        foreach (var name in OwnProperties)
            if (member.NameEquals(name))
                return true;
        return false;
    }

    private static bool IsAbsent(JsonElement json, string name) =>
        !json.TryGetProperty(name, out var member) || member.ValueKind == JsonValueKind.Null;

    private static string Seen(JsonElement json, string name) =>
        json.TryGetProperty(name, out var member) ? $"is a JSON {member.ValueKind.ToString().ToLowerInvariant()}" : "is missing";

    private static JwtGrantException Malformed(TokenHttpResponse response, string what) =>
        new(JwtGrantErrorKind.MalformedResponse, "token_response_malformed",
            $"The token endpoint answered {response.Status}, but {what}. Is the token endpoint's address right, and is no proxy in " +
            "between?")
        {
            StatusCode = response.Status,
        };
}

/// <summary>
/// Reads <c>expires_in</c>: seconds as a JSON number, in whatever notation, or as a string of digits. Clamped to 0 and ten years, so that
/// no server's number overflows a date.
/// </summary>
internal static class ExpiresIn
{
    private const double MaximumSeconds = 10 * 365.25 * 24 * 60 * 60;

    public static bool TryRead(JsonElement member, out TimeSpan lifetime)
    {
        var seconds = member.ValueKind switch
        {
            // GetDouble reads 3600.0, 1e3 and 1e99 alike; a literal beyond double's range comes out infinite and is clamped.
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
        // Whatever the styles, TryParse knows the word Infinity; digits that overflow are infinite too, and are clamped.
        return double.TryParse(text, Digits, CultureInfo.InvariantCulture, out var number) && text.AsSpan().ContainsAnyInRange('0', '9')
            ? number
            : double.NaN;
    }
}
