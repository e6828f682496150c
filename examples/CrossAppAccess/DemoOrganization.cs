using System.Security.Cryptography;
using JwtGrantClient.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CrossAppAccess;

/// <summary>
/// The identity provider of an organization, and an application for files with an authorization server and an API of its own. All are on
/// 127.0.0.1.
/// </summary>
internal sealed class DemoOrganization : IAsyncDisposable
{
    public const string WikiAtIdp = "wiki", WikiAtFiles = "wiki-at-files", FilesApi = "https://files.example.com";

    private readonly ECDsa _keyAtIdp = ECDsa.Create(ECCurve.NamedCurves.nistP256), _keyAtFiles = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly WebApplication _api;

    private DemoOrganization(StrictAuthorizationServer idp, StrictAuthorizationServer files)
    {
        (Idp, Files) = (idp, files);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _api = builder.Build();
        _api.MapGet("/files", GetFiles);
    }

    public StrictAuthorizationServer Idp { get; }

    public StrictAuthorizationServer Files { get; }

    public string KeyAtIdp => _keyAtIdp.ExportPkcs8PrivateKeyPem();

    public string KeyAtFiles => _keyAtFiles.ExportPkcs8PrivateKeyPem();

    public Uri FilesAddress => new(_api.Urls.Single());

    public static async Task<DemoOrganization> StartAsync()
    {
        var demo = new DemoOrganization(await StrictAuthorizationServer.StartAsync(), await StrictAuthorizationServer.StartAsync());
        // The administrator of the organization connects the wiki to the files, under the id that it has there.
        demo.RegisterWikiAtIdp(new Dictionary<string, string> { [demo.Files.Issuer] = WikiAtFiles });
        // The files trust the identity provider for assertions of this kind only, and only together with the client that the assertion
        // names.
        demo.Files.TrustIssuer(new() { Issuer = demo.Idp.Issuer, Jwks = demo.Idp.Jwks, RequireIdJag = true });
        demo.Files.RegisterClient(new() { Id = WikiAtFiles, PublicKeyPem = demo._keyAtFiles.ExportSubjectPublicKeyInfoPem() });
        await demo._api.StartAsync();
        return demo;
    }

    /// <summary>Returns the ID token of a user who signed in to the wiki.</summary>
    public string SignIn(string user) => Idp.IssueIdToken(WikiAtIdp, user);

    public void WithdrawPermission() => RegisterWikiAtIdp(new Dictionary<string, string>());

    /// <summary>Returns the number of token requests at the identity provider and at the server of the files.</summary>
    public (int AtIdp, int AtFiles) CountRequests() => (Count(Idp), Count(Files));

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        await Files.DisposeAsync();
        await Idp.DisposeAsync();
        _keyAtIdp.Dispose();
        _keyAtFiles.Dispose();
    }

    private static int Count(StrictAuthorizationServer server) => server.Requests.Count(request => request["grant_type"] is not null);

    private IResult GetFiles(HttpRequest request)
    {
        var check = Files.CheckAccessToken(request.Headers.Authorization, "files.read");
        return check.IsValid ? Results.Text($"{check.Subject}'s files") : Results.StatusCode(check.Status);
    }

    private void RegisterWikiAtIdp(IReadOnlyDictionary<string, string> audiences) =>
        Idp.RegisterClient(new() { Id = WikiAtIdp, PublicKeyPem = _keyAtIdp.ExportSubjectPublicKeyInfoPem(), IdJagAudiences = audiences });
}
