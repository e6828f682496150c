using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>What a client will do at a server, as far as the server's metadata can contradict it.</summary>
/// <param name="Methods">The names of its authentication method; none where it does not authenticate.</param>
/// <param name="Algorithm">What its client assertions are signed with now; null where they are not ours.</param>
/// <param name="DPoPAlgorithm">What its DPoP proofs are signed with; null without DPoP.</param>
internal sealed record ClientCapabilities(IReadOnlyList<string> Methods, Func<string>? Algorithm = null, string? DPoPAlgorithm = null)
{
    public static readonly ClientCapabilities None = new([]);
}

/// <summary>
/// Says before a request is sent why the server would refuse it, with both sides' lists, for the server would only say invalid_client. A list that the metadata leaves out contradicts nothing.
/// </summary>
internal static class MetadataChecks
{
    private const string Escape = " If the metadata is wrong and the server is right, set TokenEndpoint: then metadata is not fetched.";

    /// <exception cref="JwtGrantException">The metadata says that the client's request would be refused.</exception>
    public static void EnsureSupported(ServerMetadata server, ClientCapabilities client, string? grantType)
    {
        if (grantType is not null && Lacks(server.GrantTypes, [grantType]))
            throw Contradiction(
                "grant_not_supported", $"The client uses the grant {grantType}", server, "offers", server.GrantTypes!, "Choose another Grant.");
        if (Lacks(server.AuthenticationMethods, client.Methods))
            throw Contradiction(
                "authentication_not_supported", $"The client authenticates by {string.Join(" or ", client.Methods)}", server, "accepts",
                server.AuthenticationMethods!, "Choose another ClientAuthentication.");
        if (client.Algorithm?.Invoke() is { } own && Lacks(server.SigningAlgorithms, [own]))
            throw Contradiction(
                "algorithm_not_accepted", $"The client's key signs {own}", server, "accepts", server.SigningAlgorithms!,
                "An RSA key can sign RS256, RS384, RS512, PS256, PS384 and PS512, an EC key the ES algorithm of its curve: set " +
                "SigningKey:Algorithm, " +
                "or register another key.");
        if (client.DPoPAlgorithm is { } proof && Lacks(server.DPoPAlgorithms, [proof]))
            throw Contradiction(
                "algorithm_not_accepted", $"The client's DPoP key signs {proof}", server, "accepts", server.DPoPAlgorithms!,
                "Set DPoP:SigningKey to a key of a kind that it accepts.");
    }

    private static bool Lacks(IReadOnlyList<string>? offered, IReadOnlyList<string> wanted) =>
        offered is { Count: > 0 } && wanted.Count > 0 && !wanted.Any(offered.Contains);

    private static JwtGrantException Contradiction(
        string code, string client, ServerMetadata server, string does, IReadOnlyList<string> offered, string cure) =>
        JwtGrantException.Configuration(
            code, $"{client}, but '{server.Issuer}' {does} {SanitizedText.From(string.Join(", ", offered))} by its metadata. {cure}{Escape}");
}
