using System.Text;
using System.Text.Json;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>
/// For every response the reader returns a token or throws <see cref="JwtGrantException"/>, and the exception contains no secret of the response. A seeded
/// generator creates the responses, so a failure can be reproduced from its seed.
/// </summary>
public sealed class TokenResponseReaderFuzzTests
{
    private const string Marker = "marker-4f1c9e";

    private static readonly int[] Statuses =
        [-1, 0, 100, 200, 200, 200, 200, 201, 204, 301, 307, 400, 401, 403, 404, 408, 429, 500, 503, 596, 999, int.MaxValue];

    private static readonly string[] Fragments =
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
    public void Random_and_damaged_bodies_never_cause_another_exception_than_JwtGrantException(int seed) => Check(seed, 5_000, random => random.Next(3) switch
    {
        0 => RandomBytes(random),
        1 => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => Pick(random, Fragments)))),
        _ => Damaged(random, Reply.TokenJson),
    });

    [Theory]
    [InlineData(5), InlineData(6), InlineData(7), InlineData(8)]
    public void Objects_with_unusual_members_are_read_or_rejected_without_revealing_a_secret(int seed) => Check(seed, 5_000, random =>
    {
        var body = new StringBuilder(random.Next(2) == 0 ? "{" : "{\"token_type\":\"bearer\",");
        foreach (var secret in Secrets.Where(secret => secret == Secrets[0] || random.Next(2) == 0))
            body.Append($"\"{secret}\":{(random.Next(4) == 0 ? Pick(random, Values) : $"\"{Marker}{(random.Next(3) == 0 ? "\\r\\n" : "")}\"")},");
        for (var i = random.Next(6); i > 0; i--)
            body.Append($"\"{Pick(random, Members)}\":{Pick(random, Values)},");
        body.Append("\"end\":0}");
        return random.Next(4) == 0 ? Damaged(random, body.ToString()) : Encoding.UTF8.GetBytes(body.ToString());
    });

    private static void Check(int seed, int rounds, Func<Dice, byte[]> createBody)
    {
        var random = new Dice(seed);
        var (tokens, errors) = (0, 0);
        for (var i = 0; i < rounds; i++)
        {
            var body = createBody(random);
            var headers = Enumerable.Range(0, random.Next(3)).Select(_ => (Pick(random, HeaderNames), Pick(random, HeaderValues)));
            var response = Answer.Create(Pick(random, Statuses), body, [.. headers]);
            try
            {
                AssertUsable(TokenResponseReader.Read(response, Answer.Strict));
                tokens++;
            }
            catch (JwtGrantException error)
            {
                Assert.DoesNotContain(Marker, error.ToString(), StringComparison.Ordinal);
                Assert.All(new[] { error.Error, error.ErrorDescription, error.ErrorUri }, text => Assert.True((text?.Length ?? 0) <= 512));
                Assert.True(error.RetryAfter is null || (error.RetryAfter >= TimeSpan.Zero && error.RetryAfter <= TimeSpan.FromMinutes(5)));
                errors++;
            }
            catch (Exception unexpected) when (unexpected is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"Seed {seed}, response {i}: {response.Status} {response.Headers} {Encoding.UTF8.GetString(body)}\n{unexpected}");
            }
        }
        // A generator that creates only tokens, or only errors, would prove little.
        Assert.True(errors > rounds / 10, $"{tokens} tokens, {errors} errors");
        Assert.True(tokens > 0, $"{tokens} tokens, {errors} errors");
    }

    // The properties that the library uses are valid, and no text of the response contains the token.
    private static void AssertUsable(TokenResponse response)
    {
        Assert.InRange(response.AccessToken.ExpiresAt, TestData.Moment, TestData.Moment.AddDays(3653));
        Assert.DoesNotContain(Marker, $"{response} {response.AccessToken} {JsonSerializer.Serialize(response)}", StringComparison.Ordinal);
        Assert.All(response.Members.Values, member => Assert.NotNull(member.GetRawText()));
    }

    private static byte[] RandomBytes(Dice random) => [.. Enumerable.Range(0, random.Next(64)).Select(_ => (byte)random.Next(256))];

    // Nearly valid: one byte is replaced or removed, or the text ends before it.
    private static byte[] Damaged(Dice random, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var position = random.Next(bytes.Length);
        switch (random.Next(3))
        {
            case 0:
                bytes[position] = (byte)random.Next(256);
                return bytes;
            case 1:
                return [.. bytes[..position], .. bytes[(position + 1)..]];
            default:
                return bytes[..position];
        }
    }

    private static T Pick<T>(Dice random, T[] values) => values[random.Next(values.Length)];
}
