namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// Lets each token request through once. It is the innermost of the handlers that the application configures, directly before the connections, so that
/// it sees a second send whether another handler repeated, buffered, copied or redirected the request (RFC 7523 section 3, jti).
/// </summary>
internal sealed class SingleSendHandler : DelegatingHandler
{
    private static readonly HttpRequestOptionsKey<TokenRequestMark> MarkKey = new("JwtGrantClient.TokenRequest");

    private SingleSendHandler(HttpMessageHandler inner)
        : base(inner)
    {
    }

    /// <summary>
    /// Prepares a handler of the application: turns off its redirects, which would carry the form to another address, and adds this handler to its chain.
    /// Without a chain, nothing can repeat a request before the connections, and <see cref="TokenRequestContent"/> is enough.
    /// </summary>
    /// <returns>Whether requests pass this handler and therefore must be marked.</returns>
    /// <exception cref="JwtGrantException">The handler is in use, so that it cannot be changed.</exception>
    public static bool AddTo(HttpMessageHandler handler)
    {
        var (last, connector) = HandlerChain.From(handler);
        TurnOffRedirects(connector);
        if (last is null or SingleSendHandler)
            return last is not null;
        try
        {
            // The chain owns and disposes its handlers.
#pragma warning disable CA2000
            last.InnerHandler = new SingleSendHandler(connector);
#pragma warning restore CA2000
            return true;
        }
        catch (InvalidOperationException e) when (e is not ObjectDisposedException)
        {
            throw InUse(
                $"The handler of the token endpoint ({last.GetType().Name}) has sent requests already, so that the library cannot add the handler that prevents a second use of an assertion. Create a handler for the token endpoint alone.",
                e);
        }
    }

    /// <summary>Marks a request as one that may be sent: only to its current address and, if it has a body, only once.</summary>
    public static void Mark(HttpRequestMessage request) =>
        request.Options.Set(MarkKey, new(request.RequestUri!, mayBeRepeated: request.Content is null));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // A copy has the mark only if its options were copied. Another request cannot be told from a copy of the form.
        if (!request.Options.TryGetValue(MarkKey, out var mark))
            throw Unmarked();
        if (request.RequestUri != mark.Target)
            throw AddressChanged(mark.Target, request.RequestUri);
        if (!mark.TrySend())
            throw TokenRequestContent.SentTwice();
        var content = request.Content;
        // The connections repeat a request, too, such as with credentials after a 401. A buffered body would allow that.
        request.Content = await ToSingleUseAsync(content, cancellationToken).ConfigureAwait(false);
        try
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            request.Content = content;
        }
    }

    private static async Task<TokenRequestContent?> ToSingleUseAsync(HttpContent? content, CancellationToken cancellationToken)
    {
        if (content is null)
            return null;
        var copy = new TokenRequestContent(await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false), TokenRequestContent.EncodingOf(content));
        copy.Headers.Clear();
        foreach (var (name, values) in content.Headers.NonValidated)
            copy.Headers.TryAddWithoutValidation(name, values);
        return copy;
    }

    // The default of both classes is to follow redirects.
    private static void TurnOffRedirects(HttpMessageHandler handler)
    {
        try
        {
            if (handler is SocketsHttpHandler { AllowAutoRedirect: true } sockets)
                sockets.AllowAutoRedirect = false;
            else if (handler is HttpClientHandler { AllowAutoRedirect: true } client)
                client.AllowAutoRedirect = false;
        }
        catch (InvalidOperationException e) when (e is not ObjectDisposedException)
        {
            throw InUse(
                $"The {handler.GetType().Name} of the token endpoint has AllowAutoRedirect = true, so that a redirect would carry the assertion to another address, and cannot be changed because it has sent requests already. Set AllowAutoRedirect to false where it is created, or create a handler for the token endpoint alone.",
                e);
        }
    }

    private static JwtGrantException Unmarked() => JwtGrantException.Configuration(
        TokenRequestContent.ReplayPrevented,
        "The handler of the token endpoint tried to send a request that is not the library's: a copy without the HttpRequestMessage.Options of the token request, or a request of its own. It was not sent, because an assertion is single-use. Pass on the token request itself, and send other requests through another handler.");

    private static JwtGrantException AddressChanged(Uri target, Uri? changed) => JwtGrantException.Configuration(
        TokenEndpointTransport.RedirectFollowed,
        $"The handler of the token endpoint changed the address of a token request from '{target.Authority}' to '{changed?.Authority}', for a redirect or otherwise. It was not sent, because an assertion goes only to the configured endpoint. Remove this from the handler, set AllowAutoRedirect to false, and set TokenEndpoint to the final address.");

    private static JwtGrantException InUse(string message, Exception e) => JwtGrantException.Configuration("token_endpoint_handler_in_use", message, e);

    /// <summary>The state of a request. Copies that have the options of the request share it.</summary>
    private sealed class TokenRequestMark(Uri target, bool mayBeRepeated)
    {
        private int _sent;

        public Uri Target => target;

        public bool TrySend() => Interlocked.Exchange(ref _sent, 1) == 0 || mayBeRepeated;
    }
}
