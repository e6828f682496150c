using System.Security.Cryptography;
using JwtGrantClient.Testing;

namespace WorkloadIdentity;

/// <summary>
/// What Kubernetes and SPIRE provide to a workload: files with tokens that identify it, replaced by rename before they expire. The strict server
/// trusts both.
/// </summary>
internal sealed class DemoCluster : IAsyncDisposable
{
    public const string ClientId = "orders";

    private const string TrustDomain = "spiffe://shop.example", SpiffeId = $"{TrustDomain}/ns/shop/sa/orders";
    private const string Kubernetes = "https://kubernetes.default.svc.cluster.local", ServiceAccount = "system:serviceaccount:shop:orders";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("workload-identity-");
    private readonly TokenSigner _spire = new(), _kubernetes = new();

    private DemoCluster(StrictAuthorizationServer server) => Server = server;

    public StrictAuthorizationServer Server { get; }

    public string SvidPath => Path.Combine(_folder.FullName, "jwt_svid.token");

    public string TokenPath => Path.Combine(_folder.FullName, "token");

    public string SecretPath => Path.Combine(_folder.FullName, "client-secret");

    /// <summary>True if each of the four token requests contained a different credential.</summary>
    public bool IsEachCredentialUsedOnce
    {
        get
        {
            var sent = Server.Requests.Where(request => request.Method == "POST").ToList();
            string?[] credentials = [.. sent.SelectMany(request => new[] { request["client_assertion"], request["subject_token"] })];
            return sent.Count == 4 && credentials.Where(value => value is not null).Distinct().Count() == 4;
        }
    }

    public static async Task<DemoCluster> StartAsync()
    {
        var cluster = new DemoCluster(await StrictAuthorizationServer.StartAsync(new() { MaxAssertionLifetime = TokenSigner.Lifetime }));
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

    // A rename is atomic: a reader sees the old content or the new content, never a part of it.
    private static void Replace(string path, string content)
    {
        File.WriteAllText($"{path}.new", content);
        File.Move($"{path}.new", path, overwrite: true);
    }
}
