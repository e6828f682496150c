using System.Security.Cryptography;
using JwtGrantClient.Testing;

namespace WorkloadIdentity;

/// <summary>
/// What Kubernetes and SPIRE do for a workload, and the strict server that trusts them both: files with tokens that say who it is, renewed
/// by rename before they expire.
/// </summary>
internal sealed class ClusterStandIn : IAsyncDisposable
{
    public const string ClientId = "orders";

    private const string TrustDomain = "spiffe://shop.example", SpiffeId = $"{TrustDomain}/ns/shop/sa/orders";
    private const string Kubernetes = "https://kubernetes.default.svc.cluster.local", ServiceAccount = "system:serviceaccount:shop:orders";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("workload-identity-");
    private readonly TokenSigner _spire = new(), _kubernetes = new();

    private ClusterStandIn(StrictAuthorizationServer server) => Server = server;

    public StrictAuthorizationServer Server { get; }

    public string SvidPath => Path.Combine(_folder.FullName, "jwt_svid.token");

    public string TokenPath => Path.Combine(_folder.FullName, "token");

    public string SecretPath => Path.Combine(_folder.FullName, "client-secret");

    /// <summary>Whether each of the four token requests had credentials that no other had.</summary>
    public bool EachCredentialCameOnce
    {
        get
        {
            var sent = Server.Requests.Where(request => request.Method == "POST").ToList();
            string?[] credentials = [.. sent.SelectMany(request => new[] { request["client_assertion"], request["subject_token"] })];
            return sent.Count == 4 && credentials.Where(one => one is not null).Distinct().Count() == 4;
        }
    }

    public static async Task<ClusterStandIn> StartAsync()
    {
        var cluster = new ClusterStandIn(await StrictAuthorizationServer.StartAsync(new() { MaxAssertionLifetime = TokenSigner.Lifetime }));
        cluster.Server.TrustIssuer(new() { Issuer = TrustDomain, PublicKeyPem = cluster._spire.PublicKeyPem });
        cluster.Server.TrustIssuer(new()
        {
            Issuer = Kubernetes, PublicKeyPem = cluster._kubernetes.PublicKeyPem, AllowedSubjects = [ServiceAccount],
        });
        cluster.Server.RegisterClient(new() { Id = "orders-spiffe", SpiffeId = SpiffeId });
        cluster.Rotate();
        return cluster;
    }

    /// <summary>Replaces the two tokens and the secret.</summary>
    public void Rotate()
    {
        Replace(SvidPath, _spire.Sign(new() { ["sub"] = SpiffeId, ["aud"] = Server.Issuer }));
        Replace(TokenPath, _kubernetes.Sign(new() { ["iss"] = Kubernetes, ["sub"] = ServiceAccount, ["aud"] = new[] { Server.Issuer } }));
        var secret = RandomNumberGenerator.GetHexString(32);
        Replace(SecretPath, secret);
        Server.RegisterClient(new() { Id = ClientId, ClientSecret = secret });
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _spire.Dispose();
        _kubernetes.Dispose();
        _folder.Delete(recursive: true);
    }

    // Whoever reads sees the old content or the new, never half of it.
    private static void Replace(string path, string content)
    {
        File.WriteAllText($"{path}.new", content);
        File.Move($"{path}.new", path, overwrite: true);
    }
}
