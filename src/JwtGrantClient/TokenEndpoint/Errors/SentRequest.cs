using System.Diagnostics;
using System.Globalization;
using JwtGrantClient.DPoP;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// Describes a request that was rejected, because a server often says no more than invalid_client. It is read from the request itself after a failure, so
/// a request that succeeds costs nothing.
/// </summary>
internal sealed class SentRequest
{
    private const int MaximumValues = 5;

    private static readonly string[] AssertionFields = ["client_assertion", "client_secret", "assertion", "subject_token", "actor_token"];

    private static readonly string[] ShownFields = ["grant_type", "client_id", "scope", "resource", "audience", "redirect_uri", "requested_token_type"];

    // Kubernetes, SPIFFE, GitHub Actions and GitLab.
    private static readonly string[] WorkloadPrefixes = ["system:serviceaccount:", "spiffe://", "repo:", "project_path:"];

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly List<KeyValuePair<string, string>> _fields;
    private readonly List<SentAssertion> _assertions = [];
    private readonly bool _isRevocation;

    private SentRequest(List<KeyValuePair<string, string>> fields, ClientAuthenticationMethod method, bool hasBody, bool hasProof, string? bearer)
    {
        (_fields, Method, HasBody, HasProof) = (fields, method, hasBody, hasProof);
        _isRevocation = Value("token") is not null;
        foreach (var name in AssertionFields)
            if (Value(name) is { } value && (name != "client_secret" || SecretKind.IsJwt(value)))
                _assertions.Add(new(name, value));
        if (bearer is not null && SecretKind.IsJwt(bearer))
            _assertions.Add(new("Authorization header", bearer));
    }

    /// <summary>Gets how the client authenticated.</summary>
    public ClientAuthenticationMethod Method { get; }

    /// <summary>Gets whether the form of the request is known.</summary>
    public bool HasBody { get; }

    /// <summary>Gets the grant type; null if none was sent.</summary>
    public string? GrantType => Value("grant_type");

    /// <summary>Gets the assertions and the tokens to exchange.</summary>
    public IReadOnlyList<SentAssertion> Assertions => _assertions;

    /// <summary>Gets the <c>client_assertion_type</c>; null if none was sent.</summary>
    public string? ClientAssertionType => Value("client_assertion_type");

    /// <summary>Gets whether a parameter of the request is the scope.</summary>
    public bool HasScope => Value("scope") is not null;

    /// <summary>Gets whether the request names resources (RFC 8707).</summary>
    public bool HasResource => Value("resource") is not null;

    /// <summary>Gets whether the request names audiences (RFC 8693 section 2.1).</summary>
    public bool HasAudience => Value("audience") is not null;

    /// <summary>Gets whether an assertion has the scope as a claim.</summary>
    public bool HasScopeClaim => _assertions.Exists(assertion => assertion.Scope is not null);

    /// <summary>Returns whether an assertion has the scope as a claim, with this separator.</summary>
    public bool HasScopeClaimWith(char separator) => _assertions.Exists(assertion => assertion.Scope?.Contains(separator, StringComparison.Ordinal) == true);

    /// <summary>Gets whether a DPoP proof was sent.</summary>
    public bool HasProof { get; }

    /// <summary>Gets whether an assertion was sent, or the request is not known.</summary>
    public bool MayHaveAssertion => !HasBody || _assertions.Count > 0;

    /// <summary>Gets the JWT that authenticates the client; null if none was sent.</summary>
    public SentAssertion? ClientAssertion => _assertions.Find(assertion => assertion.IsOfClient);

    /// <summary>Gets whether the grant is an assertion.</summary>
    public bool HasGrantAssertion => _assertions.Exists(assertion => assertion.Field is "assertion");

    /// <summary>Returns whether an error can be about an assertion that was sent, by its code (RFC 7523 section 3).</summary>
    public bool IsRefusedAssertion(string error) => error is "invalid_grant" ? HasGrantAssertion : ClientAssertion is not null;

    /// <summary>Gets whether a part of the request may have times, so that a wrong clock of this machine matters.</summary>
    public bool MayHaveTimes => MayHaveAssertion || HasProof;

    /// <summary>Reads a request.</summary>
    /// <param name="request">The request, with its headers; null if it is not known.</param>
    /// <param name="content">Its form; a handler may have replaced the content of the request.</param>
    /// <param name="sender">The client; null if it is not known.</param>
    public static SentRequest From(HttpRequestMessage? request, HttpContent? content, RequestSender? sender)
    {
        var form = content as TokenRequestContent;
        List<KeyValuePair<string, string>> fields = form is null ? [] : [.. form.ReadFields()];
        return new(fields, MethodOf(request, fields, sender), form is not null, request?.Headers.Contains(DPoPHeaders.Proof) == true,
            request?.Headers.Authorization is { Scheme: "Bearer", Parameter: { } bearer } ? bearer : null);
    }

