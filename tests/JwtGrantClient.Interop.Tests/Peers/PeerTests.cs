using System.Security.Cryptography;
using JwtGrantClient.Testing;

namespace JwtGrantClient.Interop.Tests.Peers;

/// <summary>
/// OAuth clients of other vendors at the strict server. It names what they do differently, and with the leniencies for that they obtain tokens.
/// </summary>
public sealed class PeerTests : IDisposable
{
    private readonly RSA _key = RSA.Create(2048);

    public static TheoryData<string> Peers => [.. Peer.All.Keys];

    public static TheoryData<string> PeersWithDeviations => [.. Peer.All.Where(peer => peer.Value.Deviations.Length > 0).Select(peer => peer.Key)];

    public void Dispose() => _key.Dispose();

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task A_peer_obtains_a_token_and_what_the_server_let_pass_is_reported(string name)
    {
        var peer = Peer.All[name];
        await using var server = await StartAsync(peer, peer.Leniency);

        await peer.GetTokenAsync(server, _key);

        Assert.Equal(1, server.TokensIssued);
        Assert.Equal(peer.Deviations, server.Requests[^1].LetPass.Select(rule => rule.Rule));
    }

    [Theory]
    [MemberData(nameof(PeersWithDeviations))]
    public async Task Without_leniency_the_deviations_of_a_peer_are_named(string name)
    {
        var peer = Peer.All[name];
        await using var server = await StartAsync(peer, new());

        await Assert.ThrowsAnyAsync<Exception>(() => peer.GetTokenAsync(server, _key));

        Assert.Equal(0, server.TokensIssued);
        var refusal = server.Requests[^1].Refusal!;
        Assert.Equal(peer.Deviations, refusal.AlsoBroken.Select(rule => rule.Rule).Prepend(refusal.Rule));
    }

    // In memory for clients that insist on the address of a provider.
    private async Task<StrictAuthorizationServer> StartAsync(Peer peer, Leniency leniency)
    {
        var options = new StrictAuthorizationServerOptions { Issuer = peer.Issuer, Leniency = leniency };
        var server = peer.Issuer is null
            ? await StrictAuthorizationServer.StartAsync(options, TestContext.Current.CancellationToken)
            : StrictAuthorizationServer.CreateInMemory(options);
        server.RegisterClient(new() { Id = Peer.ClientId, PublicKeyPem = _key.ExportSubjectPublicKeyInfoPem() });
        return server;
    }
}
