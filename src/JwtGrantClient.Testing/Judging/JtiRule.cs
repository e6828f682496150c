using System.Text.Json;
using JwtGrantClient.Testing.Jwt;

namespace JwtGrantClient.Testing.Judging;

/// <summary>S16: an assertion says which it is, so that it serves once.</summary>
internal static class JtiRule
{
    private const int Longest = 256;

    public static string Read(CompactJwt jwt, AssertionUse use)
    {
        if (!jwt.Payload.TryGetProperty("jti", out var value))
            throw Bad(use, "is missing");
        if (value.ValueKind != JsonValueKind.String)
            throw Bad(use, $"is {Quote.Of(value)}");
        return value.GetString() is { Length: > 0 and <= Longest } jti ? jti : throw Bad(use, $"has {value.GetString()!.Length} characters");
    }

    private static RefusedException Bad(AssertionUse use, string what) => use.Refuse(
        "S16", "OpenID Connect Core section 9, RFC 7523 section 3 item 7", $"claim jti {what}. Expected a string of 1 to {Longest} characters, fresh each time.");
}