    /// <summary>Returns the assertion that an error is about: the one of the client, or the one that is the grant. If there is only the other one, it is returned.</summary>
    public SentAssertion? FindAssertion(bool isOfClient)
    {
        foreach (var assertion in Assertions)
            if (assertion.IsOfClient == isOfClient)
                return assertion;
        return Assertions.Count > 0 ? Assertions[0] : null;
    }

    /// <summary>Describes the request, each assertion on a line of its own; empty if the request is not known.</summary>
    /// <param name="mask">Masks the secrets of the request.</param>
    /// <param name="sender">The client; null if it is not known.</param>
    /// <param name="sentAt">When the request was sent.</param>
    public string Describe(SecretMask mask, RequestSender? sender, DateTimeOffset sentAt)
    {
        if (!HasBody)
            return "";
        List<string> parts = [_isRevocation ? "a revocation" : "a token request", $"ClientAuthentication {Method}"];
        foreach (var name in ShownFields)
            if (Show(name, mask) is { } shown)
                parts.Add(shown);
        return $"\nThe client sent: {string.Join(", ", parts)}." +
            string.Concat(_assertions.ConvertAll(
                assertion => $"\n{assertion.Describe(mask, ShowsSubject(assertion, sender), assertion.Field == "assertion" && GrantType == GrantTypes.Saml2Bearer, sentAt)}"));
    }

    /// <summary>Quotes an identifier. One that looks random, such as a GUID, is quoted in part: that is enough to compare it.</summary>
    public static string Quote(string value, SecretMask mask)
    {
        const int ShownLength = 8;
        var text = SanitizedText.From(value, mask);
        return text.Contains("://", StringComparison.Ordinal) ? SettingText.QuoteUrl(text)
            : SecretKind.Describe(value) is null && text.Length > ShownLength && !text.Contains(' ', StringComparison.Ordinal) && (Guid.TryParse(text, out _) || SecretKind.LooksRandom(text))
                ? string.Create(CultureInfo.InvariantCulture, $"'{text[..ShownLength]}...' ({text.Length} characters)")
            : SettingText.Quote(text);
    }

    /// <summary>Quotes the values of a scope (RFC 6749 section 3.3), which some servers separate by commas.</summary>
    public static string QuoteEach(string scope, SecretMask mask)
    {
        var separator = scope.Contains(' ', StringComparison.Ordinal) ? ' ' : ',';
        var values = scope.Split(separator);
        return string.Join(separator, Array.ConvertAll(values[..Math.Min(values.Length, MaximumValues)], value => Quote(value, mask)));
    }

    private static ClientAuthenticationMethod MethodOf(HttpRequestMessage? request, List<KeyValuePair<string, string>> fields, RequestSender? sender)
    {
        if (request?.Headers.Authorization is { Scheme: not "Bearer" })
            return ClientAuthenticationMethod.ClientSecretBasic;
        foreach (var (name, value) in fields)
            if (name == "client_assertion")
                return ClientAuthenticationMethod.PrivateKeyJwt;
            else if (name == "client_secret")
                return SecretKind.IsJwt(value) ? ClientAuthenticationMethod.JwtAsClientSecret : ClientAuthenticationMethod.ClientSecretPost;
        return sender is { UsesMutualTls: true } ? ClientAuthenticationMethod.MutualTls : ClientAuthenticationMethod.None;
    }

    // The subject of a client assertion is the client (RFC 7523 section 3). That of a grant or of a token to exchange may be a person, unless it names a workload.
    private static bool ShowsSubject(SentAssertion assertion, RequestSender? sender) =>
        assertion.IsOfClient || Array.Exists(WorkloadPrefixes, prefix => assertion.Subject?.StartsWith(prefix, StringComparison.Ordinal) == true)
        || (assertion.Field is "assertion" && assertion.Subject is { } subject && (subject == assertion.Issuer || subject == sender?.Subject));

    private string? Value(string name) => _fields.Find(field => field.Key == name).Value;

    private string? Show(string name, SecretMask mask)
    {
        // A scope has several values in one field (RFC 6749 section 3.3).
        var values = new List<string>();
        foreach (var field in _fields)
            if (field.Key == name)
                values.AddRange(name == "scope" ? field.Value.Split(' ') : [field.Value]);
        var shown = values.GetRange(0, Math.Min(values.Count, MaximumValues)).ConvertAll(value => Quote(value, mask));
        return values.Count == 0 ? null : $"{name} {string.Join(' ', shown)}{(values.Count > MaximumValues ? $" and {values.Count - MaximumValues} more" : "")}";
    }
}
