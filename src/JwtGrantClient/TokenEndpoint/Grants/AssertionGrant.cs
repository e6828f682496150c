using System.Buffers;
using System.Diagnostics;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>Exchanges an assertion (RFC 7521 section 4.1): a JWT (RFC 7523 section 2.1) or SAML (RFC 7522 section 2.1).</summary>
internal sealed class AssertionGrant : Grant
{
    private static readonly SearchValues<char> Base64UrlCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly AssertionProvider _assertions;
    private readonly TokenRequest _request;

    private AssertionGrant(string type, AssertionProvider assertions, TokenRequest request, bool mayBeRepeated) =>
        (Type, _assertions, _request, MayBeRepeated) = (type, assertions, request, mayBeRepeated);

    internal override string Type { get; }

    internal override bool MayBeRepeated { get; }

    /// <summary>Creates a grant with a fresh assertion for each attempt.</summary>
    public static AssertionGrant Create(string type, AssertionProvider assertions, TokenRequest request)
    {
        ArgumentNullException.ThrowIfNull(assertions);
        ArgumentNullException.ThrowIfNull(request);
        return new(type, assertions, request, mayBeRepeated: true);
    }

    /// <summary>Creates a grant with one assertion. It is sent once, because a server rejects a second use as a replay.</summary>
    public static AssertionGrant Create(string type, string assertion, TokenRequest? request)
    {
        var only = new Assertion(assertion, type, DateTimeOffset.MaxValue);
        return new(type, (_, _) => new(only), WithoutSubject(request, type), mayBeRepeated: false);
    }

    internal override async ValueTask WriteAsync(TokenRequestForm form, CancellationToken cancellationToken)
    {
        var assertion = await _assertions(form.ContextFor(AssertionPurpose.Grant, _request), cancellationToken).ConfigureAwait(false);
        if (Type == GrantTypes.Saml2Bearer && !IsBase64Url(assertion.Value))
            throw JwtGrantException.Configuration(
                "saml_assertion_not_encoded",
                "The SAML assertion contains characters that are not base64url; expected the Assertion element as base64url without line breaks (RFC 7522 section 2.1). Encode the XML with Base64Url.EncodeToString.");
        form.Add("assertion", assertion.Value);
        form.AddRequest(_request);
    }

    // The RFC recommends to omit padding. The server decides whether to accept it.
    private static bool IsBase64Url(string text) =>
        text.AsSpan().TrimEnd('=') is var unpadded && !unpadded.IsEmpty && !unpadded.ContainsAnyExcept(Base64UrlCharacters);
}
