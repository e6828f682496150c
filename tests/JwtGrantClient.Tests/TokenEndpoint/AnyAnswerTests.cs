using System.Text;
using System.Text.Json;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>
/// Whatever a server answers, the reader gives a token or the one kind of error, and no secret of the answer stands in that error. Answers
/// are drawn by a seeded generator, so that a failure names the seed that brings it back.
/// </summary>
public sealed class AnyAnswerTests
{
    private const string Marker = "marker-4f1c9e";

    private static readonly int[] Statuses =
        [-1, 0, 100, 200, 200, 200, 200, 201, 204, 301, 307, 400, 401, 403, 404, 408, 429, 500, 503, 596, 999, int.MaxValue];

    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u0061", "\\ud800", "\\udc00", "null", "true", "-", "1e999", "3600", "0.5",
        " ", "\n", "\0", "é", "😀", "\u2028",
        "\"access_token\"", "\"token_type\"", "\"Bearer\"", "\"expires_in\"", "\"error\"", "\"error_description\"",
        "\"error_uri\"", "\"scope\"", "<html>",
    ];

    private static readonly string[] Values =
    [
        "null", "true", "1", "-1e99", "\"\"", "\"Bearer\"", "\"a\\nb\"", "\"\\ud800\"", "{}", "[]", "[[[1]]]",
        "{\"a\":1,\"a\":2}", "\"invalid_grant\"", "\"3600\"",
    ];

    private static readonly string[] Members =
    [
        "token_type", "expires_in", "scope", "error", "error_description", "error_uri", "issued_token_type", "other",
        "\\ud800", "\\u0061ccess_token",
    ];

    private static readonly string[] Secrets = ["access_token", "refresh_token", "id_token", "client_secret"];

    private static readonly string[] HeaderNames = ["Date", "Retry-After", "WWW-Authenticate", "Location", "Cache-Control"];

    private static readonly string[] HeaderValues =
    [
        "", "0", "-1", "99999999999999999999", "Mon, 23 Nov 2026 09:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT",
        "Mon, 01 Jan 0001 00:00:00 GMT", "Bearer",
        "Bearer error=\"x", "Bearer error=\"invalid_client\"", ", ,=", "https://evil.example/",
        "//evil.example", "http://[", "urn:a", "\u0001", "é",
    ];

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void Noise_is_an_error_of_the_one_kind(int seed) => Try(seed, 5_000, dice => dice.Next(3) switch
    {
        0 => Bytes(dice),
        1 => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, dice.Next(40)).Select(_ => Pick(dice, Pieces)))),
        _ => Damaged(dice, Reply.TokenJson),
    });

    [Theory]
    [InlineData(5), InlineData(6), InlineData(7), InlineData(8)]
    public void Objects_of_odd_members_too_and_no_secret_is_told(int seed) => Try(seed, 5_000, dice =>
    {
        var body = new StringBuilder(dice.Next(2) == 0 ? "{" : "{\"token_type\":\"bearer\",");
        foreach (var secret in Secrets.Where(secret => secret == Secrets[0] || dice.Next(2) == 0))
            body.Append($"\"{secret}\":{(dice.Next(4) == 0 ? Pick(dice, Values) : $"\"{Marker}{(dice.Next(3) == 0 ? "\\r\\n" : "")}\"")},");
        for (var i = dice.Next(6); i > 0; i--)
            body.Append($"\"{Pick(dice, Members)}\":{Pick(dice, Values)},");
        body.Append("\"end\":0}");
        return dice.Next(4) == 0 ? Damaged(dice, body.ToString()) : Encoding.UTF8.GetBytes(body.ToString());
    });

    private static void Try(int seed, int count, Func<Dice, byte[]> draw)
    {
        var dice = new Dice(seed);
        var (tokens, errors) = (0, 0);
        for (var i = 0; i < count; i++)
        {
            var body = draw(dice);
            var headers = Enumerable.Range(0, dice.Next(3)).Select(_ => (Pick(dice, HeaderNames), Pick(dice, HeaderValues)));
            var answer = Answer.Of(Pick(dice, Statuses), body, [.. headers]);
            try
            {
                AssertUsable(TokenResponseReader.Read(answer, Answer.Strict));
                tokens++;
            }
            catch (JwtGrantException error)
            {
                Assert.DoesNotContain(Marker, error.ToString(), StringComparison.Ordinal);
                Assert.All(new[] { error.Error, error.ErrorDescription, error.ErrorUri }, text => Assert.True((text?.Length ?? 0) <= 512));
                Assert.True(error.RetryAfter is null || (error.RetryAfter >= TimeSpan.Zero && error.RetryAfter <= TimeSpan.FromMinutes(5)));
                errors++;
            }
            catch (Exception other) when (other is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"Seed {seed}, answer {i}: {answer.Status} {answer.Headers} {Encoding.UTF8.GetString(body)}\n{other}");
            }
        }
        // A generator that never or always makes a token would prove little.
        Assert.True(errors > count / 10, $"{tokens} tokens, {errors} errors");
        Assert.True(tokens > 0, $"{tokens} tokens, {errors} errors");
    }

    // All that the library itself does with a response must hold, and none of its texts may tell the token.
    private static void AssertUsable(TokenResponse response)
    {
        Assert.InRange(response.AccessToken.ExpiresAt, TestData.Moment, TestData.Moment.AddDays(3653));
        Assert.DoesNotContain(Marker, $"{response} {response.AccessToken} {JsonSerializer.Serialize(response)}", StringComparison.Ordinal);
        Assert.All(response.Members.Values, member => Assert.NotNull(member.GetRawText()));
    }

    private static byte[] Bytes(Dice dice) => [.. Enumerable.Range(0, dice.Next(64)).Select(_ => (byte)dice.Next(256))];

    // One byte replaced, removed or cut after: the near misses.
    private static byte[] Damaged(Dice dice, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var at = dice.Next(bytes.Length);
        switch (dice.Next(3))
        {
            case 0:
                bytes[at] = (byte)dice.Next(256);
                return bytes;
            case 1:
                return [.. bytes[..at], .. bytes[(at + 1)..]];
            default:
                return bytes[..at];
        }
    }

    private static T Pick<T>(Dice dice, T[] values) => values[dice.Next(values.Length)];
}
