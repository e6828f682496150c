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

/// <summary>OpenIddict 7 on 127.0.0.1, as its manual sets it up, with one client that authenticates by private_key_jwt.</summary>
internal sealed class OpenIddictServer : IAsyncDisposable
{
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
                server.SetTokenEndpointUris("token").AllowClientCredentialsFlow().RegisterScopes(Scope);
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
        var identity = new ClaimsIdentity(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
        identity.SetClaim(Claims.Subject, request.ClientId);
        identity.SetScopes(request.GetScopes());
        return Results.SignIn(new ClaimsPrincipal(identity), authenticationScheme: OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
    }

    private static async Task RegisterAsync(WebApplication app, RSA clientKey, CancellationToken cancellationToken)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var key = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(clientKey.ExportParameters(false)) { KeyId = KeyId });
        key.Use = JsonWebKeyUseNames.Sig;
        await scope.ServiceProvider.GetRequiredService<IOpenIddictApplicationManager>().CreateAsync(
            new OpenIddictApplicationDescriptor
            {
                ClientId = ClientId,
                ClientType = ClientTypes.Confidential,
                JsonWebKeySet = new JsonWebKeySet { Keys = { key } },
                Permissions =
                {
                    Permissions.Endpoints.Token, Permissions.GrantTypes.ClientCredentials, Permissions.Prefixes.Scope + Scope,
                },
            },
            cancellationToken);
    }
}
