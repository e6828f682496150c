using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Testing;
using Microsoft.AspNetCore.DataProtection;
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

/// <summary>An authorization server and an API on this machine, the shared token store, and the key files of the instances.</summary>
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

    /// <summary>Encrypts the tokens in the store, for the instances of this process.</summary>
    public IDataProtectionProvider DataProtection { get; } = new EphemeralDataProtectionProvider();

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
        return servers;
    }

    /// <summary>Writes the key file of an instance, with the registered key, and returns its path.</summary>
    /// <param name="instance">The name of the instance.</param>
    /// <param name="hasExpiredCertificate">Whether the key comes with a certificate that has expired.</param>
    public string WriteKeyFile(string instance, bool hasExpiredCertificate)
    {
        var pem = _key.ExportPkcs8PrivateKeyPem();
        if (hasExpiredCertificate)
        {
            var now = TimeProvider.System.GetUtcNow();
            using var certificate = new CertificateRequest("CN=observability", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
                .CreateSelfSigned(now.AddYears(-2), now.AddDays(-1));
            pem = $"{pem}\n{certificate.ExportCertificatePem()}\n";
        }
        File.WriteAllText(KeyFileOf(instance), pem);
        return KeyFileOf(instance);
    }

    /// <summary>Replaces the key file of an instance by one with a key that is not registered, as a rotation in the wrong order does.</summary>
    public void ReplaceKey(string instance)
    {
        using var key = RSA.Create(2048);
        File.WriteAllText(KeyFileOf(instance), key.ExportPkcs8PrivateKeyPem());
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _invoker.Dispose();
        await _server.DisposeAsync();
        _key.Dispose();
        _folder.Delete(recursive: true);
    }

    private string KeyFileOf(string instance) => Path.Combine(_folder.FullName, $"{instance}.pem");

    private async Task RespondAsync(HttpContext context)
    {
        if (context.Request.Path == "/reports")
        {
            var check = _server.CheckAccessToken(context.Request.Headers.Authorization);
            context.Response.StatusCode = ApiRejectsTokens ? 401 : check.Status;
            if (context.Response.StatusCode == 401)
                context.Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\", error_description=\"The issuer is not trusted\"";
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
