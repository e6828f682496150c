using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Tests.Scenarios;

/// <summary>A server echoes each secret that it received, in every spelling and in every place that a client reads. No part of a secret appears in the error or in a log.</summary>
public sealed class EchoedSecretTests
{
    private const string ClientSecret = "kZ8Q~w3Xn 7Rt.Vb2Ym+5Lp9\"Jd4/Hs6&Gf1é", RefreshToken = "v1.MjAyNi0xMS0yMyByZWZyZXNoIHRva2Vu", Code = "SplxlOBeZQQYbYS6WxSbIA",
        Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", ApiKey = "ak_live_9rT4mQ2xW8zK6vB1", ShortCode = "x7Kq2p";

    private static readonly string SubjectToken = Convert.ToBase64String(Enumerable.Range(0, 96).Select(i => (byte)((i * 89) + 7)).ToArray());

    private static readonly string[] Harmless =
        ["grant_type", "client_id", "scope", "client_assertion_type", "subject_token_type", "actor_token_type", "redirect_uri", "token_type_hint"];

    private static Dictionary<string, Func<JwtGrantTokenSource, Task>> Requests => new()
    {
        ["jwt-bearer"] = client => client.GetTokenAsync(AnyRequest(), Cancellation).AsTask(),
        ["custom parameter"] = client => client.GetTokenAsync(AnyRequest(ApiKey), Cancellation).AsTask(),
        ["saml2-bearer"] = client => client.Endpoint.RequestAsync(Grant.Saml2Bearer(
            new SamlAssertionFactory(SamlTestData.Options(), SamlTestData.Certificate).ProvideAsync, TokenRequest.Default), Cancellation),
        ["authorization_code"] = client => client.Endpoint.RequestAsync(Grant.AuthorizationCode(Code, "https://app.example.com/back", Verifier), Cancellation),
        ["short authorization_code"] = client => client.Endpoint.RequestAsync(Grant.AuthorizationCode(ShortCode), Cancellation),
        ["refresh_token"] = client => client.Endpoint.RequestAsync(Grant.RefreshToken(RefreshToken), Cancellation),
        ["token-exchange"] = client => client.Endpoint.RequestAsync(Grant.TokenExchange(
            new TypedToken(SubjectToken, TokenTypes.AccessToken), new TypedToken(RefreshToken, TokenTypes.RefreshToken)), Cancellation),
        ["custom grant"] = client => client.Endpoint.RequestAsync(Grant.Custom("urn:example:grant", [new("otp", ApiKey), new("user_pin", "834-991")]), Cancellation),
        ["revocation"] = client => client.Revocation.RevokeTokenAsync(RefreshToken, "refresh_token", Cancellation),
    };

    private static Dictionary<string, Action<JwtGrantOptions>> Methods => new()
    {
        ["none"] = _ => { },
        ["private_key_jwt"] = options => options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt,
        ["client_secret_basic"] = options =>
            (options.ClientAuthentication, options.ClientSecret) = (ClientAuthenticationMethod.ClientSecretBasic, ClientSecret),
        ["client_secret_post"] = options =>
            (options.ClientAuthentication, options.ClientSecret) = (ClientAuthenticationMethod.ClientSecretPost, ClientSecret),
        ["JWT as client_secret"] = options => options.ClientAuthentication = ClientAuthenticationMethod.JwtAsClientSecret,
        ["DPoP"] = options => (options.ClientAuthentication, options.DPoP.Enabled) = (ClientAuthenticationMethod.PrivateKeyJwt, true),
    };

