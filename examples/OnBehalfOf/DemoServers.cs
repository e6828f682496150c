using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using JwtGrantClient.Testing;

namespace OnBehalfOf;

/// <summary>The authorization server, and the inventory, which is the next API. Both are on 127.0.0.1.</summary>
internal sealed class DemoServers : IAsyncDisposable
{
    public const string ClientId = "orders-api", Orders = "https://orders.example.com", Inventory = "https://inventory.example.com";

    private const string Shop = "shop", ShopCallback = "https://shop.example.com/callback";

    private readonly StrictAuthorizationServer _server;
    private readonly WebApplication _inventory;
    private readonly string _shopSecret = RandomNumberGenerator.GetHexString(32);

    private DemoServers(StrictAuthorizationServer server, string privateKey)
    {
        (_server, PrivateKey) = (server, privateKey);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _inventory = builder.Build();
        _inventory.MapGet("/items/{id}", GetItem);
    }

    public string Issuer => _server.Issuer;

    /// <summary>The private key of the orders API, as PEM.</summary>
    public string PrivateKey { get; }

    public Uri InventoryAddress => new(_inventory.Urls.Single());

    /// <summary>The tokens that the inventory received.</summary>
    public ConcurrentQueue<string> Received { get; } = new();

    /// <summary>The number of token exchanges.</summary>
    public int Exchanges => _server.Requests.Count(request => request["subject_token"] is not null);

    public static async Task<DemoServers> StartAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var demo = new DemoServers(await StrictAuthorizationServer.StartAsync(), key.ExportPkcs8PrivateKeyPem());
        demo._server.RegisterClient(new() { Id = ClientId, PublicKeyPem = key.ExportSubjectPublicKeyInfoPem() });
        demo._server.RegisterClient(new() { Id = Shop, ClientSecret = demo._shopSecret });
        await demo._inventory.StartAsync();
        return demo;
    }

    /// <summary>Returns an access token for the orders API, as the shop, where users sign in, gets it.</summary>
    public async Task<string> SignInAsync(string user)
    {
        using var http = new HttpClient();
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = _server.IssueAuthorizationCode(Shop, ShopCallback, scope: "orders.read inventory.read", subject: user),
            ["redirect_uri"] = ShopCallback,
            ["client_id"] = Shop,
            ["client_secret"] = _shopSecret,
            ["resource"] = Orders,
        });
        using var response = await http.PostAsync(_server.TokenEndpoint, form);
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;
    }

    /// <summary>Returns whether the inventory would accept a token that it received before.</summary>
    public bool IsValid(string token) => _server.CheckAccessToken($"Bearer {token}").IsValid;

    public async ValueTask DisposeAsync()
    {
        await _inventory.DisposeAsync();
        await _server.DisposeAsync();
    }

    private IResult GetItem(string id, HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        var check = _server.CheckAccessToken(authorization, "inventory.read");
        if (!check.IsValid)
            return Results.StatusCode(check.Status);
        Received.Enqueue(authorization["Bearer ".Length..]);
        return Results.Text($"item {id} is in stock, says the inventory to {check.Subject} by way of {check.ClientId}");
    }
}
