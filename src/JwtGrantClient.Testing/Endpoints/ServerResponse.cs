using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>A response, sent by a socket or in memory.</summary>
internal sealed record ServerResponse(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    /// <summary>Closes the connection without a response.</summary>
    public static readonly ServerResponse Dropped = new(0, [], []);

    // Developers read these responses. The default encoder writes an apostrophe as \u0027, which only HTML needs.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Token responses and errors must not be cached (RFC 6749 sections 5.1 and 5.2).
    private static readonly KeyValuePair<string, string>[] JsonHeaders =
        [new("Content-Type", "application/json"), new("Cache-Control", "no-store"), new("Pragma", "no-cache")];

    /// <summary>The Date header; null if <see cref="Headers"/> has one, or if there is no response.</summary>
    public string? Date { get; init; }

    public static ServerResponse Empty(int status, params IEnumerable<KeyValuePair<string, string>> headers) =>
        new(status, [.. headers], []);

    public static KeyValuePair<string, string> CreateChallenge(string scheme) => new("WWW-Authenticate", $"{scheme} realm=\"token\"");

    public static ServerResponse Json(int status, JsonObject json, params IEnumerable<KeyValuePair<string, string>> headers) =>
        new(status, [.. JsonHeaders, .. headers], Encoding.UTF8.GetBytes(json.ToJsonString(Readable)));

    /// <summary>Creates a response with JSON in UTF-8.</summary>
    public static ServerResponse Json(int status, byte[] json) => new(status, JsonHeaders, json);
}
