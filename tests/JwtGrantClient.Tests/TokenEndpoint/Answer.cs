using System.Text;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>Responses as the readers receive them: status, headers and body, without a server.</summary>
internal static class Answer
{
    public static readonly ResponseRules Strict = new(TimeSpan.FromMinutes(5), DefaultType: null);

    public static TokenHttpResponse Create(int status, string body, params (string Name, string Value)[] headers) =>
        Create(status, Encoding.UTF8.GetBytes(body), headers);

    public static TokenHttpResponse Create(int status, byte[] body, params (string Name, string Value)[] headers)
    {
        var message = new HttpResponseMessage();
        foreach (var (name, value) in headers)
            message.Headers.TryAddWithoutValidation(name, value);
        return new(status, message.Headers, "application/json", body, TestData.Moment, TestData.Moment) { MaxRetryAfter = new RetryOptions().MaxRetryAfter };
    }

    public static TokenResponse Read(string body) => TokenResponseReader.Read(Create(200, body), Strict);

    public static JwtGrantException ReadError(TokenHttpResponse response) =>
        Assert.Throws<JwtGrantException>(() => TokenResponseReader.Read(response, Strict));

    public static JwtGrantException ReadError(int status, string body, params (string Name, string Value)[] headers) =>
        ReadError(Create(status, body, headers));

    public static string FirstLine(this JwtGrantException error) => error.Message.Split('\n')[0];
}