    private static Dictionary<string, Func<string, string>> Spellings => new()
    {
        ["raw"] = secret => secret,
        ["lines of 64"] = secret => string.Join('\n', secret.Chunk(64).Select(line => new string(line))),
        ["lines of 7"] = secret => string.Join("\r\n  ", secret.Chunk(7).Select(line => new string(line))),
        ["percent-encoded"] = Uri.EscapeDataString,
        ["form-encoded"] = WebUtility.UrlEncode,
        ["percent-encoded in lower case"] = secret => LowerHex(Uri.EscapeDataString(secret)),
        ["each byte percent-encoded"] = secret => string.Concat(Encoding.UTF8.GetBytes(secret).Select(value => $"%{value:x2}")),
        ["percent-encoded twice"] = secret => Uri.EscapeDataString(Uri.EscapeDataString(secret)),
        ["base64"] = secret => Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)),
        ["base64url"] = secret => Keys.EncodeBase64Url(Encoding.UTF8.GetBytes(secret)),
        ["base64 in lines"] = secret => Convert.ToBase64String(Encoding.UTF8.GetBytes(secret), Base64FormattingOptions.InsertLineBreaks),
        ["base64 with a prefix"] = secret => Convert.ToBase64String(Encoding.UTF8.GetBytes($"id:{Uri.EscapeDataString(secret)}:x")),
        ["base64 with another prefix"] = secret => Keys.EncodeBase64Url(Encoding.UTF8.GetBytes($"client={secret}&")),
        ["hexadecimal"] = secret => Convert.ToHexString(Encoding.UTF8.GetBytes(secret)),
        ["JSON"] = secret => JsonSerializer.Serialize(secret),
        ["JSON, relaxed"] = secret => JsonEncodedText.Encode(secret, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString(),
        ["each character escaped for JSON"] = secret => string.Concat(secret.Select(c => $"\\u{(int)c:X4}")),
        ["HTML"] = secret => WebUtility.HtmlEncode(secret),
        ["each character escaped for HTML"] = secret => string.Concat(secret.Select((c, i) => i % 2 == 0 ? $"&#{(int)c};" : $"&#x{(int)c:x};")),
        ["JSON in HTML"] = secret => HtmlEncoder.Default.Encode(JsonSerializer.Serialize(secret)),
        ["upper case"] = secret => secret.ToUpperInvariant(),
        ["the beginning"] = secret => $"{secret[..Math.Max(16, secret.Length / 2)]}...",
        ["the end"] = secret => $"...{secret[(Math.Min(secret.Length - 16, secret.Length / 2))..]}",
        ["the middle"] = secret => $"...{secret.Substring((secret.Length - 16) / 2, 16)}...",
        ["UTF-16"] = secret => string.Concat(secret.Select(c => $"{c}\0")),
    };

    private static Dictionary<string, Func<string, HttpResponseMessage>> Places => new()
    {
        ["OAuth error"] = echo => Json(400, new { error = "invalid_grant", error_description = $"got {echo} and more", error_uri = $"https://as.example.com/errors?{echo}" }),
        ["error code"] = echo => Json(400, new { error = echo }),
        ["JSON message"] = echo => Json(500, new { message = echo, detail = echo }),
        ["page"] = echo => Text(502, "text/html", $"<html><body>Rejected: {echo}</body></html>"),
        ["plain text"] = echo => Text(503, "text/plain", echo),
        ["challenge"] = echo => Header(Text(401, "text/plain", ""), "WWW-Authenticate", $"Bearer error=\"invalid_client\", error_description=\"{echo.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""),
        ["content type"] = echo => Header(Text(500, "text/plain", ""), "Content-Type", echo),
        ["content coding"] = echo => Header(Text(200, "text/plain", ""), "Content-Encoding", echo),
        ["location"] = echo => Header(Text(307, "text/plain", ""), "Location", $"https://{echo}.example.com/{echo}"),
        ["Retry-After"] = echo => Header(Text(429, "text/plain", ""), "Retry-After", echo),
        ["token type"] = echo => Json(200, new { access_token = "abc", token_type = echo, expires_in = echo, scope = echo }),
        ["expiry"] = echo => Json(200, new { access_token = "abc", token_type = "Bearer", expires_in = echo }),
        ["issued token type"] = echo => Json(200, new { access_token = "abc def", token_type = "N_A", issued_token_type = echo }),
        ["exception"] = echo => throw new HttpRequestException(HttpRequestError.InvalidResponse, $"Invalid header line: '{echo}'", new IOException(echo)),
    };

    public static TheoryData<string, string> Pairs
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            foreach (var request in Requests.Keys)
                pairs.Add(request, "none");
            foreach (var method in Methods.Keys.Skip(1))
                pairs.Add("jwt-bearer", method);
            return pairs;
        }
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task No_part_of_a_secret_that_the_server_echoes_is_printed(string request, string method)
    {
        var log = new LogLines();
        using var logging = LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Trace).AddProvider(log));
        Func<string, HttpResponseMessage> place = null!;
        Func<string, string> spell = null!;
        var sent = new List<string>();
        using var handler = new StubHandler(async (message, cancellation) =>
        {
            sent = Sent(await message.Content!.ReadAsStringAsync(cancellation), message);
            return place(string.Join(" | ", sent.Select(Spell)));
        });
        var options = Options();
        Methods[method](options);
        await using var client = JwtGrantTokenSource.Create(options, tokenEndpointHandler: handler, loggerFactory: logging);
        var printed = new List<string>();
        var logged = 0;

        foreach (var (placeName, placed) in Places)
            foreach (var (spellingName, spelling) in Spellings)
            {
                (place, spell) = (placed, spelling);
                // A revocation succeeds with any body.
                if (await Record.ExceptionAsync(() => Requests[request](client)) is not { } error)
                    continue;
                var failure = error as JwtGrantException;
                var text = string.Join('\n', [$"{error}", failure?.Error, failure?.ErrorDescription, failure?.ErrorUri, .. log.All.Skip(logged)]);
                logged = log.All.Count;
                if (new SecretSearch(sent).Find(text) is { } run)
                    printed.Add($"{placeName}, {spellingName}: {run}");
                if (placeName == "OAuth error" && spellingName == "raw")
                    Assert.Contains("that was sent, not shown)", ((JwtGrantException)error).ErrorDescription, StringComparison.Ordinal);
            }

        Assert.Empty(printed);
        Assert.NotEmpty(sent);

        string Spell(string secret) => secret.Length >= 16 || !spell("the beginning of a long secret").Contains("...", StringComparison.Ordinal) ? spell(secret) : secret;
    }

    /// <summary>The exception of SocketsHttpHandler quotes the malformed line.</summary>
    [Fact]
    public async Task A_secret_in_a_malformed_header_is_not_printed()
    {
        await using var server = new RawTcpServer(async (_, socket) =>
        {
            await RawTcpServer.ReadRequestAsync(socket);
            await socket.SendAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 400 Bad Request\r\n{Code} is no header\r\n\r\n"));
        });
        var options = Options();
        options.TokenEndpoint = $"http://127.0.0.1:{server.Port}/token";
        await using var client = JwtGrantTokenSource.Create(options);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.Endpoint.RequestAsync(Grant.AuthorizationCode(Code), Cancellation));

        Assert.Contains("(the code that was sent, not shown) is no header", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Code, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("issuer"), InlineData("token_endpoint"), InlineData("grant_types_supported")]
    public async Task A_secret_in_a_metadata_document_is_not_printed(string member)
    {
        var options = Options();
        (options.Issuer, options.TokenEndpoint) = (TestData.Issuer, null);
        using var handler = new StubHandler(_ => Json(200, new Dictionary<string, object>
        {
            ["issuer"] = TestData.Issuer, ["token_endpoint"] = TestData.TokenEndpoint, [member] = member.EndsWith("supported", StringComparison.Ordinal) ? new[] { Code } : Code,
        }));
        await using var client = JwtGrantTokenSource.Create(options, tokenEndpointHandler: handler);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.Endpoint.RequestAsync(Grant.AuthorizationCode(Code), Cancellation));

        Assert.Null(new SecretSearch([Code]).Find(error.ToString()));
    }

    /// <summary>Creates a request with its own cache entry, so that the cache does not return the error of an earlier request.</summary>
    private static TokenRequest AnyRequest(string? apiKey = null) => new()
    {
        Subject = Guid.NewGuid().ToString(),
        Parameters = apiKey is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["api_key"] = apiKey },
    };

    private static JwtGrantOptions Options()
    {
        var options = TestClient.Options();
        options.SigningKey.Text = Keys.P256.ExportPkcs8PrivateKeyPem();
        options.Issuer = TestData.Issuer;
        options.RevocationEndpoint = "https://as.example.com/revoke";
        options.Retry.MaxRetryAttempts = 0;
        return options;
    }

    private static List<string> Sent(string body, HttpRequestMessage message)
    {
        var fields = System.Web.HttpUtility.ParseQueryString(body);
        List<string> sent = [.. fields.AllKeys.Where(name => !Harmless.Contains(name)).Select(name => fields[name]!)];
        if (message.Headers.Authorization is { } authorization)
            sent.AddRange([authorization.Parameter!, ClientSecret]);
        if (message.Headers.TryGetValues("DPoP", out var proofs))
            sent.AddRange(proofs);
        return sent;
    }

    private static string LowerHex(string escaped) =>
        System.Text.RegularExpressions.Regex.Replace(escaped, "%[0-9A-F]{2}", match => match.Value.ToLowerInvariant());

    private static HttpResponseMessage Json(int status, object value) => Text(status, "application/json", JsonSerializer.Serialize(value));

    private static HttpResponseMessage Text(int status, string type, string text) =>
        new((HttpStatusCode)status) { Content = new StringContent(text, Encoding.UTF8, type) };

    private static HttpResponseMessage Header(HttpResponseMessage response, string name, string value)
    {
        var singleLine = value.ReplaceLineEndings(" ").Replace("\0", "", StringComparison.Ordinal);
        if (name.StartsWith("Content-", StringComparison.Ordinal))
        {
            response.Content.Headers.Remove(name);
            response.Content.Headers.TryAddWithoutValidation(name, singleLine);
        }
        else
        {
            response.Headers.TryAddWithoutValidation(name, singleLine);
        }
        return response;
    }
}
