using System.Text;
using JwtGrantClient.Assertions;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>The address at which a platform offers its token, such as that of the metadata service of a virtual machine or of GitHub Actions.</summary>
/// <param name="Address">The address.</param>
/// <param name="Headers">The headers of the request, which may contain a credential.</param>
/// <param name="Member">The member of the response, a JSON object, that is the token; null if the response is the token.</param>
internal sealed record SubjectTokenUrl(Uri Address, IReadOnlyList<KeyValuePair<string, string>> Headers, string? Member)
{
    /// <summary>Returns whether a token may be requested from an address: by https, or by http from this machine or from the link-local address of a metadata service.</summary>
    public static bool IsAllowed(Uri address) => address.Scheme == Uri.UriSchemeHttps
        || (address.Scheme == Uri.UriSchemeHttp && (EndpointUrl.IsLoopback(address) || address.Host == "169.254.169.254"));

    /// <summary>Returns what requests the token for each attempt.</summary>
    /// <param name="type">The type of the token.</param>
    /// <param name="transport">Sends the request.</param>
    public AssertionProvider ToProvider(string type, TokenEndpointTransport transport) => (context, cancellationToken) => ReadAsync(context, type, transport, cancellationToken);

    /// <summary>Returns the address. The headers may contain a credential.</summary>
    public override string ToString() => Address.GetLeftPart(UriPartial.Path);

    private async ValueTask<Assertion> ReadAsync(AssertionContext context, string type, TokenEndpointTransport transport, CancellationToken cancellationToken)
    {
        TokenFile.EnsureUnchanged(context, $"from {this}");
        using var request = new HttpRequestMessage(HttpMethod.Get, Address);
        foreach (var (name, value) in Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        var response = await transport.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccess)
            throw Unusable($"responded with HTTP status {response.Status}", response.Status is 429 or >= 500);
        var problem = "has no token";
        var token = (Member is null ? Encoding.UTF8.GetString(response.Body.Span) : JsonObjectReader.TryReadMember(response.Body, Member, out problem))?.Trim();
        return token is null ? throw Unusable($"sent a response that {problem}")
            : JwtExpiry.Read(token) is { } expiresAt ? new(token, type, expiresAt)
            : throw Unusable("sent a response that is not a complete JWT with an exp claim");
    }

    private JwtGrantException Unusable(string problem, bool isTransient = false) => new(
        JwtGrantErrorKind.Signing, "token_url_unusable",
        $"The address {SettingText.QuoteUrl(ToString())}, which the credential file names for the token of the platform, {problem}. Check that the program runs on that platform, and write the file again.")
    {
        IsTransient = isTransient,
    };
}
