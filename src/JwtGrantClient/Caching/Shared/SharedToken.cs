using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using JwtGrantClient.Protocol;

namespace JwtGrantClient;

/// <summary>
/// An entry of a shared store: a token, or a marker of a revoked token, which contains a hash of it. The text form does not contain the token;
/// <see cref="ToBytes"/> is for a store that encrypts.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class SharedToken
{
    private const int Version = 1;

    internal SharedToken(AccessToken token, TimeSpan lifetime)
    {
        Token = token;
        ExpiresAt = token.ExpiresAt;
        Lifetime = lifetime;
    }

    private SharedToken(string revoked, DateTimeOffset expiresAt, TimeSpan lifetime)
    {
        RevokedHash = revoked;
        ExpiresAt = expiresAt;
        Lifetime = lifetime;
    }

    /// <summary>Gets when the token expires, by the wall clock of the process that acquired it.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>Gets how long the entry is kept: the lifetime that the server returned for the token, or what remains of it for a marker.</summary>
    public TimeSpan Lifetime { get; }

    /// <summary>Gets the token; null for a marker.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    internal AccessToken? Token { get; }

    /// <summary>Gets the hash of the revoked token; null if the entry is not a marker.</summary>
    internal string? RevokedHash { get; }

    /// <summary>Creates a marker of a revoked token.</summary>
    internal static SharedToken CreateMarker(string hash, DateTimeOffset expiresAt, TimeSpan remaining) => new(hash, expiresAt, remaining);

    /// <summary>Reads an entry that <see cref="ToBytes"/> has written. Returns null for anything else, such as an entry of another version.</summary>
    /// <param name="bytes">The entry, decrypted.</param>
    public static SharedToken? FromBytes(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes);
            using var json = JsonDocument.ParseValue(ref reader);
            var entry = json.RootElement;
            if (entry.ValueKind != JsonValueKind.Object || entry.GetProperty("v").GetInt32() != Version)
                return null;
            var lifetime = TimeSpan.FromTicks(entry.GetProperty("l").GetInt64());
            if (lifetime <= TimeSpan.Zero)
                return null;
            var expiresAt = new DateTimeOffset(entry.GetProperty("e").GetInt64(), TimeSpan.Zero);
            if (entry.TryGetProperty("r", out var revoked))
                return revoked.GetString() is { Length: > 0 } hash ? new(hash, expiresAt, lifetime) : null;
            Dictionary<string, JsonElement>? members = null;
            if (entry.TryGetProperty("m", out var further))
            {
                members = new(StringComparer.Ordinal);
                foreach (var member in further.EnumerateObject())
                    members.Add(member.Name, member.Value.Clone());
            }
            var token = new AccessToken(
                entry.GetProperty("t").GetString()!,
                expiresAt,
                // The constant instead of a copy of it for each token.
                entry.GetProperty("y").GetString() is { } type && type != "Bearer" ? type : "Bearer",
                entry.TryGetProperty("s", out var scope) ? scope.GetString() : null,
                members);
            return new(token, lifetime);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Returns the entry with the token in clear text. Encrypt and authenticate it before it leaves the process.</summary>
    public byte[] ToBytes()
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            writer.WriteNumber("v", Version);
            writer.WriteNumber("e", ExpiresAt.UtcTicks);
            writer.WriteNumber("l", Lifetime.Ticks);
            if (Token is { } token)
                WriteToken(writer, token);
            else
                writer.WriteString("r", RevokedHash);
            writer.WriteEndObject();
        }
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Returns a description that does not contain the token.</summary>
    public override string ToString() => Token is null ? $"marker of a revoked token, expires {new UtcTime(ExpiresAt)}" : $"shared {Token}";

    private static void WriteToken(Utf8JsonWriter writer, AccessToken token)
    {
        writer.WriteString("t", token.Value);
        writer.WriteString("y", token.Type);
        if (token.Scope is { } scope)
            writer.WriteString("s", scope);
        if (token.Members.Count > 0)
            WriteMembers(writer, token);
    }

    private static void WriteMembers(Utf8JsonWriter writer, AccessToken token)
    {
        writer.WriteStartObject("m");
        foreach (var (name, value) in token.Members)
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
        writer.WriteEndObject();
    }
}
