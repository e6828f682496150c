using System.Diagnostics;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// The form fields of one wire attempt (RFC 6749 section 3.2). A grant and a client authentication write into it, each knowing nothing
/// of the other; a field that both wrote would be refused by a strict server, so it is refused here.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
internal sealed class TokenRequestForm
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly List<KeyValuePair<string, string>> _fields = new(6);

    /// <summary>The header of client_secret_basic, the one method that is not a form field; null for all others.</summary>
    [JsonIgnore, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public AuthenticationHeaderValue? Authorization { get; set; }

    [JsonIgnore, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public IReadOnlyList<KeyValuePair<string, string>> Fields => _fields;

    /// <summary>The fields as a request carries them.</summary>
    public byte[] Encode() => FormUrlEncoder.Encode(CollectionsMarshal.AsSpan(_fields));

    /// <summary>Adds a field that may stand once. Null and empty values count as omitted and are left out (C23).</summary>
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
    /// Adds a field that may stand more than once: <c>resource</c> (RFC 8707 section 2), <c>audience</c> of an exchange (RFC 8693 section
    /// 2.1).
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

    /// <summary>The request that takes the form to an endpoint. It can be sent once.</summary>
    public HttpRequestMessage ToRequest(Uri address)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new TokenRequestContent(this) };
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        if (Authorization is not null)
            request.Headers.Authorization = Authorization;
        return request;
    }

    /// <summary>Names the fields; their values hold assertions and secrets.</summary>
    public override string ToString() => string.Join(' ', _fields.Select(field => field.Key));
}
