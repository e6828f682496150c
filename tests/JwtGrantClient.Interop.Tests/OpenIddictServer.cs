using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace JwtGrantClient.Interop.Tests;

/// <summary>
/// OpenIddict 7 on 127.0.0.1, set up as its documentation describes. One client authenticates by private_key_jwt and one by a secret.
/// </summary>
internal sealed class OpenIddictServer : IAsyncDisposable
{
    public const string SecretClientId = "legacy worker", Secret = "s3cret: a+b/c=d &%";

    public const string ClientId = "batch-worker", KeyId = "2026-11", Scope = "reports.read";

    private readonly WebApplication _app;

    private OpenIddictServer(WebApplication app) => _app = app;

    public string Issuer => $"{_app.Urls.Single()}/";

    public static async Task<OpenIddictServer> StartAsync(RSA clientKey, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var database = Guid.NewGuid().ToString();
        builder.Services.AddDbContext<DbContext>(options => options.UseInMemoryDatabase(database).UseOpenIddict());
        builder.Services.AddOpenIddict()
            .AddCore(core => core.UseEntityFrameworkCore().UseDbContext<DbContext>())
            .AddServer(server =>
            {
                server.SetTokenEndpointUris("token").SetRevocationEndpointUris("revoke").SetIntrospectionEndpointUris("introspect");
                server.AllowClientCredentialsFlow().AllowTokenExchangeFlow().RegisterScopes(Scope);
                server.AddEphemeralEncryptionKey().AddEphemeralSigningKey().DisableAccessTokenEncryption();
                server.UseAspNetCore().EnableTokenEndpointPassthrough().DisableTransportSecurityRequirement();
            });
        var app = builder.Build();
        app.UseRouting();
        app.MapPost("token", IssueAsync);
        await app.StartAsync(cancellationToken);
        await RegisterAsync(app, clientKey, cancellationToken);
        return new(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static IResult IssueAsync(HttpContext context)
    {
        var request = context.GetOpenIddictServerRequest()!;
        // In a token exchange, OpenIddict has already validated the subject token. The application decides what to issue.
        var identity = new ClaimsIdentity(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
        identity.SetClaim(Claims.Subject, request.ClientId);
        identity.SetScopes(request.GetScopes());
        return Results.SignIn(new ClaimsPrincipal(identity), authenticationScheme: OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
    }

    /// <summary>Returns whether a token is still active, according to the introspection endpoint (RFC 7662).</summary>
    public async Task<bool> IsActiveAsync(string token, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        using var form = new FormUrlEncodedContent([new("token", token), new("client_id", SecretClientId), new("client_secret", Secret)]);
        using var response = await http.PostAsync(new Uri(new Uri(Issuer), "introspect"), form, cancellationToken);
        return (await response.Content.ReadAsStringAsync(cancellationToken)).Contains("\"active\": true", StringComparison.Ordinal)
            || (await response.Content.ReadAsStringAsync(cancellationToken)).Contains("\"active\":true", StringComparison.Ordinal);
    }

    private static async Task RegisterAsync(WebApplication app, RSA clientKey, CancellationToken cancellationToken)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var key = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(clientKey.ExportParameters(false)) { KeyId = KeyId });
        key.Use = JsonWebKeyUseNames.Sig;
        var applications = scope.ServiceProvider.GetRequiredService<IOpenIddictApplicationManager>();
        await applications.CreateAsync(Application(ClientId, new JsonWebKeySet { Keys = { key } }, secret: null), cancellationToken);
        await applications.CreateAsync(Application(SecretClientId, keys: null, Secret), cancellationToken);
    }

    private static OpenIddictApplicationDescriptor Application(string id, JsonWebKeySet? keys, string? secret) => new()
    {
        ClientId = id,
        ClientType = ClientTypes.Confidential,
        JsonWebKeySet = keys,
        ClientSecret = secret,
        Permissions =
        {
            Permissions.Endpoints.Token, Permissions.Endpoints.Revocation, Permissions.Endpoints.Introspection,
            Permissions.GrantTypes.ClientCredentials, Permissions.GrantTypes.TokenExchange, Permissions.Prefixes.Scope + Scope,
        },
    };
}
