using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>Authenticates the client by a JWT (RFC 7523 section 2.2), a fresh one for each attempt.</summary>
internal sealed class PrivateKeyJwt(AssertionProvider assertions, string? clientId) : ClientAuthentication
{
    private const string SamlType = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer", MetadataName = "private_key_jwt";

    /// <summary>Gets the <c>client_assertion_type</c>, if another party signs the assertion and the type is configured; otherwise null.</summary>
    public string? AssertionType { get; init; }

    // Servers that predate the draft list a JWT-SVID as private_key_jwt. What another type is called in metadata is not known, so nothing is ruled out.
    public override IReadOnlyList<string> MetadataNames => AssertionType switch
    {
        null or AssertionTypes.Jwt => [MetadataName],
        AssertionTypes.Spiffe => ["spiffe_jwt", MetadataName],
        _ => [],
    };

    public override async ValueTask WriteAsync(TokenRequestForm form, CancellationToken cancellationToken)
    {
        var assertion = await assertions(form.ContextFor(AssertionPurpose.ClientAuthentication), cancellationToken).ConfigureAwait(false);
        if (ProblemOf(assertion.Type) is { } problem)
            throw JwtGrantException.Configuration("saml_client_assertion", $"The client assertion of the provider cannot be used: {problem}");
        form.Add("client_assertion_type", assertion.Type);
        form.Add("client_assertion", assertion.Value);
        form.Add("client_id", clientId);
    }

    /// <summary>Returns what is wrong with a <c>client_assertion_type</c>, or null: RFC 10070 forbids SAML in new applications.</summary>
    public static string? ProblemOf(string assertionType) => assertionType == SamlType
        ? "SAML assertions must not be used for client authentication (RFC 10070, which updates RFC 7522), because their audience rules allow use at another server. Use a JWT. As a grant, SAML is allowed (Grant: Saml2Bearer)."
        : null;
}
