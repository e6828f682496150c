using System.Buffers;
using System.Diagnostics;
using System.Text.Json;

namespace JwtGrantClient;

/// <summary>A token that processes share. Its text form does not contain the token; <see cref="ToBytes"/> is for a store that encrypts.</summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class SharedToken
{
    private const int Version = 1;

    internal SharedToken(AccessToken token, TimeSpan lifetime)
    {
        Token = token;
        Lifetime = lifetime;
    }

    /// <summary>Gets when the token expires, by the wall clock of the process that acquired it.</summary>
    public DateTimeOffset ExpiresAt => Token.ExpiresAt;

    /// <summary>Gets the lifetime that the server returned for the token.</summary>
    public TimeSpan Lifetime { get; }

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    internal AccessToken Token { get; }

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
            var members = entry.TryGetProperty("m", out var further)
                ? further.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.Clone(), StringComparer.Ordinal)
                : null;
            var token = new AccessToken(
                entry.GetProperty("t").GetString()!,
                new DateTimeOffset(entry.GetProperty("e").GetInt64(), TimeSpan.Zero),
                // The constant instead of a copy of it for each token.
                entry.GetProperty("y").GetString() is { } type && type != "Bearer" ? type : "Bearer",
                entry.TryGetProperty("s", out var scope) ? scope.GetString() : null,
                members);
            return entry.GetProperty("l").GetInt64() is var lifetime and > 0 ? new(token, TimeSpan.FromTicks(lifetime)) : null;
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
            writer.WriteString("t", Token.Value);
            writer.WriteString("y", Token.Type);
            writer.WriteNumber("e", Token.ExpiresAt.UtcTicks);
            writer.WriteNumber("l", Lifetime.Ticks);
            if (Token.Scope is { } scope)
                writer.WriteString("s", scope);
            if (Token.Members.Count > 0)
                WriteMembers(writer);
            writer.WriteEndObject();
        }
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Returns a description that does not contain the token.</summary>
    public override string ToString() => $"shared {Token}";

    private void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("m");
        foreach (var (name, value) in Token.Members)
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
        writer.WriteEndObject();
    }
}
