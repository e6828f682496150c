using System.Text;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>Sends the secret in the Authorization header. Id and secret are form-encoded before base64 (RFC 6749 section 2.3.1).</summary>
internal sealed class ClientSecretBasic(string clientId, ClientSecret secret) : ClientAuthentication
{
    public override IReadOnlyList<string> MetadataNames => ["client_secret_basic"];

    public override async ValueTask WriteAsync(TokenRequestForm form, CancellationToken cancellationToken)
    {
        var pair = $"{Encode(clientId)}:{Encode(await secret.ReadAsync(cancellationToken).ConfigureAwait(false))}";
        form.Authorization = new("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(pair)));
    }

    private static string Encode(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);
}
