using System.Collections.Concurrent;
using JwtGrantClient.Testing.Jose;

namespace JwtGrantClient.Testing.Validation;

/// <summary>Stores the registered clients and the trusted issuers.</summary>
internal sealed class AssertionIssuerRegistry
{
    private readonly ConcurrentDictionary<string, AssertionIssuer> _clients = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, AssertionIssuer> _issuers = new(StringComparer.Ordinal);

    public void Register(ClientRegistration client)
    {
        if (client.SigningAlgorithm is { } name && VerificationAlgorithm.Find(name) is null)
            throw new ArgumentException(
                $"SigningAlgorithm is '{name}'; this server supports {VerificationAlgorithm.ListNames(VerificationAlgorithm.All)}.");
        if (client.SpiffeId is { } spiffeId && !spiffeId.StartsWith("spiffe://", StringComparison.Ordinal))
            throw new ArgumentException($"SpiffeId is '{spiffeId}'; expected spiffe://trust-domain/path.");
        _clients[client.Id] = AssertionIssuer.From(client);
    }

    /// <summary>This server as the issuer of ID tokens.</summary>
    public AssertionIssuer? Own { get; private set; }

    public void TrustOwn(TrustedIssuer issuer) => Own = AssertionIssuer.From(issuer);

    public void Trust(TrustedIssuer issuer) => _issuers[issuer.Issuer] = AssertionIssuer.From(issuer);

    public AssertionIssuer? FindClient(string? id) => id is not null && _clients.TryGetValue(id, out var client) ? client : null;

    public AssertionIssuer? FindSpiffeClient(string? spiffeId) =>
        spiffeId is null ? null : _clients.Values.FirstOrDefault(issuer => issuer.Client?.SpiffeId == spiffeId);

    public AssertionIssuer? FindTrustedIssuer(string issuer) => _issuers.GetValueOrDefault(issuer);

    /// <summary>Returns the party that may sign a grant assertion with this <c>iss</c>: a trusted issuer, or the client itself.</summary>
    public AssertionIssuer? FindGrantIssuer(string? issuer) =>
        issuer is not null && _issuers.TryGetValue(issuer, out var trusted) ? trusted : FindClient(issuer);
}
