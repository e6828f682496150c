using System.Security.Cryptography;
using JwtGrantClient.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BoundTokens;

/// <summary>A strict authorization server and an accounts API on 127.0.0.1. Each requires its own nonce in the proofs.</summary>
internal sealed class DemoBank : IAsyncDisposable
{
    public const string ClientId = "ledger";

    private readonly WebApplication _api;

    private DemoBank(StrictAuthorizationServer server, string privateKey)
    {
        (Server, PrivateKey) = (server, privateKey);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _api = builder.Build();
        _api.MapGet("/accounts/{id}", GetAccount);
    }

    public StrictAuthorizationServer Server { get; }

    public string PrivateKey { get; }

    public Uri ApiAddress => new(_api.Urls.Single());

    /// <summary>The number of requests with a valid token and a valid proof.</summary>
    public int Served { get; private set; }

    /// <summary>The number of requests that were rejected because their proof had no nonce.</summary>
    public int NonceChallenges { get; private set; }

    /// <summary>The proof of the last successful request.</summary>
    public string? LastProof { get; private set; }

    public static async Task<DemoBank> StartAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var server = await StrictAuthorizationServer.StartAsync(new() { RequireDPoPNonce = true, RequireResourceDPoPNonce = true });
        server.RegisterClient(new() { Id = ClientId, PublicKeyPem = key.ExportSubjectPublicKeyInfoPem(), RequireDPoP = true });
        var bank = new DemoBank(server, key.ExportPkcs8PrivateKeyPem());
        await bank._api.StartAsync();
        return bank;
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        await Server.DisposeAsync();
    }

    private IResult GetAccount(string id, HttpRequest request)
    {
        var (address, headers) = ($"{request.Scheme}://{request.Host}{request.Path}", request.Headers);
        string? proof = headers["DPoP"];
        var check = Server.CheckAccessToken(request.Method, address, headers.Authorization, proof, requiredScope: "accounts.read");
        var response = request.HttpContext.Response;
        if (check.DPoPNonce is { } nonce)
            response.Headers["DPoP-Nonce"] = nonce;
        if (check.IsValid)
        {
            (Served, LastProof) = (Served + 1, proof);
            return Results.Text($"account {id} for {check.ClientId}");
        }
        if (check.WwwAuthenticate!.Contains("use_dpop_nonce", StringComparison.Ordinal))
            NonceChallenges++;
        response.Headers.WWWAuthenticate = check.WwwAuthenticate;
        return Results.StatusCode(check.Status);
    }
}
