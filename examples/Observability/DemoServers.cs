using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Observability;

/// <summary>What the token endpoint does with requests.</summary>
internal enum EndpointState
{
    Up,
    Down,
    Slow,
    Throttled,
    Failing,
}

/// <summary>An authorization server and an API on this machine, the shared token store, and the key file of the clients.</summary>
internal sealed class DemoServers : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("observability-");
    private readonly RSA _key = RSA.Create(2048);
    private WebApplication _app = null!;
    private StrictAuthorizationServer _server = null!;
    private HttpMessageInvoker _invoker = null!;

    public string Address { get; private set; } = "";

    public EndpointState TokenEndpoint { get; set; }

    public bool ApiRejectsTokens { get; set; }

    /// <summary>How many users call in turn.</summary>
    public int Users { get; set; } = 10;

    public FailingCache Store { get; } = new();

    public string KeyFile => Path.Combine(_folder.FullName, "key.pem");

    public static async Task<DemoServers> StartAsync()
    {
        var servers = new DemoServers();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        servers._app = builder.Build();
        servers._app.Run(servers.RespondAsync);
        await servers._app.StartAsync();
        servers.Address = servers._app.Urls.Single();
        // The strict server has no socket of its own: requests pass the faults above first.
        servers._server = StrictAuthorizationServer.CreateInMemory(new() { Issuer = servers.Address });
        servers._invoker = new(servers._server.CreateHandler());
        servers._server.RegisterClient(new() { Id = "observability", PublicKeyPem = servers._key.ExportSubjectPublicKeyInfoPem() });
        await File.WriteAllTextAsync(servers.KeyFile, servers._key.ExportPkcs8PrivateKeyPem());
        return servers;
    }

    /// <summary>Replaces the key file by one with a key that is not registered, as a rotation in the wrong order does.</summary>
    public void ReplaceKey()
    {
        using var key = RSA.Create(2048);
        File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>Adds a certificate that has expired to the key file. Its key is registered.</summary>
    public void AddExpiredCertificate()
    {
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest("CN=observability", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(now.AddYears(-2), now.AddDays(-1));
        File.WriteAllText(KeyFile, $"{_key.ExportPkcs8PrivateKeyPem()}\n{certificate.ExportCertificatePem()}\n");
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _invoker.Dispose();
        await _server.DisposeAsync();
        _key.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task RespondAsync(HttpContext context)
    {
        if (context.Request.Path == "/reports")
        {
            var check = _server.CheckAccessToken(context.Request.Headers.Authorization);
            context.Response.StatusCode = ApiRejectsTokens ? 401 : check.Status;
            if (context.Response.StatusCode == 401)
                context.Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
            return;
        }
        switch (HttpMethods.IsPost(context.Request.Method) ? TokenEndpoint : EndpointState.Up)
        {
            case EndpointState.Down:
                context.Abort();
                return;
            case EndpointState.Failing:
                context.Response.StatusCode = 503;
                return;
            case EndpointState.Throttled:
                context.Response.StatusCode = 429;
                context.Response.Headers.RetryAfter = "1";
                return;
            case EndpointState.Slow:
                await Task.Delay(TimeSpan.FromSeconds(8), context.RequestAborted);
                break;
        }
        await ForwardAsync(context);
    }

    private async Task ForwardAsync(HttpContext context)
    {
        using var request = new HttpRequestMessage(new(context.Request.Method), $"{Address}{context.Request.Path}");
        if (context.Request.ContentType is { } type)
        {
            request.Content = new StreamContent(context.Request.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }
        using var response = await _invoker.SendAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
