using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>What a client uses at a server, as far as the server's metadata can rule it out.</summary>
/// <param name="Methods">The names of its authentication method; empty without authentication.</param>
/// <param name="Algorithm">Returns the current algorithm of its client assertions; null if another party signs them.</param>
/// <param name="DPoPAlgorithm">The algorithm of its DPoP proofs; null without DPoP.</param>
internal sealed record ClientCapabilities(IReadOnlyList<string> Methods, Func<string>? Algorithm = null, string? DPoPAlgorithm = null)
{
    public static readonly ClientCapabilities None = new([]);
}

/// <summary>
/// Detects before a request is sent that the server would reject it, and reports the values of both sides; the server would only respond with
/// invalid_client. A list that the metadata omits rules nothing out.
/// </summary>
internal static class MetadataChecks
{
    private const string Override = " If the metadata is wrong, set TokenEndpoint: then metadata is not fetched.";

    /// <exception cref="JwtGrantException">The metadata rules the client's request out.</exception>
    public static void EnsureSupported(ServerMetadata server, ClientCapabilities client, string? grantType)
    {
        if (grantType is not null && Lacks(server.GrantTypes, [grantType]))
            throw Contradiction(
                "grant_not_supported", $"The client uses the grant {grantType}", server, "supports", server.GrantTypes!, "Choose another Grant.");
        if (Lacks(server.AuthenticationMethods, client.Methods))
            throw Contradiction(
                "authentication_not_supported", $"The client authenticates by {string.Join(" or ", client.Methods)}", server, "accepts",
                server.AuthenticationMethods!, "Choose another ClientAuthentication.");
        if (client.Algorithm?.Invoke() is { } own && Lacks(server.SigningAlgorithms, [own]))
            throw Contradiction(
                "algorithm_not_accepted", $"The client's key signs {own}", server, "accepts", server.SigningAlgorithms!,
                "An RSA key can sign RS256, RS384, RS512, PS256, PS384 and PS512, an EC key the ES algorithm of its curve. Set SigningKey:Algorithm, or register another key.");
        if (client.DPoPAlgorithm is { } proof && Lacks(server.DPoPAlgorithms, [proof]))
            throw Contradiction(
                "algorithm_not_accepted", $"The client's DPoP key signs {proof}", server, "accepts", server.DPoPAlgorithms!,
                "Set DPoP:SigningKey to a key of a type that it accepts.");
    }

    private static bool Lacks(IReadOnlyList<string>? supported, IReadOnlyList<string> used)
    {
        if (supported is not { Count: > 0 } || used.Count == 0)
            return false;
        var all = new HashSet<string>(supported, StringComparer.Ordinal);
        return !all.Overlaps(used);
    }

    private static JwtGrantException Contradiction(
        string code, string client, ServerMetadata server, string verb, IReadOnlyList<string> supported, string advice) =>
        JwtGrantException.Configuration(
            code, $"{client}, but '{server.Issuer}' {verb} {SanitizedText.From(string.Join(", ", new List<string>(supported).ConvertAll(SettingText.Show)))} according to its metadata. {advice}{Override}");
}
