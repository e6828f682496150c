using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// The form of one attempt (RFC 6749 section 3.2). A grant and a client authentication write into it, each knowing nothing of the other; a
/// parameter that both wrote would be refused by a strict server, so it is refused here.
/// </summary>
/// <param name="endpoint">Where the form is sent.</param>
/// <param name="issuer">The server's issuer as configured; null where there is none.</param>
/// <param name="attempt">The number of the attempt: 1 for the first.</param>
[DebuggerDisplay("{ToString(),nq}")]
internal sealed class TokenRequestForm(Uri endpoint, string? issuer, int attempt)
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly List<KeyValuePair<string, string>> _fields = new(6);

    /// <summary>The header of client_secret_basic, the one method that is not a parameter; null for all others.</summary>
    [JsonIgnore, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public AuthenticationHeaderValue? Authorization { get; set; }

    /// <summary>Adds a parameter that may stand once. Null and empty values count as omitted (RFC 6749 section 3.2).</summary>
    /// <exception cref="JwtGrantException">The parameter is there already.</exception>
    public void Add(string name, string? value)
    {
        if (string.IsNullOrEmpty(value))
            return;
        foreach (var field in _fields)
            if (field.Key == name)
                throw JwtGrantException.Configuration(
                    "form_field_twice",
                    $"The token request would carry '{name}' twice, which servers refuse (RFC 6749 section 3.2). " +
                    "Give it in one place only: the setting that stands for it, or Parameters.");
        _fields.Add(new(name, value));
    }

    /// <summary>
    /// Adds a parameter that may stand more than once: <c>resource</c> (RFC 8707 section 2), <c>audience</c> of an exchange (RFC 8693
    /// section 2.1).
    /// </summary>
    public void AddEach(string name, IReadOnlyList<string> values)
    {
        foreach (var value in values)
            _fields.Add(new(name, value));
    }

    /// <summary>Adds what the token is for.</summary>
    public void AddRequest(TokenRequest request)
    {
        Add("scope", request.Scope);
        AddEach("resource", request.Resource);
        foreach (var (name, value) in request.Parameters)
            Add(name, value);
    }

    /// <summary>Tells a provider what its assertion is for. The request's own subject and claims are passed only where the assertion speaks for them.</summary>
    public AssertionContext ContextFor(AssertionPurpose purpose, TokenRequest? request = null)
    {
        request ??= TokenRequest.Default;
        return new()
        {
            Purpose = purpose, Issuer = issuer, TokenEndpoint = endpoint, Attempt = attempt, Subject = request.Subject, Claims = request.Claims,
        };
    }

    /// <summary>Encodes the parameters as a body.</summary>
    public byte[] Encode() => FormUrlEncoder.Encode(CollectionsMarshal.AsSpan(_fields));

    /// <summary>Creates the request that carries the form. It can be sent once.</summary>
    public HttpRequestMessage ToRequest()
    {
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new TokenRequestContent(Encode()) };
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        if (Authorization is not null)
            request.Headers.Authorization = Authorization;
        return request;
    }

    /// <summary>Names the parameters; their values hold assertions and secrets.</summary>
    public override string ToString() => string.Join(' ', _fields.Select(field => field.Key));
}

/// <summary>
/// A form as a body that can be sent once. A handler that retried below us, or followed a 307, would replay the assertion, which the server
/// must refuse as a second use of its <c>jti</c>. It gets this error instead, and our own retry makes a new assertion.
/// </summary>
internal sealed class TokenRequestContent : HttpContent
{
    // Not from a pool: a handler may still be writing it when the request is given up.
    private readonly byte[] _form;
    private int _sent;

    public TokenRequestContent(byte[] form)
    {
        _form = form;
        Headers.TryAddWithoutValidation("Content-Type", "application/x-www-form-urlencoded");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _sent, 1) == 1)
            throw new JwtGrantException(
                JwtGrantErrorKind.Configuration, "assertion_replay_prevented",
                "A handler below the token endpoint client tried to send the same token request twice, as a retry or to follow a redirect; " +
                "its assertion is single-use. Take retries and redirects off the token endpoint's handler: this library retries by itself, " +
                "with a fresh assertion each time.");
        return stream.WriteAsync(_form, cancellationToken).AsTask();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _form.Length;
        return true;
    }
}
