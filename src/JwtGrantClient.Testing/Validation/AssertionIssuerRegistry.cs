using System.Collections.Concurrent;
using JwtGrantClient.Testing.Jose;

namespace JwtGrantClient.Testing.Validation;

/// <summary>Who is registered.</summary>
internal sealed class AssertionIssuerRegistry
{
    private readonly ConcurrentDictionary<string, AssertionIssuer> _clients = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, AssertionIssuer> _issuers = new(StringComparer.Ordinal);

    public void Register(ClientRegistration client)
    {
        if (client.SigningAlgorithm is { } name && VerificationAlgorithm.Named(name) is null)
            throw new ArgumentException(
                $"SigningAlgorithm is '{name}'; this server verifies " +
                $"{string.Join(", ", VerificationAlgorithm.All.Select(algorithm => algorithm.Name))}.");
        if (client.SpiffeId is { } spiffeId && !spiffeId.StartsWith("spiffe://", StringComparison.Ordinal))
            throw new ArgumentException($"SpiffeId is '{spiffeId}'; expected spiffe://trust-domain/path.");
        _clients[client.Id] = AssertionIssuer.From(client);
    }

    public void Trust(TrustedIssuer issuer) => _issuers[issuer.Issuer] = AssertionIssuer.From(issuer);

    public AssertionIssuer? Client(string? id) => id is not null && _clients.TryGetValue(id, out var client) ? client : null;

    /// <summary>The client with this SPIFFE id.</summary>
    public AssertionIssuer? SpiffeClient(string? id) =>
        id is null ? null : _clients.Values.FirstOrDefault(party => party.Client?.SpiffeId == id);

    public AssertionIssuer? TrustedIssuer(string issuer) => _issuers.GetValueOrDefault(issuer);

    /// <summary>Who may sign a grant under this <c>iss</c>: a trusted issuer, or a client for itself.</summary>
    public AssertionIssuer? GrantIssuer(string? issuer) =>
        issuer is not null && _issuers.TryGetValue(issuer, out var trusted) ? trusted : Client(issuer);
}
