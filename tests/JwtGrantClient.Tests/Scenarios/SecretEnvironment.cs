using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using JwtGrantClient.Testing;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Tests.Scenarios;

/// <summary>
/// The servers of <see cref="SecretScenarios"/>, on the network: a strict one, one that echoes each request in its errors, and an API. It remembers each secret that is sent
/// or received.
/// </summary>
internal sealed class SecretEnvironment : IAsyncDisposable
{
    public const string ClientSecret = "kZ8Q~w3Xn 7Rt.Vb2Ym+5Lp9\"Jd4/Hs6&Gf1é", Password = "pw-Tq4zN8vL1xR6cB3m", ApiKey = "ak_live_9rT4mQ2xW8zK6vB1", Pin = "834-99x",
        Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", User = "alice-7Qm2xW9zK4bT", Partner = "https://idp.example.com";

    // The beginning of a PKCS#8 key says which kind of key it is, like that of a public key.
    private const int KeyPrefix = 48;

    private static readonly string[] Harmless =
    [
        "grant_type", "client_id", "scope", "client_assertion_type", "subject_token_type", "actor_token_type", "requested_token_type", "redirect_uri", "token_type_hint", "resource",
        "audience",
    ];

    private readonly ConcurrentDictionary<string, byte> _secrets = new();
    private readonly TelemetryCollector _collector;
    private LoopbackServer _echo = null!, _api = null!;

    private SecretEnvironment(TelemetryCollector collector)
    {
        _collector = collector;
        Remember(ClientSecret, Password, ApiKey, Pin, Verifier, User);
        foreach (var pem in new[] { TestData.RsaPrivatePem, Keys.P256.ExportPkcs8PrivateKeyPem(), Keys.OtherRsaPem })
            Remember(string.Concat(pem.Split('\n').Where(line => !line.StartsWith('-')))[KeyPrefix..]);
    }

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public StrictAuthorizationServer Server { get; private set; } = null!;

    /// <summary>The address of the server that echoes.</summary>
    public string EchoAddress => _echo.Address;

    public string ApiAddress => _api.Address;

    /// <summary>Creates the response of the server that echoes, from what it received.</summary>
    public Func<string, RequestDelegate> Echo { get; set; } = _ => Reply.Token;

    /// <summary>Creates the response of the API, from the token that it received; null if it verifies the token.</summary>
    public Func<string, RequestDelegate>? ApiEcho { get; set; }

    /// <summary>Every secret that was configured, sent or received.</summary>
    public IReadOnlyCollection<string> Secrets
    {
        get
        {
            foreach (var request in Server.Requests)
                RememberForm(request.Body, request.Headers.Where(header => header.Key is "Authorization" or "DPoP").Select(header => header.Value));
            return [.. _secrets.Keys];
        }
    }

    public static async Task<SecretEnvironment> StartAsync(TelemetryCollector collector)
    {
        var environment = new SecretEnvironment(collector)
        {
            Server = await StrictAuthorizationServer.StartAsync(new() { RequireDPoPNonce = true, RequireResourceDPoPNonce = true, IssueRefreshTokens = true }, Cancellation),
        };
        environment.Server.TrustIssuer(new() { Issuer = Partner, PublicKeyPem = Keys.P256.ExportSubjectPublicKeyInfoPem() });
        environment.Server.TrustSamlIssuer(new() { Issuer = SamlTestData.Issuer, CertificatePem = SamlTestData.Certificate.ExportCertificatePem() });
        environment._echo = await LoopbackServer.StartAsync(environment.EchoAsync);
        environment._api = await LoopbackServer.StartAsync(environment.RespondAsApiAsync);
        return environment;
    }

    public string Remember(string secret)
    {
        _secrets.TryAdd(secret, 0);
        return secret;
    }

    public void Remember(params ReadOnlySpan<string> secrets)
    {
        foreach (var secret in secrets)
            Remember(secret);
    }

    public async Task<string> RememberAsync(Task<AccessToken> token) => Remember((await token).Value);

    public async Task RememberAsync(Task<TokenResponse> pending)
    {
        var response = await pending;
        foreach (var secret in new[] { response.AccessToken.Value, response.RefreshToken, response.IdToken })
            if (secret is not null)
                Remember(secret);
    }

    /// <summary>Calls a client, and collects the error as an application would log it.</summary>
    public async Task TryAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
#pragma warning disable CA1031 // Whatever the application gets.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _collector.Add("exception", e.ToString());
            if (e is JwtGrantException error)
                _collector.Add("exception", $"{error.Error} {error.ErrorDescription} {error.ErrorUri} {error.Code} {error.Endpoint}");
        }
    }

    /// <summary>
    /// Creates a container whose logs are collected at every level. HttpClients log the values of all headers that they may, but not what an API echoes in its challenge.
    /// </summary>
    public ServiceProvider Build(Action<IServiceCollection> configure)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(_collector.Logs));
        services.ConfigureHttpClientDefaults(http => http.RedactLoggedHeaders(name => name == "WWW-Authenticate"));
        configure(services);
        return services.BuildServiceProvider();
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        await _echo.DisposeAsync();
        await Server.DisposeAsync();
    }

    private async Task EchoAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        var sent = RememberForm(body, [context.Request.Headers.Authorization.ToString(), context.Request.Headers["DPoP"].ToString()]);
        await Echo(string.Join(" | ", sent))(context);
    }

    private async Task RespondAsApiAsync(HttpContext context)
    {
        string?[] credentials = [context.Request.Headers.Authorization, context.Request.Headers["DPoP"]];
        RememberForm("", credentials.OfType<string>());
        if (ApiEcho is not null)
        {
            await ApiEcho(string.Join(' ', credentials))(context);
            return;
        }
        var check = Server.CheckAccessToken(context.Request.Method, $"{_api.Address}{context.Request.Path}", credentials[0], credentials[1]);
        context.Response.StatusCode = check.Status;
        if (check.DPoPNonce is { } nonce)
            context.Response.Headers["DPoP-Nonce"] = nonce;
        if (check.WwwAuthenticate is { } challenge)
            context.Response.Headers.WWWAuthenticate = challenge;
    }

    private List<string> RememberForm(string body, IEnumerable<string> headers)
    {
        var fields = System.Web.HttpUtility.ParseQueryString(body.StartsWith('{') ? "" : body);
        List<string> sent = [.. fields.AllKeys.Where(name => name is not null && !Harmless.Contains(name)).SelectMany(name => fields.GetValues(name)!)];
        sent.AddRange(headers.Where(value => value.Length > 0).Select(value => value[(value.IndexOf(' ', StringComparison.Ordinal) + 1)..]));
        foreach (var basic in headers.Where(value => value.StartsWith("Basic ", StringComparison.Ordinal)))
            sent.Add(Encoding.UTF8.GetString(Convert.FromBase64String(basic["Basic ".Length..])).Split(':')[1]);
        Remember([.. sent]);
        return sent;
    }

    /// <summary>Returns a JSON error of the server that echoes.</summary>
    public static RequestDelegate Json(int status, object value) => Reply.Json(status, JsonSerializer.Serialize(value));
}
