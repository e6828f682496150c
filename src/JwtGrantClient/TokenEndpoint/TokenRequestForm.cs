using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Serialization;
using JwtGrantClient.Assertions;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// The form of one attempt (RFC 6749 section 3.2). Grant and client authentication write into it independently. A parameter that both write is an
/// error, because a strict server rejects it.
/// </summary>
/// <param name="endpoint">The address that the form is sent to.</param>
/// <param name="issuer">The issuer as configured; null if it is not.</param>
/// <param name="attempt">The number of the attempt: 1 for the first.</param>
/// <param name="inputs">The tokens of other clients that the form contains; null for none.</param>
[DebuggerDisplay("{ToString(),nq}")]
internal sealed class TokenRequestForm(Uri endpoint, string? issuer, int attempt, RequestInputs? inputs = null)
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly List<KeyValuePair<string, string>> _fields = new(6);

    /// <summary>Gets or sets the Authorization header, which contains the secret of client_secret_basic; null for methods that write form fields.</summary>
    [JsonIgnore, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public AuthenticationHeaderValue? Authorization { get; set; }

    /// <summary>Adds a parameter that may occur once. Null and empty values are omitted (RFC 6749 section 3.2).</summary>
    /// <exception cref="JwtGrantException">The form has the parameter already.</exception>
    public void Add(string name, string? value)
    {
        if (string.IsNullOrEmpty(value))
            return;
        foreach (var field in _fields)
            if (field.Key == name)
                throw JwtGrantException.Configuration(
                    "form_field_twice",
                    $"The token request would contain '{name}' twice, which servers reject (RFC 6749 section 3.2). Set it in one place only: its own setting, or Parameters.");
        _fields.Add(new(name, value));
    }

    /// <summary>
    /// Adds a parameter that may occur more than once: <c>resource</c> (RFC 8707 section 2), <c>audience</c> of an exchange (RFC 8693
    /// section 2.1).
    /// </summary>
    public void AddEach(string name, IReadOnlyList<string> values)
    {
        foreach (var value in values)
            _fields.Add(new(name, value));
    }

    /// <summary>Adds scope, resources, authorization details and further parameters of a request.</summary>
    public void AddRequest(TokenRequest request)
    {
        Add("scope", request.Scope);
        AddEach("resource", request.Resource);
        Add("authorization_details", request.AuthorizationDetails);
        foreach (var (name, value) in request.Parameters)
            Add(name, value);
    }

    /// <summary>Creates the context for an assertion provider. Subject and claims of the request are passed only for assertions that contain them.</summary>
    public AssertionContext ContextFor(AssertionPurpose purpose, TokenRequest? request = null)
    {
        request ??= TokenRequest.Default;
        return new()
        {
            Purpose = purpose, Issuer = issuer, TokenEndpoint = endpoint, Attempt = attempt, Subject = request.Subject, Claims = request.Claims,
            Inputs = inputs,
        };
    }

    /// <summary>Encodes the parameters as a body.</summary>
    public byte[] Encode() => FormUrlEncoder.Encode(CollectionsMarshal.AsSpan(_fields));

    /// <summary>Creates the HTTP request for the form. It can be sent once.</summary>
    /// <param name="headers">The additional headers.</param>
    /// <param name="encoding">How the fields are written.</param>
    public HttpRequestMessage ToRequest(IReadOnlyList<KeyValuePair<string, string>> headers, RequestEncoding encoding = RequestEncoding.Form)
    {
        var body = encoding == RequestEncoding.Json ? JsonFields.Write(_fields) : Encode();
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new TokenRequestContent(body, encoding) };
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        if (Authorization is not null)
            request.Headers.Authorization = Authorization;
        for (var i = 0; i < headers.Count; i++)
            request.Headers.TryAddWithoutValidation(headers[i].Key, headers[i].Value);
        return request;
    }

    /// <summary>Returns the names of the parameters. Their values contain assertions and secrets.</summary>
    public override string ToString() => string.Join(' ', _fields.ConvertAll(field => field.Key));
}

/// <summary>
/// A form, or the same fields as JSON, as a body that can be sent once. An inner handler that retries or follows a 307 would replay the assertion, which the server must
/// reject as a second use of its <c>jti</c>. Such a handler gets an error; the library retries with a new assertion. A handler that buffers the body
/// first is stopped by <see cref="SingleSendHandler"/>.
/// </summary>
internal sealed class TokenRequestContent : HttpContent
{
    public const string ReplayPrevented = "assertion_replay_prevented";

    private const string JsonType = "application/json";

    // Not from a pool: a handler may still write it when the request is canceled.
    private readonly byte[] _form;
    private readonly RequestEncoding _encoding;
    private int _sent;

    public TokenRequestContent(byte[] form, RequestEncoding encoding = RequestEncoding.Form)
    {
        (_form, _encoding) = (form, encoding);
        Headers.TryAddWithoutValidation("Content-Type", encoding == RequestEncoding.Json ? JsonType : "application/x-www-form-urlencoded");
    }

    /// <summary>Returns the encoding of a content that a handler may have buffered or copied.</summary>
    public static RequestEncoding EncodingOf(HttpContent content) =>
        content.Headers.NonValidated.TryGetValues("Content-Type", out var types) && types.ToString().StartsWith(JsonType, StringComparison.OrdinalIgnoreCase)
            ? RequestEncoding.Json
            : RequestEncoding.Form;

    /// <summary>Creates the error for a second send.</summary>
    public static JwtGrantException SentTwice() => JwtGrantException.Configuration(
        ReplayPrevented,
        "The handler of the token endpoint tried to send the same token request twice, for a retry or a redirect, but its assertion is single-use. Remove retries and redirects from that handler: the library retries with a fresh assertion each time.");

    /// <summary>Reads the fields of the form, for an error in whose text they are masked.</summary>
    public IEnumerable<KeyValuePair<string, string>> ReadFields() => _encoding == RequestEncoding.Json ? JsonFields.Read(_form) : ReadForm();

    private IEnumerable<KeyValuePair<string, string>> ReadForm()
    {
        foreach (var field in Encoding.ASCII.GetString(_form).Split('&'))
            if (field.IndexOf('=', StringComparison.Ordinal) is var separator and >= 0)
                yield return new(WebUtility.UrlDecode(field[..separator]), WebUtility.UrlDecode(field[(separator + 1)..]));
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _sent, 1) == 1)
            throw SentTwice();
        return stream.WriteAsync(_form, cancellationToken).AsTask();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _form.Length;
        return true;
    }
}
