using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Endpoints;

namespace JwtGrantClient.Testing;

/// <summary>
/// What the token endpoint does with its next request, in place of just judging it: to see how a client takes it. A response that is not
/// judged uses up no <c>jti</c>.
/// </summary>
public sealed class ScriptedResponse
{
    private readonly Func<Func<ServerResponse>, TimeProvider, CancellationToken, Task<ServerResponse>> _run;

    private ScriptedResponse(Func<Func<ServerResponse>, TimeProvider, CancellationToken, Task<ServerResponse>> run) => _run = run;

    /// <summary>An OAuth error (RFC 6749 section 5.2).</summary>
    /// <param name="error">The code.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="description">The <c>error_description</c>; null leaves it out.</param>
    public static ScriptedResponse OAuthError(string error, int status = 400, string? description = null)
    {
        var json = new JsonObject { ["error"] = error };
        if (description is not null)
            json["error_description"] = description;
        return Fixed(ServerResponse.Json(status, json));
    }

    /// <summary>Any answer.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="body">The body.</param>
    /// <param name="contentType">Its Content-Type; null sends none.</param>
    /// <param name="headers">Further headers, such as Retry-After or Date.</param>
    public static ScriptedResponse Create(
        int status, string body, string? contentType, params IEnumerable<KeyValuePair<string, string>> headers) =>
        Create(status, Encoding.UTF8.GetBytes(body), contentType, headers);

    /// <summary>Any answer, by bytes: garbage, a BOM, something compressed.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="body">The body.</param>
    /// <param name="contentType">Its Content-Type; null sends none.</param>
    /// <param name="headers">Further headers.</param>
    public static ScriptedResponse Create(
        int status, byte[] body, string? contentType, params IEnumerable<KeyValuePair<string, string>> headers) =>
        Fixed(new(status, contentType is null ? [.. headers] : [new("Content-Type", contentType), .. headers], body));

    /// <summary>A redirect.</summary>
    /// <param name="location">Where to.</param>
    /// <param name="status">301, 302, 303, 307 or 308.</param>
    public static ScriptedResponse Redirect(Uri location, int status = 307)
    {
        ArgumentNullException.ThrowIfNull(location);
        return Create(status, "", null, [new("Location", location.OriginalString)]);
    }

    /// <summary>Too many requests, with Retry-After in seconds.</summary>
    /// <param name="retryAfter">How long to wait.</param>
    public static ScriptedResponse TooManyRequests(TimeSpan retryAfter) =>
        Create(429, "", null, [new("Retry-After", ((int)retryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture))]);

    /// <summary>Ends the connection without an answer.</summary>
    /// <param name="afterProcessing">Whether the request is judged first, so that its <c>jti</c> is used up and a token issued.</param>
    public static ScriptedResponse Drop(bool afterProcessing = false) => new((judge, _, _) =>
    {
        if (afterProcessing)
            judge();
        return Task.FromResult(ServerResponse.Dropped);
    });

    /// <summary>Judges the request when the gate opens.</summary>
    /// <param name="gate">The gate.</param>
    public static ScriptedResponse After(Task gate) => new(async (judge, _, cancellationToken) =>
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        return judge();
    });

    /// <summary>Judges the request after a while, by the server's clock.</summary>
    /// <param name="delay">How long.</param>
    public static ScriptedResponse After(TimeSpan delay) => new(async (judge, time, cancellationToken) =>
    {
        await Task.Delay(delay, time, cancellationToken).ConfigureAwait(false);
        return judge();
    });

    /// <summary>Judges the request, and changes the body of the answer: another expires_in, a member twice, a narrower scope.</summary>
    /// <param name="rewrite">From the body as it would be to the body as it is sent.</param>
    public static ScriptedResponse Rewrite(Func<string, string> rewrite) => new((judge, _, _) =>
    {
        var response = judge();
        return Task.FromResult(response with { Body = Encoding.UTF8.GetBytes(rewrite(Encoding.UTF8.GetString(response.Body))) });
    });

    internal Task<ServerResponse> RunAsync(Func<ServerResponse> judge, TimeProvider time, CancellationToken cancellationToken) =>
        _run(judge, time, cancellationToken);

    private static ScriptedResponse Fixed(ServerResponse response) => new((_, _, _) => Task.FromResult(response));
}
