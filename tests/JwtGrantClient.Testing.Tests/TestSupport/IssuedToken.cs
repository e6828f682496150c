using System.Buffers.Text;
using System.Text.Json;

namespace JwtGrantClient.Testing.Tests.TestSupport;

/// <summary>Decodes the header and the claims of an issued JWT.</summary>
internal static class IssuedToken
{
    public static JsonElement Header(string token) => Segment(token, 0);

    public static JsonElement Claims(string token) => Segment(token, 1);

    private static JsonElement Segment(string token, int index) =>
        JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[index])).RootElement;
}
