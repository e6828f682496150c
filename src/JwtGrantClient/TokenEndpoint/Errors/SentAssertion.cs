using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>The header and the claims of an assertion that was sent, without its signature and without claims that may describe a person.</summary>
internal sealed class SentAssertion
{
    // Longer assertions are not decoded, which limits the work after a failure.
    private const int MaximumLength = 64 * 1024, MaximumAudiences = 3;
    private const double MaximumSeconds = 1e10;

    // Of the key, beside kid (RFC 7515 section 4.1).
    private static readonly string[] OtherIdentifiers = ["jku", "x5u", "x5t", "x5t#S256"];

    // Also these name the key.
    private static readonly string[] Keys = ["jwk", "x5c"];

    private readonly int _length;
    private readonly List<(string Name, string Value)> _otherIdentifiers = [];
    private readonly string[] _audience = [];
    private readonly double? _issuedAt, _expiresAt;
    private readonly bool _isJwt;

    /// <param name="field">The field of the form.</param>
    /// <param name="value">Its value.</param>
    public SentAssertion(string field, string value)
    {
        (Field, _length) = (field, value.Length);
        if (value.Length > MaximumLength || value.Split('.') is not [var headerPart, var payloadPart, _])
            return;
        using var header = Decode(headerPart);
        using var payload = Decode(payloadPart);
        if (header is null || payload is null)
            return;
        _isJwt = true;
        (Algorithm, KeyId, Type) = (header.RootElement.Text("alg"), header.RootElement.Text("kid"), header.RootElement.Text("typ"));
        foreach (var name in OtherIdentifiers)
            if (header.RootElement.Text(name) is { } identifier)
                _otherIdentifiers.Add((name, identifier));
        NamesKey = KeyId is not null || _otherIdentifiers.Count > 0 || Array.Exists(Keys, member => header.RootElement.TryGetProperty(member, out _));
        Scope = payload.RootElement.Text("scope");
        (Issuer, Subject) = (payload.RootElement.Text("iss"), payload.RootElement.Text("sub"));
        HasId = payload.RootElement.TryGetProperty("jti", out _);
        (_issuedAt, _expiresAt) = (Time(payload.RootElement, "iat"), Time(payload.RootElement, "exp"));
        _audience = Audience(payload.RootElement);
        TextualNumber = FindTextualNumber(payload.RootElement);
    }

    /// <summary>Gets the field of the form that contained the assertion.</summary>
    public string Field { get; }

    /// <summary>Gets whether it authenticates the client.</summary>
    public bool IsOfClient => Field is "client_assertion" or "client_secret";

    public string? Issuer { get; }

    public string? Subject { get; }

    public string? Algorithm { get; }

    public string? KeyId { get; }

    public string? Type { get; }

    /// <summary>Gets whether the header names the key, or the assertion is not a JWT.</summary>
    public bool NamesKey { get; } = true;

    /// <summary>Gets the seconds from <c>iat</c> to <c>exp</c>; null if one of them is missing.</summary>
    public double? Lifetime => _expiresAt - _issuedAt;

    /// <summary>Gets the name of a claim that is text and looks like a number, such as <c>"86400"</c>; null if there is none.</summary>
    public string? TextualNumber { get; }

    /// <summary>Gets whether it has a <c>jti</c>, by which a server can recognize it.</summary>
    public bool HasId { get; }

    /// <summary>Gets the scope that is a claim; null if there is none.</summary>
    public string? Scope { get; }

    /// <summary>Describes the assertion in one line.</summary>
    /// <param name="mask">Masks the secrets of the request.</param>
    /// <param name="showsSubject">Whether the subject is shown.</param>
    /// <param name="isSaml">Whether a SAML assertion is expected.</param>
    /// <param name="sentAt">When the request was sent.</param>
    public string Describe(SecretMask mask, bool showsSubject, bool isSaml, DateTimeOffset sentAt)
    {
        if (!_isJwt)
            return string.Create(CultureInfo.InvariantCulture, $"{Field}: {(isSaml ? $"a SAML assertion of {_length:N0} characters" : $"{_length:N0} characters that are not a signed JWT")}.");
        var subject = Subject is null ? "no sub" : showsSubject ? Show("sub", Subject, mask) : "sub (not shown)";
        return $"{Field}: {Show("iss", Issuer, mask)}, {subject}, {Audiences(mask)}, {Show("kid", KeyId, mask)}, {Show("alg", Algorithm, mask)}, {Show("typ", Type, mask)}, {string.Concat(_otherIdentifiers.Select(identifier => $"{Show(identifier.Name, identifier.Value, mask)}, "))}{(Scope is null ? "" : $"scope {SentRequest.QuoteEach(Scope, mask)}, ")}{Times(sentAt)}.";
    }

    private static string Show(string name, string? value, SecretMask mask) => value is null ? $"no {name}" : $"{name} {SentRequest.Quote(value, mask)}";

    private string Audiences(SecretMask mask) => _audience switch
    {
        [] => "no aud",
        [var only] => Show("aud", only, mask),
        _ => $"aud [{string.Join(", ", Array.ConvertAll(_audience[..Math.Min(_audience.Length, MaximumAudiences)], audience => SentRequest.Quote(audience, mask)))}{(_audience.Length > MaximumAudiences ? ", ..." : "")}]",
    };

    private string Times(DateTimeOffset sentAt)
    {
        var now = sentAt.ToUnixTimeMilliseconds() / 1000.0;
        return (_issuedAt, _expiresAt) switch
        {
            ({ } issued, { } expires) => $"lifetime {Seconds(expires - issued)}, age {Seconds(now - issued)}",
            (null, { } expires) => $"no iat, expires in {Seconds(expires - now)}",
            ({ } issued, null) => $"no exp, age {Seconds(now - issued)}",
            _ => "no iat, no exp",
        };
    }

    private static string Seconds(double seconds) => Math.Abs(seconds) > MaximumSeconds ? "out of range" : string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#} s");

    private static string? FindTextualNumber(JsonElement payload)
    {
        foreach (var claim in payload.EnumerateObject())
            if (claim.Name is not ("iss" or "sub" or "aud" or "jti" or "scope")
                && claim.Value.Text() is { } text && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
                return claim.Name;
        return null;
    }

    private static double? Time(JsonElement payload, string name) =>
        payload.TryGetProperty(name, out var time) && time.ValueKind == JsonValueKind.Number && time.TryGetDouble(out var seconds) ? seconds : null;

    private static string[] Audience(JsonElement payload) =>
        !payload.TryGetProperty("aud", out var audience) ? []
        : audience.ValueKind == JsonValueKind.Array ? [.. Texts(audience)]
        : audience.Text() is { } only ? [only]
        : [];

    private static List<string> Texts(JsonElement array)
    {
        var texts = new List<string>();
        foreach (var item in array.EnumerateArray())
            if (item.Text() is { } text)
                texts.Add(text);
        return texts;
    }

    private static JsonDocument? Decode(string part)
    {
        try
        {
            return JsonObjectReader.TryParse(Base64Url.DecodeFromChars(part), out _);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
