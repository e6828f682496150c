using System.Diagnostics;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace JwtGrantClient.Signing;

/// <summary>
/// The members of a private JWK (RFC 7517 section 4, RFC 7518 section 6, RFC 9964), not decoded. Unknown members are ignored. The library does not
/// parse with the JsonWebKey of Microsoft.IdentityModel: its error messages can contain the key, and it adds caches and crypto providers to native
/// programs.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
internal sealed class Jwk
{
    private static readonly string[] StringMembers =
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

    /// <summary>Gets a member by its name; null if it is missing.</summary>
    public string? this[string name] => _members.GetValueOrDefault(name);

    /// <summary>Reads a JWK. Returns null if the value is not an object or a member has the wrong type.</summary>
    public static Jwk? TryRead(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
            return null;
        var jwk = new Jwk();
        try
        {
            foreach (var member in json.EnumerateObject())
                if (!jwk.TryAdd(member))
                    return null;
            return jwk;
        }
        catch (InvalidOperationException)
        {
            // A string has an unpaired surrogate, written as an escape sequence.
            return null;
        }
    }

    /// <summary>Copies a JWK of Microsoft.IdentityModel.</summary>
    public static Jwk From(JsonWebKey key)
    {
        var jwk = new Jwk();
        string?[] values =
        [
            key.Kty, key.Kid, key.Alg, key.Use, key.N, key.E, key.D, key.P, key.Q, key.DP, key.DQ, key.QI, key.Crv, key.X, key.Y, key.Priv,
        ];
        for (var i = 0; i < values.Length; i++)
            if (values[i] is { } text)
                jwk._members.Add(StringMembers[i], text);
        jwk.KeyOps.AddRange(key.KeyOps);
        jwk.X5c.AddRange(key.X5c);
        return jwk;
    }

    /// <summary>Describes the key without its secret members.</summary>
    public override string ToString() => $"JWK {Kty} '{Kid}'";

    private bool TryAdd(JsonProperty member)
    {
        var value = member.Value;
        if (member.NameEquals("key_ops") || member.NameEquals("x5c"))
            return TryAddAll(member.NameEquals("x5c") ? X5c : KeyOps, value);
        if (value.ValueKind == JsonValueKind.Null || !StringMembers.Contains(member.Name))
            return true;
        if (value.ValueKind == JsonValueKind.String)
            _members[member.Name] = value.GetString()!;
        return value.ValueKind == JsonValueKind.String;
    }

    private static bool TryAddAll(List<string> list, JsonElement values)
    {
        if (values.ValueKind == JsonValueKind.Null)
            return true;
        if (values.ValueKind != JsonValueKind.Array)
            return false;
        foreach (var value in values.EnumerateArray())
        {
            if (value.ValueKind != JsonValueKind.String)
                return false;
            list.Add(value.GetString()!);
        }
        return true;
    }
}
