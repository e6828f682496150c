namespace JwtGrantClient.TokenEndpoint;

/// <summary>The JWT as an authorization grant, RFC 7523 section 2.1: one assertion, fresh for each attempt.</summary>
internal sealed class JwtBearerGrant(AssertionProvider assertions, TokenRequest request) : Grant
{
    internal override bool MayBeRepeated => true;

    internal override async ValueTask WriteAsync(TokenForm form, Attempt attempt, CancellationToken cancellationToken)
    {
        var assertion = await assertions(attempt.For(AssertionPurpose.Grant, request.Subject), cancellationToken).ConfigureAwait(false);
        form.Add("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
        form.Add("assertion", assertion.Value);
        form.AddRequest(request);
    }
}
