using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>What callers see of an error response (RFC 6749 section 5.2).</summary>
public sealed class TokenErrorTests
{
    [Theory]
    [InlineData(400), InlineData(401), InlineData(200), InlineData(403), InlineData(500)]
    public void An_OAuth_error_is_reported_as_Refused_for_every_status(int status)
    {
        var error = Answer.ReadError(
            status, """{"error":"invalid_grant","error_description":"Assertion was refused","error_uri":"https://as.example.com/e/7"}""");

        Assert.Equal((JwtGrantErrorKind.Refused, "token_request_refused", status), (error.Kind, error.Code, error.StatusCode));
        Assert.Equal(
            ("invalid_grant", "Assertion was refused", "https://as.example.com/e/7"), (error.Error, error.ErrorDescription, error.ErrorUri));
        Assert.StartsWith($"The token endpoint rejected the request ({status} invalid_grant). ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("\nThe server says: Assertion was refused", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
    }

    [Theory]
    [InlineData("""{"error":{"code":1,"message":"no"}}""")]
    [InlineData("""{"error":7}""")]
    [InlineData("""{"error":true,"error_description":["a","b"]}""")]
    [InlineData("""{"error":"\ud800"}""")]
    public void An_OAuth_error_that_cannot_be_read_is_reported_as_Refused_and_not_transient(string body)
    {
        var error = Answer.ReadError(400, body);

        Assert.Equal((JwtGrantErrorKind.Refused, "unreadable_error"), (error.Kind, error.Error));
        Assert.False(error.IsTransient);
    }

    [Theory]
    [InlineData(400, "The client is not known here", "The body begins: The client is not known here")]
    [InlineData(502, "<html><title>Bad Gateway</title>", "The body begins: <html><title>Bad Gateway</title>")]
    [InlineData(403, """{"message":"Forbidden\nreally","key":"k"}""", "The body says: Forbidden really")]
    [InlineData(403, """{"type":"about:blank","title":"Forbidden","detail":"Address not allowed"}""", "The body says: Address not allowed")]
    [InlineData(400, "{}", "")]
    [InlineData(404, "", "")]
    [InlineData(400, "[\"error\"]", "")]
    [InlineData(400, """{"error":""}""", "")]
    [InlineData(400, """{"error":null}""", "")]
    [InlineData(596, "?", "The body begins: ?")]
    [InlineData(204, "", "")]
    [InlineData(201, """{"access_token":"abc","token_type":"Bearer"}""", "")]
    [InlineData(500, "<html>POST /token client_secret=x", "The body is not shown, because it may hold a secret.")]
    public void A_response_without_an_OAuth_error_is_reported_with_its_status_and_the_start_of_its_body(int status, string body, string text)
    {
        var error = Answer.ReadError(status, body);

        Assert.Equal((JwtGrantErrorKind.Transport, "token_endpoint_failed", status), (error.Kind, error.Code, error.StatusCode));
        Assert.StartsWith(
            $"The token endpoint responded with {status} and without an OAuth error (Content-Type: application/json). ",
            error.FirstLine(), StringComparison.Ordinal);
        Assert.Equal(text, error.Message[error.FirstLine().Length..].TrimStart('\n'));
        Assert.Null(error.Error);
    }

    [Fact]
    public void An_error_page_is_quoted_up_to_200_bytes()
    {
        var error = Answer.ReadError(500, new string('x', 100_000));

        Assert.EndsWith("\nThe body begins: " + new string('x', 200), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_is_read_from_the_challenge_if_the_body_is_empty()
    {
        var error = Answer.ReadError(
            401, "", ("WWW-Authenticate", "Basic realm=\"x\", Bearer error=\"invalid_client\", error_description=\"No such client\""));

        Assert.Equal(
            (JwtGrantErrorKind.Refused, "invalid_client", "No such client"), (error.Kind, error.Error, error.ErrorDescription));
    }

    [Fact]
    public void An_error_in_the_body_overrides_the_challenge() =>
        Assert.Equal(
            "invalid_grant",
            Answer.ReadError(401, """{"error":"invalid_grant"}""", ("WWW-Authenticate", "Bearer error=\"invalid_client\"")).Error);

    [Theory]
    [InlineData("Bearer error"), InlineData("=,=\"\\"), InlineData("Bearer error="), InlineData("Bearer error=\"\""), InlineData("\u0001 ,,,")]
    public void A_malformed_challenge_does_not_hide_the_status(string challenge)
    {
        var error = Answer.ReadError(401, "", ("WWW-Authenticate", challenge));

        Assert.Equal(("token_endpoint_failed", 401), (error.Code, error.StatusCode));
    }

    [Theory]
    [InlineData("https://evil.example/token?x=1", "a redirect to 'evil.example'.")]
    [InlineData("//evil.example/token", "a redirect to another host.")]
    [InlineData("/other", "a redirect to another path of the same host.")]
    [InlineData("https://[", "a redirect to an unknown address.")]
    public void A_redirect_is_an_error_that_names_its_target(string location, string expected)
    {
        foreach (var status in new[] { 301, 302, 303, 304, 307, 308 })
        {
            // A body with a token makes no difference.
            var error = Answer.ReadError(status, Reply.TokenJson, ("Location", location));

            Assert.Equal((JwtGrantErrorKind.Transport, "token_endpoint_redirected", status), (error.Kind, error.Code, error.StatusCode));
            Assert.Contains(expected, error.FirstLine(), StringComparison.Ordinal);
            Assert.False(error.IsTransient);
        }
    }

    [Fact]
    public void The_description_of_an_error_is_bounded_and_cannot_forge_a_log_line()
    {
        var text = @"x\r\nERROR: forged\u2028\u202e" + new string('y', 2000);

        var error = Answer.ReadError(400, $$"""{"error":"a\nb","error_description":"{{text}}","error_uri":"u\nv"}""");

        Assert.Equal("a b", error.Error);
        Assert.Equal(512, error.ErrorDescription!.Length);
        Assert.DoesNotContain(error.ErrorDescription, char.IsControl);
        Assert.DoesNotContain('\u2028', error.ErrorDescription);
        Assert.DoesNotContain('\u202e', error.ErrorDescription);
        Assert.Equal("u v", error.ErrorUri);
        Assert.Equal(2, error.Message.Split('\n').Length);
    }
}
