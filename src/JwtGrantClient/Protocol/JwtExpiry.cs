using System.Buffers.Text;
using System.Text.Json;

namespace JwtGrantClient.Protocol;

/// <summary>
/// Reads the <c>exp</c> claim of a JWT that another party has signed. It is read only to know how long the JWT can be used; the authorization server
/// validates the JWT.
/// </summary>
internal static class JwtExpiry
{
    private const double MaximumSeconds = 1e11;

    /// <summary>Returns when a JWT expires; null if the text is not a JWT in compact form with an <c>exp</c> claim.</summary>
    public static DateTimeOffset? Read(string jwt)
    {
        var segments = jwt.Split('.');
        if (segments.Length != 3 || !Array.TrueForAll(segments, segment => segment.Length > 0 && Base64Url.IsValid(segment)))
            return null;
        try
        {
            var claims = JsonElement.Parse(Base64Url.DecodeFromChars(segments[1]));
            return claims.ValueKind == JsonValueKind.Object && claims.TryGetProperty("exp", out var exp) && exp.TryGetDouble(out var seconds)
                ? DateTimeOffset.UnixEpoch.AddSeconds(Math.Clamp(seconds, 0, MaximumSeconds))
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
