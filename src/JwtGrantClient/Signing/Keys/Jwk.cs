using System.Diagnostics;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace JwtGrantClient.Signing;

/// <summary>
/// The members of a private JWK (RFC 7517 section 4, RFC 7518 section 6, RFC 9964) as they stand there. Not IdentityModel's type, whose
/// parser quotes what it stumbles over, which may be the key, and brings caches and providers into a native program. What is not known is
/// passed over.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
internal sealed class Jwk
{
    private static readonly string[] Texts =
        ["kty", "kid", "alg", "use", "n", "e", "d", "p", "q", "dp", "dq", "qi", "crv", "x", "y", "priv"];

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly Dictionary<string, string> _members = new(StringComparer.Ordinal);

    private Jwk()
    {
    }

    public string? Kty => this["kty"];

    public string? Kid => this["kid"];

    public string? Alg => this["alg"];

    public string? Use => this["use"];

    public string? Crv => this["crv"];

    public List<string> KeyOps { get; } = [];

    public List<string> X5c { get; } = [];

    /// <summary>The text of a member by its name; null where it is missing or null.</summary>
    public string? this[string name] => _members.GetValueOrDefault(name);

    /// <summary>The key; null where a member is of the wrong type.</summary>
    public static Jwk? TryRead(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
            return null;
        var jwk = new Jwk();
        try
        {
            return json.EnumerateObject().All(jwk.TryTake) ? jwk : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, written as an escape.
            return null;
        }
    }

    public static Jwk From(JsonWebKey key)
    {
        var jwk = new Jwk();
        string?[] values =
        [
            key.Kty, key.Kid, key.Alg, key.Use, key.N, key.E, key.D, key.P, key.Q, key.DP, key.DQ, key.QI, key.Crv, key.X, key.Y, key.Priv,
        ];
        for (var i = 0; i < values.Length; i++)
            if (values[i] is { } text)
                jwk._members.Add(Texts[i], text);
        jwk.KeyOps.AddRange(key.KeyOps);
        jwk.X5c.AddRange(key.X5c);
        return jwk;
    }

    /// <summary>Names the key; its members are secret.</summary>
    public override string ToString() => $"JWK {Kty} '{Kid}'";

    private bool TryTake(JsonProperty member)
    {
        var value = member.Value;
        if (member.NameEquals("key_ops") || member.NameEquals("x5c"))
            return TryTakeAll(member.NameEquals("x5c") ? X5c : KeyOps, value);
        if (value.ValueKind == JsonValueKind.Null || !Texts.Contains(member.Name))
            return true;
        if (value.ValueKind == JsonValueKind.String)
            _members[member.Name] = value.GetString()!;
        return value.ValueKind == JsonValueKind.String;
    }

    private static bool TryTakeAll(List<string> list, JsonElement values)
    {
        if (values.ValueKind == JsonValueKind.Null)
            return true;
        if (values.ValueKind != JsonValueKind.Array || values.EnumerateArray().Any(value => value.ValueKind != JsonValueKind.String))
            return false;
        list.AddRange(values.EnumerateArray().Select(value => value.GetString()!));
        return true;
    }
}
