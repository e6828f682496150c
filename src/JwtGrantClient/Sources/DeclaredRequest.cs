using System.Buffers;
using System.Text.Json;

namespace JwtGrantClient.Sources;

/// <summary>
/// A request that obtains a token and is not one of OAuth: a POST of JSON with the token of an earlier step as bearer credential.
/// </summary>
/// <param name="url">The URL.</param>
/// <param name="tokenMember">The member of the response that is the token.</param>
/// <param name="expiryMember">The member of the response that is the expiry, a date and time as in RFC 3339.</param>
internal sealed class DeclaredRequest(string url, string tokenMember, string expiryMember)
{
    public string Url => url;

    public string TokenMember => tokenMember;

    public string ExpiryMember => expiryMember;

    /// <summary>Gets the Accept header.</summary>
    public string Accept { get; init; } = "application/json";

    /// <summary>Gets the members of the JSON object that is sent, which have no secret; null for none.</summary>
    public Action<Utf8JsonWriter>? WriteMembers { get; init; }

    /// <summary>Gets the member of the JSON object that has the scope of the token request as an array; null if there is none.</summary>
    public string? ScopeMember { get; init; }

    /// <summary>Gets the scope of the earlier step, if this request has the scope of the token request.</summary>
    public string? EarlierScope { get; init; }

    /// <summary>Returns the body of a request.</summary>
    public byte[] CreateBody(string? scope)
    {
        var json = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            WriteMembers?.Invoke(writer);
            if (ScopeMember is not null && scope is not null)
            {
                writer.WriteStartArray(ScopeMember);
                foreach (var value in scope.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    writer.WriteStringValue(value);
                writer.WriteEndArray();
            }
            writer.WriteEndObject();
        }
        return json.WrittenSpan.ToArray();
    }
}
