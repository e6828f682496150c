using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>An answer, whichever way it goes.</summary>
internal sealed record ServerResponse(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    /// <summary>In place of an answer, the connection ends.</summary>
    public static readonly ServerResponse Dropped = new(0, [], []);

    // People read these answers too: \u0027 for an apostrophe is for HTML, which this is not.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ServerResponse Empty(int status, params IEnumerable<KeyValuePair<string, string>> headers) =>
        new(status, [.. headers], []);

    // Tokens and refusals alike must not be kept by anybody on the way (RFC 6749 section 5.1).
    public static ServerResponse Json(int status, JsonObject json, params IEnumerable<KeyValuePair<string, string>> headers) => new(
        status,
        [new("Content-Type", "application/json"), new("Cache-Control", "no-store"), new("Pragma", "no-cache"), .. headers],
        Encoding.UTF8.GetBytes(json.ToJsonString(Readable)));
}
