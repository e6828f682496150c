using System.Runtime.CompilerServices;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// The token endpoint's own connections. Not the application's HttpClientFactory, whose defaults (a resilience handler, header logging)
/// would replay or print assertions. What goes wrong below HTTP becomes a transport error here.
/// </summary>
/// <param name="handler">Sends the requests.</param>
/// <param name="clock">Tells when a token was issued.</param>
/// <param name="maxRetryAfter">The longest Retry-After that is obeyed.</param>
internal sealed class TokenEndpointTransport(HttpMessageHandler handler, TimeProvider clock, TimeSpan maxRetryAfter) : IDisposable
{
    private const string RedirectFollowed = "token_endpoint_redirect_followed";

    private readonly HttpMessageInvoker _http = new(handler);

    /// <summary>The handler that is used unless the user names another.</summary>
    /// <param name="certificate">What connections show the server (RFC 8705); null for nothing.</param>
    public static SocketsHttpHandler CreateHandler(ClientCertificate? certificate = null) => new()
    {
        // A 307 would carry the assertion to another host.
        AllowAutoRedirect = false,
        UseCookies = false,
        Credentials = null,
        PreAuthenticate = false,
        // A moved DNS name is noticed in time.
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        // No AutomaticDecompression: a token response is too short to gain by it, and it brings three decoders into a native program.
        // What a server compresses unasked is read by ContentCoding.
        SslOptions = certificate is null ? new() : new() { LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate.ForConnection() },
    };

    /// <summary>Sends one request and reads the whole answer, up to the cap.</summary>
    /// <exception cref="JwtGrantException">There was no answer, or one from somewhere else.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<TokenHttpResponse> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var target = request.RequestUri!;
        var requestedAt = clock.GetUtcNow();
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            var receivedAt = clock.GetUtcNow();
            // A handler that the user supplied cannot be asked beforehand whether it follows redirects. The request shows it afterwards.
            if ((response.RequestMessage?.RequestUri ?? request.RequestUri) is var responder && responder != target)
                throw FollowedRedirect(target, responder);
            var body = await ResponseBodyReader.ReadAsync(response, cancellationToken).ConfigureAwait(false);
            return new((int)response.StatusCode, response.Headers, ContentTypeOf(response), body, requestedAt, receivedAt)
            {
                MaxRetryAfter = maxRetryAfter,
            };
        }
        catch (Exception e) when (e is not JwtGrantException { Code: RedirectFollowed } && request.RequestUri != target && !cancellationToken.IsCancellationRequested)
        {
            throw FollowedRedirect(target, request.RequestUri, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException || IsOwnTimeout(e, cancellationToken))
        {
            throw NoAnswer(target, e);
        }
    }

    public void Dispose() => _http.Dispose();

    private static JwtGrantException FollowedRedirect(Uri target, Uri? answered, Exception? e = null) => new(
        JwtGrantErrorKind.Configuration, RedirectFollowed,
        $"The handler given for the token endpoint followed a redirect from '{target.Authority}' to '{answered?.Authority}' and may have " +
        "taken the assertion there. Set AllowAutoRedirect to false on it, and TokenEndpoint to the final address.",
        e);

    // A handler with a timeout of its own, SocketsHttpHandler.ConnectTimeout for one, reports it as a cancellation that nobody asked for.
    private static bool IsOwnTimeout(Exception e, CancellationToken cancellationToken) =>
        e is OperationCanceledException && !cancellationToken.IsCancellationRequested;

    private static string? ContentTypeOf(HttpResponseMessage response) =>
        response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values) ? values.ToString() : null;

    private static JwtGrantException NoAnswer(Uri target, Exception e) => new(
        JwtGrantErrorKind.Transport,
        NeverConnected(e) ? TransientErrors.Unreachable : TransientErrors.ConnectionFailed,
        $"No answer from '{target.Host}:{target.Port}': {e.Message} {Advice(e)}",
        e)
    {
        IsTransient = !IsTls(e),
    };

    // Of a handshake that failed only the innermost exception says why.
    private static string Advice(Exception e) =>
        IsTls(e) ? $"{e.GetBaseException().Message} Does this machine trust the server's certificate (a private CA?), and does the " +
            "server take " +
            "the client's, if it wants one?"
        : NeverConnected(e) ? "Check the address, DNS, the firewall and the proxy."
        : "The connection was made and then failed; the server may have seen the request.";

    private static bool IsTls(Exception e) => e is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError };

    private static bool NeverConnected(Exception e) => e is HttpRequestException
    {
        HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
            or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
    };
}
