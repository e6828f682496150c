using System.Collections.ObjectModel;
using System.Text;
using System.Text.Json;
using JwtGrantClient.Protocol;

namespace JwtGrantClient;

/// <summary>
/// What a token is for, where it differs from the client's configuration. Two requests with the same content are equal and share one
/// token; every property is part of that comparison. Immutable: collections are copied when they are set.
/// </summary>
public sealed class TokenRequest : IEquatable<TokenRequest>
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string? _claims;
    private int _hash;

    /// <summary>The client as configured.</summary>
    public static TokenRequest Default { get; } = new();

    /// <summary>
    /// Scope values, separated by single spaces (RFC 6749 section 3.3). Default: the client's. Sent as given; compared as a set, so
    /// <c>"a b"</c> and <c>"b a"</c> share one token.
    /// </summary>
    /// <exception cref="ArgumentException">The text breaks the scope syntax.</exception>
    public string? Scope
    {
        get;
        init => field = value is null || ScopeSyntax.Problem(value) is not { } problem
            ? value
            : throw new ArgumentException($"The scope {problem}.", nameof(value));
    }

    /// <summary>
    /// The APIs that the token is for: absolute URIs without a fragment (RFC 8707 section 2). Default, or empty: the client's.
    /// </summary>
    /// <exception cref="ArgumentException">A value is not an absolute URI, or has a fragment.</exception>
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
    /// The <c>sub</c> of the grant assertion: on whose behalf the token is asked for (RFC 7523 section 3 item 2). Default: the client's.
    /// </summary>
    /// <exception cref="ArgumentException">The text is empty or not well-formed Unicode.</exception>
    public string? Subject
    {
        get;
        init => field = value is null || StrictUtf8.GetByteCount(value) > 0
            ? value
            : throw new ArgumentException("The subject is empty; leave it out for the client's own.", nameof(value));
    }

    /// <summary>Further form fields, over those of the client. A field of the protocol itself may not be named.</summary>
    /// <exception cref="ArgumentException">A name is empty or belongs to the protocol.</exception>
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
    /// Further claims of the grant assertion, over those of the client: strings, bools, numbers, sequences of strings and
    /// <see cref="JsonElement"/>. A registered claim (iss, sub, aud, exp, nbf, iat, jti) may not be named. Only for a grant whose assertion is
    /// made at each call: jwt-bearer, or a provider of your own. Compared by their JSON text.
    /// </summary>
    /// <exception cref="ArgumentException">A name is empty or registered, or a value is of another type.</exception>
    public IReadOnlyDictionary<string, object> Claims
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            var copy = new SortedDictionary<string, object>(StringComparer.Ordinal);
            foreach (var (name, claim) in value)
                copy[name] = ClaimSyntax.Problem(name, claim) is { } problem
                    ? throw new ArgumentException($"The claim {problem}.", nameof(value))
                    : claim is IEnumerable<string> texts ? texts.ToArray() : claim;
            (field, _claims) = (new ReadOnlyDictionary<string, object>(copy), copy.Count == 0 ? null : JsonValues.Text(copy));
        }
    } = ReadOnlyDictionary<string, object>.Empty;

    /// <summary>
    /// The subject, where it is all that is asked for, as in an application with a token for each of its users; else null.
    /// </summary>
    internal string? SubjectAlone =>
        field ??= _claims is null && Scope is null && Resource.Count == 0 && Parameters.Count == 0 ? Subject : null;

    /// <summary>Whether both ask for the same token.</summary>
    /// <param name="other">The request to compare with.</param>
    public bool Equals(TokenRequest? other) =>
        ReferenceEquals(this, other) ||
        (other is not null
            && GetHashCode() == other.GetHashCode()
            && Subject == other.Subject
            && _claims == other._claims
            && SameScope(Scope, other.Scope)
            && SameList(Resource, other.Resource)
            && SameParameters(Parameters, other.Parameters));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TokenRequest);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash != 0 ? _hash : _hash = ComputeHash();

    /// <summary>Names what is asked for, without the values of parameters and claims: one may be a secret.</summary>
    public override string ToString() =>
        $"scope: {Scope ?? "(default)"}; resource: {(Resource.Count == 0 ? "(default)" : string.Join(' ', Resource))}; " +
        $"subject: {(Subject is null ? "(default)" : "(given)")}; parameters: {string.Join(' ', Parameters.Keys)}; " +
        $"claims: {string.Join(' ', Claims.Keys)}";

    // By index, and with nothing to enumerate where there is nothing: a lookup in the cache makes no garbage.
    private static bool SameList(IReadOnlyList<string> one, IReadOnlyList<string> other)
    {
        if (one.Count != other.Count)
            return false;
        for (var i = 0; i < one.Count; i++)
            if (one[i] != other[i])
                return false;
        return true;
    }

    private static bool SameParameters(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        one.Count == other.Count && (one.Count == 0 || SameEntries(one, other));

    private static bool SameEntries(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        one.All(entry => other.TryGetValue(entry.Key, out var value) && value == entry.Value);

    private int ComputeHash()
    {
        var hash = new HashCode();
        hash.Add(Subject, StringComparer.Ordinal);
        hash.Add(_claims, StringComparer.Ordinal);
        hash.Add(ScopeSet(Scope).Aggregate(0, (sum, value) => sum ^ value.GetHashCode(StringComparison.Ordinal)));
        foreach (var resource in Resource)
            hash.Add(resource, StringComparer.Ordinal);
        hash.Add(Parameters.Aggregate(0, (sum, p) => sum ^ HashCode.Combine(p.Key, p.Value)));
        var computed = hash.ToHashCode();
        return computed == 0 ? 1 : computed;
    }

    private static bool SameScope(string? one, string? other) =>
        one == other || (one is not null && other is not null && ScopeSet(one).SetEquals(ScopeSet(other)));

    private static HashSet<string> ScopeSet(string? scope) => scope is null ? [] : new(scope.Split(' '), StringComparer.Ordinal);
}
