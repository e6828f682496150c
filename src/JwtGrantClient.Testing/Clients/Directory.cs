using System.Collections.Concurrent;

namespace JwtGrantClient.Testing.Clients;

/// <summary>Who is known to the server.</summary>
internal sealed class Directory
{
    private readonly ConcurrentDictionary<string, RegisteredClient> _clients = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ForeignIssuer> _issuers = new(StringComparer.Ordinal);

    public IEnumerable<string> ClientIds => _clients.Keys.Order(StringComparer.Ordinal);

    public void Add(RegisteredClient client) => _clients[client.Name] = client;

    public void Add(ForeignIssuer issuer) => _issuers[issuer.Name] = issuer;

    public RegisteredClient? Client(string id) => _clients.GetValueOrDefault(id);

    /// <summary>Who may sign what is presented under this iss: only a client authenticates a client (OpenID Connect Core section 9).</summary>
    public AssertingParty? Signer(string issuer, AssertionUse use) =>
        use == AssertionUse.Grant && _issuers.TryGetValue(issuer, out var foreign) ? foreign : Client(issuer);

    public string KnownTo(AssertionUse use) => use == AssertionUse.Grant
        ? $"clients {Quote.List(ClientIds)}, trusted issuers {Quote.List(_issuers.Keys.Order(StringComparer.Ordinal))}"
        : $"clients {Quote.List(ClientIds)}";
}
