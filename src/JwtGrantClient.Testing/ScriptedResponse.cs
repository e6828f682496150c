using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Endpoints;

namespace JwtGrantClient.Testing;

/// <summary>
/// The response of the token endpoint to its next request, to test how a client handles it. The request is validated first, so its <c>jti</c> is used
/// up, and <see cref="RecordedRequest.Refusal"/> says what is wrong with it; the scripted response is sent in either case. No token is issued, and no
/// code or refresh token is used up, unless the response says so.
/// </summary>
public sealed class ScriptedResponse
{
    private readonly Func<Func<ServerResponse>, TimeProvider, CancellationToken, Task<ServerResponse>> _run;

    private ScriptedResponse(Func<Func<ServerResponse>, TimeProvider, CancellationToken, Task<ServerResponse>> run) => _run = run;

    /// <summary>Responds with an OAuth error (RFC 6749 section 5.2). The status 401 comes with a challenge.</summary>
    /// <param name="error">The error code.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="description">The <c>error_description</c>; null to omit it.</param>
    public static ScriptedResponse OAuthError(string error, int status = 400, string? description = null)
    {
        var json = new JsonObject { ["error"] = error };
        if (description is not null)
            json["error_description"] = description;
        return Fixed(ServerResponse.Json(status, json, status == 401 ? [ServerResponse.CreateChallenge("Basic")] : []));
    }

    /// <summary>Responds with any status and text.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="body">The body.</param>
    /// <param name="contentType">The Content-Type; null to omit it.</param>
    /// <param name="headers">Additional headers, such as Retry-After or Date.</param>
    public static ScriptedResponse Create(
        int status, string body, string? contentType, params IEnumerable<KeyValuePair<string, string>> headers) =>
        Create(status, Encoding.UTF8.GetBytes(body), contentType, headers);

    /// <summary>Responds with any status and bytes, such as malformed text, a BOM or compressed data.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="body">The body.</param>
    /// <param name="contentType">The Content-Type; null to omit it.</param>
    /// <param name="headers">Additional headers.</param>
    public static ScriptedResponse Create(
        int status, byte[] body, string? contentType, params IEnumerable<KeyValuePair<string, string>> headers) =>
        Fixed(new(status, contentType is null ? [.. headers] : [new("Content-Type", contentType), .. headers], body));

    /// <summary>Responds with a redirect.</summary>
    /// <param name="location">The target.</param>
    /// <param name="status">301, 302, 303, 307 or 308.</param>
    public static ScriptedResponse Redirect(Uri location, int status = 307)
    {
        ArgumentNullException.ThrowIfNull(location);
        return Create(status, "", null, [new("Location", location.OriginalString)]);
    }

    /// <summary>Responds with 429 (Too Many Requests) and Retry-After in seconds.</summary>
    /// <param name="retryAfter">The wait, rounded down to whole seconds.</param>
    public static ScriptedResponse TooManyRequests(TimeSpan retryAfter) =>
        Create(429, "", null, [new("Retry-After", ((int)retryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture))]);

    /// <summary>Closes the connection without a response.</summary>
    /// <param name="afterProcessing">
    /// Whether the request is processed first, so that a token is issued, and a code or refresh token is used up. Default: false.
    /// </param>
    public static ScriptedResponse Drop(bool afterProcessing = false) => new((process, _, _) =>
    {
        if (afterProcessing)
            process();
        return Task.FromResult(ServerResponse.Dropped);
    });

    /// <summary>Validates the request, and issues its token when a task has completed.</summary>
    /// <param name="task">The task.</param>
    public static ScriptedResponse After(Task task) => new(async (process, _, cancellationToken) =>
    {
        await task.WaitAsync(cancellationToken).ConfigureAwait(false);
        return process();
    });

    /// <summary>Validates the request, and issues its token after a delay by the server's clock.</summary>
    /// <param name="delay">The delay.</param>
    public static ScriptedResponse After(TimeSpan delay) => new(async (process, time, cancellationToken) =>
    {
        await Task.Delay(delay, time, cancellationToken).ConfigureAwait(false);
        return process();
    });

    /// <summary>Processes the request and changes the body of the response, for example another expires_in or a duplicate member.</summary>
    /// <param name="rewrite">Returns the body to send for the original body.</param>
    public static ScriptedResponse Rewrite(Func<string, string> rewrite) => new((process, _, _) =>
    {
        var response = process();
        return Task.FromResult(response with { Body = Encoding.UTF8.GetBytes(rewrite(Encoding.UTF8.GetString(response.Body))) });
    });

    /// <summary>
    /// Returns the same response without validation of the request, as from a proxy in front of the server: its <c>jti</c> stays unused, and
    /// <see cref="RecordedRequest.Refusal"/> is null. Responses that process the request validate it then.
    /// </summary>
    public ScriptedResponse WithoutValidation() => new(_run) { IsValidationEnabled = false };

    /// <summary>Whether the request is validated before the response is run.</summary>
    internal bool IsValidationEnabled { get; private init; } = true;

    internal Task<ServerResponse> RunAsync(Func<ServerResponse> process, TimeProvider time, CancellationToken cancellationToken) =>
        _run(process, time, cancellationToken);

    private static ScriptedResponse Fixed(ServerResponse response) => new((_, _, _) => Task.FromResult(response));
}
