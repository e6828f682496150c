using System.Runtime.CompilerServices;
using JwtGrantClient.Assertions;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// Sends requests to the authorization server over its own connections. It does not use the application's HttpClientFactory, whose defaults (a
/// resilience handler, header logging) could replay or log assertions. Failures below HTTP become transport errors.
/// </summary>
internal sealed class TokenEndpointTransport : IDisposable
{
    public const string RedirectFollowed = "token_endpoint_redirect_followed";

    /// <summary>The product of the User-Agent header. Some servers refuse requests without the header, and HttpClient sends none.</summary>
    public const string DefaultUserAgent = "JwtGrantClient";

    private readonly bool _ownsConnections;
    private readonly TimeProvider _clock;

    /// <param name="connections">Sends the requests.</param>
    /// <param name="clock">The wall clock: the time of request and response.</param>
    /// <param name="maxRetryAfter">The longest Retry-After that is observed.</param>
    /// <param name="ownsConnections">Whether the connections are disposed with this object.</param>
    public TokenEndpointTransport(TokenEndpointConnections connections, TimeProvider clock, TimeSpan maxRetryAfter, bool ownsConnections) =>
        (Connections, _clock, MaxRetryAfter, _ownsConnections) = (connections, clock, maxRetryAfter, ownsConnections);

    /// <summary>Creates a transport with a handler of its own.</summary>
    /// <exception cref="JwtGrantException">The handler follows redirects or is a chain, and cannot be changed because it is in use.</exception>
    public TokenEndpointTransport(HttpMessageHandler handler, TimeProvider clock, TimeSpan maxRetryAfter)
#pragma warning disable CA2000 // The transport disposes its connections.
        : this(new TokenEndpointConnections(handler), clock, maxRetryAfter, ownsConnections: true)
#pragma warning restore CA2000
    {
    }

    public TokenEndpointConnections Connections { get; }

    /// <summary>Gets the User-Agent header of each request.</summary>
    public string UserAgent { get; init; } = DefaultUserAgent;

    /// <summary>Gets the clock of the assertions that are sent; null if it is the local one.</summary>
    public ServerClock? ServerClock { get; init; }

    /// <summary>Gets the longest Retry-After that is observed.</summary>
    public TimeSpan MaxRetryAfter { get; }

    /// <summary>Sends one request and reads the whole response, up to a limit.</summary>
    /// <exception cref="JwtGrantException">The request must not be sent, there was no response, or it came from another address.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<TokenHttpResponse> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var (target, content) = (request.RequestUri!, request.Content);
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        var correction = ServerClock?.Correction ?? TimeSpan.Zero;
        var requestedAt = _clock.GetUtcNow();
        try
        {
            using var response = await Connections.SendAsync(request, cancellationToken).ConfigureAwait(false);
            var receivedAt = _clock.GetUtcNow();
            // A handler that is not of .NET cannot be asked beforehand whether it follows redirects. The request shows it afterwards.
            if ((response.RequestMessage?.RequestUri ?? request.RequestUri) is var responder && responder != target)
                throw FollowedRedirect(target, responder, SentSecrets.From(request, content));
            var body = await ResponseBodyReader.ReadAsync(response, cancellationToken).ConfigureAwait(false);
            return new((int)response.StatusCode, response.Headers, ContentTypeOf(response), body, requestedAt, receivedAt)
            {
                Request = request,
                RequestContent = content,
                MaxRetryAfter = MaxRetryAfter,
                ClockCorrection = correction,
                HasLength = response.Version.Major >= 2 || response.Content.Headers.NonValidated.Contains("Content-Length"),
            };
        }
        catch (Exception e) when (e is not JwtGrantException { Code: RedirectFollowed } && request.RequestUri != target && !cancellationToken.IsCancellationRequested)
        {
            throw FollowedRedirect(target, request.RequestUri, SentSecrets.From(request, content), e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException || IsOwnTimeout(e, cancellationToken))
        {
            throw NoResponse(target, e, SentSecrets.From(request, content));
        }
    }

    public void Dispose()
    {
        if (_ownsConnections)
            Connections.Dispose();
    }

    private static JwtGrantException FollowedRedirect(Uri target, Uri? responder, SecretMask mask, Exception? e = null) => new(
        JwtGrantErrorKind.Configuration, RedirectFollowed,
        $"The handler of the token endpoint followed a redirect from '{target.Authority}' to '{SanitizedText.From(responder?.Authority ?? "", mask)}' and may have sent the assertion there. Set AllowAutoRedirect to false on it, and TokenEndpoint to the final address.",
        e is null ? null : SentSecrets.MaskCause(e, mask));

    // A handler with its own timeout, such as SocketsHttpHandler.ConnectTimeout, reports it as a cancellation.
    private static bool IsOwnTimeout(Exception e, CancellationToken cancellationToken) =>
        e is OperationCanceledException && !cancellationToken.IsCancellationRequested;

    private static string? ContentTypeOf(HttpResponseMessage response) =>
        response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values) ? values.ToString() : null;

    private JwtGrantException NoResponse(Uri target, Exception e, SecretMask mask) => new(
        JwtGrantErrorKind.Transport,
        NeverConnected(e) ? TransientErrors.Unreachable : TransientErrors.ConnectionFailed,
        $"No response from '{target.Host}:{target.Port}': {mask.Apply($"{SanitizedText.ToSentence(e.Message)} {Advice(e)}")}",
        SentSecrets.MaskCause(e, mask))
    {
        IsTransient = !IsTlsRejection(e),
    };

    // Only the innermost exception of a failed TLS handshake states the cause.
    private string Advice(Exception e) =>
        IsTlsRejection(e) ? $"{SanitizedText.ToSentence(e.GetBaseException().Message)} {Connections.TlsAdvice}"
        : IsTls(e) ? $"The TLS handshake was interrupted. {SanitizedText.ToSentence(e.GetBaseException().Message)}"
        : NeverConnected(e) ? "Check the address, DNS, the firewall and the proxy."
        : "The connection was made and then failed. The server may have received the request.";

    private static bool IsTls(Exception e) => e is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError };

    // Either side rejected the other. An interrupted handshake is an IOException, and the next one may succeed.
    private static bool IsTlsRejection(Exception e) => IsTls(e) && e.InnerException is not IOException;

    private static bool NeverConnected(Exception e) => e is HttpRequestException
    {
        HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
            or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
    };
}
