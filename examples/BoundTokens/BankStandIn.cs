using System.Security.Cryptography;
using JwtGrantClient.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BoundTokens;

/// <summary>A strict authorization server and an API of accounts on 127.0.0.1; each wants its own nonce in the proofs.</summary>
internal sealed class BankStandIn : IAsyncDisposable
{
    public const string ClientId = "ledger";

    private readonly WebApplication _api;

    private BankStandIn(StrictAuthorizationServer server, string privateKey)
    {
        (Server, PrivateKey) = (server, privateKey);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _api = builder.Build();
        _api.MapGet("/accounts/{id}", Answer);
    }

    public StrictAuthorizationServer Server { get; }

    public string PrivateKey { get; }

    public Uri ApiAddress => new(_api.Urls.Single());

    /// <summary>How many requests had a good token and a good proof.</summary>
    public int Served { get; private set; }

    /// <summary>How many requests were sent back because their proof had no nonce.</summary>
    public int AskedForNonce { get; private set; }

    /// <summary>The proof of the last request that was served.</summary>
    public string? LastProof { get; private set; }

    public static async Task<BankStandIn> StartAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var server = await StrictAuthorizationServer.StartAsync(new() { RequireDPoPNonce = true, RequireResourceDPoPNonce = true });
        server.RegisterClient(new() { Id = ClientId, PublicKeyPem = key.ExportSubjectPublicKeyInfoPem(), RequireDPoP = true });
        var bank = new BankStandIn(server, key.ExportPkcs8PrivateKeyPem());
        await bank._api.StartAsync();
        return bank;
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        await Server.DisposeAsync();
    }

    private IResult Answer(string id, HttpRequest request)
    {
        var (address, headers) = ($"{request.Scheme}://{request.Host}{request.Path}", request.Headers);
        string? proof = headers["DPoP"];
        var seen = Server.CheckAccessToken(request.Method, address, headers.Authorization, proof, requiredScope: "accounts.read");
        var response = request.HttpContext.Response;
        if (seen.DPoPNonce is { } nonce)
            response.Headers["DPoP-Nonce"] = nonce;
        if (seen.IsValid)
        {
            (Served, LastProof) = (Served + 1, proof);
            return Results.Text($"account {id} for {seen.ClientId}");
        }
        if (seen.WwwAuthenticate!.Contains("use_dpop_nonce", StringComparison.Ordinal))
            AskedForNonce++;
        response.Headers.WWWAuthenticate = seen.WwwAuthenticate;
        return Results.StatusCode(seen.Status);
    }
}
