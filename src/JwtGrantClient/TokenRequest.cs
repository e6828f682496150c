using System.Collections.ObjectModel;
using System.Diagnostics;
using System.Runtime.Serialization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using JwtGrantClient.Protocol;

namespace JwtGrantClient;

/// <summary>
/// Describes what a token is for. A property that is set overrides the client's configuration. The type is immutable: collections are copied
/// when they are set.
/// </summary>
/// <remarks>
/// ToString and JSON serialization leave out the values of parameters and claims, which may be secret.
/// Two requests are equal if all their properties are equal. Equal requests share one cache entry, so they share one token.
/// </remarks>
/// <example>
/// A token for one user and one API, with a claim that the server expects.
/// <code>
/// var request = new TokenRequest
/// {
///     Subject = "user-4711",
///     Scope = "invoices.read invoices.write",
///     Resource = ["https://billing.example.com"],
///     Claims = new Dictionary&lt;string, object&gt; { ["roles"] = new[] { "reader" } },
/// };
/// AccessToken token = await tokens.GetTokenAsync(request, cancellationToken);
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed partial class TokenRequest : IEquatable<TokenRequest>
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string? _claims;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private RequestTokens? _tokens;
    private int _hash;

    /// <summary>Initializes a request without any property set: the client as configured.</summary>
    public TokenRequest()
    {
    }

    /// <summary>Initializes a request with the properties of another one. An initializer replaces some of them.</summary>
    /// <param name="original">The request to copy.</param>
    /// <exception cref="ArgumentNullException"><paramref name="original"/> is null.</exception>
    public TokenRequest(TokenRequest original)
    {
        ArgumentNullException.ThrowIfNull(original);
        (Scope, Resource, Subject) = (original.Scope, original.Resource, original.Subject);
        (Parameters, Claims, AuthorizationDetails, _tokens) = (original.Parameters, original.Claims, original.AuthorizationDetails, original._tokens);
    }

    /// <summary>Gets the request without any property set: the client as configured.</summary>
    public static TokenRequest Default { get; } = new();

    /// <summary>
    /// Gets the requested scope: scope values, separated by single spaces (RFC 6749 section 3.3). Default: null, which means
    /// <see cref="JwtGrantOptions.Scope"/>.
    /// </summary>
    /// <remarks>The text is sent unchanged. It is compared as a set, so <c>"a b"</c> and <c>"b a"</c> share one token.</remarks>
    /// <exception cref="ArgumentException">The value does not have the syntax of a scope.</exception>
    public string? Scope
    {
        get;
        init => field = value is null || ScopeSyntax.Problem(value) is not { } problem
            ? value
            : throw new ArgumentException($"The scope {problem}.", nameof(value));
    }

    /// <summary>
    /// Gets the APIs that the token is for: absolute URIs without a fragment (RFC 8707 section 2). Default: empty, which means
    /// <see cref="JwtGrantOptions.Resource"/>.
    /// </summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    /// <exception cref="ArgumentException">A URI is not absolute or has a fragment.</exception>
    public IReadOnlyList<string> Resource
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            foreach (var resource in value)
                if (ResourceSyntax.Problem(resource) is { } problem)
                    throw new ArgumentException($"The resource {problem}.", nameof(value));
            field = new ReadOnlyCollection<string>([.. value]);
        }
    } = [];

    /// <summary>
    /// Gets the <c>sub</c> claim of the grant assertion: the user or tenant that the token represents (RFC 7523 section 3 item 2). Default: null,
    /// which means <see cref="AssertionOptions.Subject"/>. Beside a token of a user it is not sent: it is the user's name in the cache, for
    /// <see cref="ITokenRevocation.ForgetSubjectAsync"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The value is empty or is not well-formed Unicode.</exception>
    public string? Subject
    {
        get;
        init => field = value is null || StrictUtf8.GetByteCount(value) > 0
            ? value
            : throw new ArgumentException("The subject is empty; use null for the client's own subject.", nameof(value));
    }

    /// <summary>
    /// Gets additional form fields of the token request. A field replaces the one with the same name in
    /// <see cref="JwtGrantOptions.Parameters"/>. Default: empty.
    /// </summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    /// <exception cref="ArgumentException">A name is empty, or is a field of the protocol such as <c>grant_type</c>.</exception>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting), IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public IReadOnlyDictionary<string, string> Parameters
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            foreach (var name in value.Keys)
                if (ProtocolParameters.Problem(name) is { } problem)
                    throw new ArgumentException($"The parameter {problem}.", nameof(value));
            field = new ReadOnlyDictionary<string, string>(new Dictionary<string, string>(value, StringComparer.Ordinal));
        }
    } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>
    /// Gets additional claims of the grant assertion. A claim replaces the one with the same name in <see cref="AssertionOptions.Claims"/>.
    /// Default: empty.
    /// </summary>
    /// <remarks>
    /// <para>
    /// A value is a string, a bool, an int, a long, a finite double, a sequence of strings or a <see cref="JsonElement"/>. The registered
    /// claims iss, sub, aud, exp, nbf, iat and jti (RFC 7519 section 4.1) are not allowed. Claims are compared by their JSON text.
    /// </para>
    /// <para>
    /// Claims require a grant whose assertions the library or an <see cref="AssertionProvider"/> creates. A request with claims fails with the
    /// code <c>subject_without_assertion</c> for any other grant.
    /// </para>
    /// </remarks>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    /// <exception cref="ArgumentException">A name is empty or registered, or a value has another type.</exception>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting), IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public IReadOnlyDictionary<string, object> Claims
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            var names = new List<string>(value.Keys);
            names.Sort(StringComparer.Ordinal);
            var copy = new Dictionary<string, object>(names.Count, StringComparer.Ordinal);
            foreach (var name in names)
                copy[name] = ClaimSyntax.Problem(name, value[name]) is { } problem
                    ? throw new ArgumentException($"The claim {problem}.", nameof(value))
                    : JsonValues.Copy(value[name]);
            (field, _claims) = (new ReadOnlyDictionary<string, object>(copy), copy.Count == 0 ? null : JsonValues.ToJson(copy));
        }
    } = ReadOnlyDictionary<string, object>.Empty;

    /// <summary>Gets the claims as JSON, in the order of their names.</summary>
    internal string ClaimsJson => _claims ?? "{}";

    /// <summary>
    /// Gets the <c>authorization_details</c> (RFC 9396 section 2): a JSON array of objects, each with a <c>type</c>. White space that is not significant is
    /// removed. Default: null, which means <see cref="JwtGrantOptions.AuthorizationDetails"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The value is not such an array.</exception>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting), IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? AuthorizationDetails
    {
        get;
        init => field = value is null ? null
            : AuthorizationDetailsSyntax.Problem(value) is { } problem ? throw new ArgumentException($"The value {problem}.", nameof(value))
            : AuthorizationDetailsSyntax.Compact(value);
    }

    /// <summary>
    /// Gets the token to exchange (RFC 8693 section 2.1), usually that of a user. It replaces the subject token of the client's settings; if they name another
    /// client (<see cref="TokenExchangeOptions.SubjectTokenFrom"/>, <see cref="AssertionOptions.From"/>), it goes to that client. Default: null.
    /// </summary>
    /// <remarks>
    /// The cache keeps a hash of it and not the token. If it is a JWT, the token that is obtained with it is not used after its <c>exp</c>.
    /// </remarks>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public TypedToken? SubjectToken
    {
        get => _tokens?.SubjectToken;
        init => _tokens = CreateTokens(value, ActorToken, Assertion);
    }

    /// <summary>
    /// Gets the token of the party that acts for the subject (RFC 8693 section 2.1), with the rules of <see cref="SubjectToken"/>. Default: null.
    /// </summary>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public TypedToken? ActorToken
    {
        get => _tokens?.ActorToken;
        init => _tokens = CreateTokens(SubjectToken, value, Assertion);
    }

    /// <summary>
    /// Gets the assertion that is the grant (RFC 7521 section 4.1) and that the caller holds: a JWT such as the access token of a user (on behalf of), or a
    /// SAML assertion in base64url. It replaces the assertion of the client's settings, with the rules of <see cref="SubjectToken"/>. Default: null.
    /// </summary>
    /// <exception cref="ArgumentException">The value is empty.</exception>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? Assertion
    {
        get => _tokens?.Assertion;
        init => _tokens = value is "" ? throw new ArgumentException("The assertion is empty.", nameof(value)) : CreateTokens(SubjectToken, ActorToken, value);
    }

    /// <summary>Gets the tokens of the request; null if it has none.</summary>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    internal RequestTokens? Tokens => _tokens;

    /// <summary>
    /// Gets the subject if no other property is set, otherwise null. The cache compares such requests faster: they are the usual ones of an
    /// application with a token for each user.
    /// </summary>
    internal string? SubjectAlone =>
        field ??= _claims is null && _tokens is null && AuthorizationDetails is null && Scope is null && Resource.Count == 0 && Parameters.Count == 0 ? Subject : null;

    /// <summary>Returns whether two requests describe the same token.</summary>
    /// <param name="other">The request to compare with.</param>
    /// <returns>True if all properties are equal.</returns>
    public bool Equals(TokenRequest? other) =>
        ReferenceEquals(this, other) ||
        (other is not null
            && GetHashCode() == other.GetHashCode()
            && Subject == other.Subject
            && _claims == other._claims
            && AuthorizationDetails == other.AuthorizationDetails
            && Equals(_tokens, other._tokens)
            && SameValues.HaveSameScopes(Scope, other.Scope)
            && SameValues.AreSame(Resource, other.Resource)
            && SameValues.AreSame(Parameters, other.Parameters));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TokenRequest);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash != 0 ? _hash : _hash = ComputeHash();

    /// <summary>Describes the request without the subject and the values of parameters and claims, which may be secret or personal.</summary>
    /// <returns>The scope, the resources and the names of parameters and claims.</returns>
    public override string ToString() =>
        $"scope: {Scope ?? "(default)"}; resource: {(Resource.Count == 0 ? "(default)" : string.Join(' ', Resource))}; " +
        $"subject: {(Subject is null ? "(default)" : "(given)")}; {(_tokens is null ? "" : "tokens: (given); ")}{(AuthorizationDetails is null ? "" : "authorization details: (given); ")}parameters: {string.Join(' ', Parameters.Keys)}; " +
        $"claims: {string.Join(' ', Claims.Keys)}";

    private static RequestTokens? CreateTokens(TypedToken? subject, TypedToken? actor, string? assertion) => subject is null && actor is null && assertion is null
        ? null
        : new() { SubjectToken = subject, ActorToken = actor, Assertion = assertion };

    private int ComputeHash()
    {
        var hash = new HashCode();
        hash.Add(Subject, StringComparer.Ordinal);
        hash.Add(_claims, StringComparer.Ordinal);
        hash.Add(_tokens);
        hash.Add(AuthorizationDetails, StringComparer.Ordinal);
        var scope = 0;
        foreach (var value in SameValues.SplitScope(Scope))
            scope ^= value.GetHashCode(StringComparison.Ordinal);
        hash.Add(scope);
        foreach (var resource in Resource)
            hash.Add(resource, StringComparer.Ordinal);
        var parameters = 0;
        foreach (var (name, value) in Parameters)
            parameters ^= HashCode.Combine(name, value);
        hash.Add(parameters);
        var computed = hash.ToHashCode();
        return computed == 0 ? 1 : computed;
    }
}
