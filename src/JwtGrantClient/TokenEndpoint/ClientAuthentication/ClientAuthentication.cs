using System.Text;

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

    /// <summary>The names under which servers list the method in their metadata; none where there is nothing to be listed.</summary>
    public abstract IReadOnlyList<string> Names { get; }

    /// <summary>Writes the fields. Called once for each wire attempt.</summary>
    public abstract ValueTask WriteAsync(TokenRequestForm form, Attempt attempt, CancellationToken cancellationToken);

    /// <summary>No proof: the grant speaks for itself (RFC 7523 section 3.1). The id goes along where it is set.</summary>
    public sealed class None(string? clientId) : ClientAuthentication
    {
        public override IReadOnlyList<string> Names => [];

        public override ValueTask WriteAsync(TokenRequestForm form, Attempt attempt, CancellationToken cancellationToken)
        {
            form.Add("client_id", clientId);
            return default;
        }
    }

    /// <summary>The JWT as client authentication, RFC 7523 section 2.2: one assertion, fresh for each attempt.</summary>
    public sealed class PrivateKeyJwt(AssertionProvider assertions, string? clientId) : ClientAuthentication
    {
        public override IReadOnlyList<string> Names => ["private_key_jwt"];

        public override async ValueTask WriteAsync(TokenRequestForm form, Attempt attempt, CancellationToken cancellationToken)
        {
            var assertion = await assertions(attempt.For(AssertionPurpose.ClientAuthentication), cancellationToken).ConfigureAwait(false);
            if (SamlClientAssertion.Problem(assertion.Type) is { } problem)
                throw JwtGrantException.Configuration("saml_client_assertion", "The client assertion that was provided is refused: " +
                    $"{problem}");
            form.Add("client_assertion_type", assertion.Type);
            form.Add("client_assertion", assertion.Value);
            form.Add("client_id", clientId);
        }
    }

    /// <summary>The secret in the Authorization header. Id and secret are form-encoded before base64 (RFC 6749 section 2.3.1).</summary>
    public sealed class ClientSecretBasic(string clientId, ClientSecret secret) : ClientAuthentication
    {
        public override IReadOnlyList<string> Names => ["client_secret_basic"];

        public override async ValueTask WriteAsync(TokenRequestForm form, Attempt attempt, CancellationToken cancellationToken)
        {
            var pair = $"{Encode(clientId)}:{Encode(await secret.ReadAsync(cancellationToken).ConfigureAwait(false))}";
            form.Authorization = new("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(pair)));
        }

        private static string Encode(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);
    }

    /// <summary>The secret in the form (RFC 6749 section 2.3.1).</summary>
    public sealed class ClientSecretPost(string clientId, ClientSecret secret) : ClientAuthentication
    {
        public override IReadOnlyList<string> Names => ["client_secret_post"];

        public override async ValueTask WriteAsync(TokenRequestForm form, Attempt attempt, CancellationToken cancellationToken)
        {
            form.Add("client_id", clientId);
            form.Add("client_secret", await secret.ReadAsync(cancellationToken).ConfigureAwait(false));
        }
    }

    /// <summary>A JWT in the place of a client secret (RFC 6749 section 2.3.1), as Sign in with Apple has it.</summary>
    public sealed class JwtAsClientSecret(AssertionProvider assertions, string clientId) : ClientAuthentication
    {
        public override IReadOnlyList<string> Names => ["client_secret_post"];

        public override async ValueTask WriteAsync(TokenRequestForm form, Attempt attempt, CancellationToken cancellationToken)
        {
            var assertion = await assertions(attempt.For(AssertionPurpose.ClientAuthentication), cancellationToken).ConfigureAwait(false);
            form.Add("client_id", clientId);
            form.Add("client_secret", assertion.Value);
        }
    }

    /// <summary>The certificate of the connection; the form says whose it is (RFC 8705 section 2, C34).</summary>
    public sealed class MutualTls(string clientId) : ClientAuthentication
    {
        public override IReadOnlyList<string> Names => ["tls_client_auth", "self_signed_tls_client_auth"];

        public override ValueTask WriteAsync(TokenRequestForm form, Attempt attempt, CancellationToken cancellationToken)
        {
            form.Add("client_id", clientId);
            return default;
        }
    }
}
