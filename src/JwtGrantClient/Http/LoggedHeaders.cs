using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using JwtGrantClient.DPoP;
using JwtGrantClient.Protocol;
using Microsoft.Extensions.Http.Logging;

namespace JwtGrantClient.Http;

/// <summary>
/// Hides tokens from the logger of IHttpClientFactory. At the level Trace it stores all headers as structured values; RedactLoggedHeaders changes only their text. So
/// a handler before the logger replaces the values, and one after it restores them before the request is sent. What a response echoes is hidden from the logger in the
/// same way, and from the one before <see cref="AccessTokenHandler"/> for good.
/// </summary>
internal static class LoggedHeaders
{
    private static readonly HttpRequestOptionsKey<HiddenValues> Key = new("JwtGrantClient.HiddenValues");
    private static readonly ConditionalWeakTable<HttpResponseMessage, HiddenValues> Echoes = [];
    private static volatile bool _hasEchoes;

    /// <summary>Hides a header, the Authorization header and DPoP proofs from a logger, unless it has already sent requests of another client.</summary>
    /// <param name="parent">The handler before the logger.</param>
    /// <param name="logger">The handler that logs.</param>
    /// <param name="header">The name of the header.</param>
    /// <param name="isTracing">Returns whether headers are logged; called for each request. Null if it is not known; then they are always hidden.</param>
    public static void HideFrom(DelegatingHandler parent, LoggingHttpMessageHandler logger, string header, Func<bool>? isTracing)
    {
        if (parent is HidingHandler present)
        {
            present.Add(header);
            return;
        }
        if (logger.InnerHandler is not { } next)
            return;
        var hiding = new HidingHandler(isTracing);
        hiding.Add(header);
        try
        {
#pragma warning disable CA2000 // The handler before it disposes it.
            logger.InnerHandler = new RestoringHandler(hiding) { InnerHandler = next };
#pragma warning restore CA2000
            hiding.InnerHandler = logger;
            parent.InnerHandler = hiding;
        }
        catch (InvalidOperationException)
        {
            hiding.Dispose();
        }
    }

    /// <summary>Returns whether a handler sends each request once and to its URI: it does no more than to log, to hide headers or to restore them.</summary>
    public static bool IsOnlyFor(DelegatingHandler handler) =>
        handler.GetType() == typeof(LoggingHttpMessageHandler) || handler is HidingHandler or RestoringHandler;

    /// <summary>Hides what a response echoes from the handlers before <see cref="AccessTokenHandler"/>. Does nothing unless headers were hidden for its request.</summary>
    public static void HideEchoes(HttpResponseMessage response)
    {
        if (_hasEchoes && Echoes.TryGetValue(response, out var hidden))
            hidden.Hide(response);
    }

    private static void AddEcho(HttpResponseMessage response, HiddenValues hidden)
    {
        Echoes.AddOrUpdate(response, hidden);
        _hasEchoes = true;
    }

    private sealed class HidingHandler(Func<bool>? isTracing) : DelegatingHandler
    {
        private volatile string[] _names = ["Authorization", DPoPHeaders.Proof];
        private volatile int _pending;

        /// <summary>Gets whether a request has hidden headers. The other handler asks this first, because reading the options of a request allocates them.</summary>
        public bool IsHiding => _pending > 0;

        public void Add(string name)
        {
            if (!Array.Exists(_names, known => known.Equals(name, StringComparison.OrdinalIgnoreCase)))
                _names = [.. _names, name];
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            isTracing is null || isTracing() ? SendHiddenAsync(request, cancellationToken) : base.SendAsync(request, cancellationToken);

        private async Task<HttpResponseMessage> SendHiddenAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var hidden = new HiddenValues();
            Interlocked.Increment(ref _pending);
            request.Options.Set(Key, hidden);
            hidden.Hide(request, _names);
            try
            {
                var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
                if (hidden.Restore())
                    AddEcho(response, hidden);
                return response;
            }
            finally
            {
                hidden.Restore();
                ((IDictionary<string, object?>)request.Options).Remove(Key.Key);
                Interlocked.Decrement(ref _pending);
            }
        }
    }

    private sealed class RestoringHandler(HidingHandler hiding) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            hiding.IsHiding && request.Options.TryGetValue(Key, out var hidden) ? SendAsync(request, hidden, cancellationToken) : base.SendAsync(request, cancellationToken);

        private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, HiddenValues hidden, CancellationToken cancellationToken)
        {
            hidden.Restore();
            var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            hidden.Hide(response);
            return response;
        }
    }

    /// <summary>The values that are hidden at the moment: first of a request, later of its response.</summary>
    private sealed class HiddenValues
    {
        private readonly List<(HttpHeaders Headers, string Name, string[] Values)> _hidden = [];
        private SecretMask _secrets = SecretMask.None;

        public void Hide(HttpRequestMessage request, string[] names)
        {
            var secrets = new List<KeyValuePair<string, string>>();
            foreach (var name in names)
            {
                if (!request.Headers.NonValidated.TryGetValues(name, out var values))
                    continue;
                // A credential is what comes after the scheme (RFC 9110 section 11.4).
                foreach (var value in values)
                    secrets.Add(new($"value of {name}", value[(value.LastIndexOf(' ') + 1)..]));
                Replace(request.Headers, name, [.. values], _ => "[hidden]");
            }
            _secrets = new(secrets);
        }

        public void Hide(HttpResponseMessage response)
        {
            Hide(response.Headers);
            Hide(response.Content.Headers);
        }

        /// <returns>Whether a value was hidden.</returns>
        public bool Restore()
        {
            var wasHidden = _hidden.Count > 0;
            foreach (var (headers, name, values) in _hidden)
                Set(headers, name, values);
            _hidden.Clear();
            return wasHidden;
        }

        private void Hide(HttpHeaders headers)
        {
            List<(string Name, string[] Values)> echoes = [];
            foreach (var (name, values) in headers.NonValidated)
                if (Array.Exists<string>([.. values], _secrets.IsIn))
                    echoes.Add((name, [.. values]));
            foreach (var (name, values) in echoes)
                Replace(headers, name, values, _secrets.Apply);
        }

        private void Replace(HttpHeaders headers, string name, string[] values, Converter<string, string> replace)
        {
            _hidden.Add((headers, name, values));
            Set(headers, name, Array.ConvertAll(values, replace));
        }

        private static void Set(HttpHeaders headers, string name, string[] values)
        {
            headers.Remove(name);
            headers.TryAddWithoutValidation(name, values);
        }
    }
}
