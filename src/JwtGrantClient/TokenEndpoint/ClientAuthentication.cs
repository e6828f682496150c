namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// How the client proves who it is: a closed set of values that write form fields, independent of the grant. Exactly one goes into a
/// request (RFC 6749 section 2.3).
/// </summary>
internal abstract class ClientAuthentication
{
    private ClientAuthentication()
    {
    }

    /// <summary>Writes the fields. Called once for each wire attempt.</summary>
    public abstract ValueTask WriteAsync(TokenForm form, Attempt attempt, CancellationToken cancellationToken);

    /// <summary>No proof: the grant speaks for itself (RFC 7523 section 3.1). The id goes along where it is set.</summary>
    public sealed class None(string? clientId) : ClientAuthentication
    {
        public override ValueTask WriteAsync(TokenForm form, Attempt attempt, CancellationToken cancellationToken)
        {
            form.Add("client_id", clientId);
            return default;
        }
    }

    /// <summary>The JWT as client authentication, RFC 7523 section 2.2: one assertion, fresh for each attempt.</summary>
    public sealed class PrivateKeyJwt(AssertionProvider assertions, string? clientId) : ClientAuthentication
    {
        public override async ValueTask WriteAsync(TokenForm form, Attempt attempt, CancellationToken cancellationToken)
        {
            var assertion = await assertions(attempt.For(AssertionPurpose.ClientAuthentication), cancellationToken).ConfigureAwait(false);
            form.Add("client_assertion_type", assertion.Type);
            form.Add("client_assertion", assertion.Value);
            form.Add("client_id", clientId);
        }
    }

    /// <summary>A JWT in the place of a client secret (RFC 6749 section 2.3.1), as Sign in with Apple has it.</summary>
    public sealed class JwtAsClientSecret(AssertionProvider assertions, string clientId) : ClientAuthentication
    {
        public override async ValueTask WriteAsync(TokenForm form, Attempt attempt, CancellationToken cancellationToken)
        {
            var assertion = await assertions(attempt.For(AssertionPurpose.ClientAuthentication), cancellationToken).ConfigureAwait(false);
            form.Add("client_id", clientId);
            form.Add("client_secret", assertion.Value);
        }
    }
}
