using System.Text;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Tests.Scenarios;

/// <summary>What clients do with secrets, by name, against the servers of a <see cref="SecretEnvironment"/>.</summary>
internal static partial class SecretScenarios
{
    public static IReadOnlyDictionary<string, Func<SecretEnvironment, Task>> All { get; } = new Dictionary<string, Func<SecretEnvironment, Task>>
    {
        ["each grant with each client authentication"] = environment => GrantsAsync(environment, environment.Server.Issuer, null),
        ["a server that echoes each request"] = EchoesAsync,
        ["malformed responses with tokens"] = MalformedAsync,
        ["DPoP with nonces at both servers"] = DPoPAsync,
        ["chains and tokens of users"] = ChainsAsync,
        ["revocation"] = RevocationAsync,
        ["a shared token store"] = SharedStoreAsync,
        ["APIs that respond 401 and 403 and echo"] = ApisAsync,
        ["keys and secrets that are not valid"] = InvalidKeysAsync,
        ["no server, a canceled call and an open circuit breaker"] = UnreachableAsync,
    };

    private static CancellationToken Cancellation => SecretEnvironment.Cancellation;

    private static readonly Dictionary<string, Action<JwtGrantOptions>> Methods = new()
    {
        ["none"] = _ => { },
        ["private_key_jwt"] = options => options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt,
        ["client_secret_basic"] = options => UseSecret(options, ClientAuthenticationMethod.ClientSecretBasic),
        ["client_secret_post"] = options => UseSecret(options, ClientAuthenticationMethod.ClientSecretPost),
        ["JWT as client_secret"] = options => options.ClientAuthentication = ClientAuthenticationMethod.JwtAsClientSecret,
        ["DPoP"] = options => (options.ClientAuthentication, options.DPoP.Enabled) = (ClientAuthenticationMethod.PrivateKeyJwt, true),
    };

    private static readonly Dictionary<string, Func<string, string>> Spellings = new()
    {
        ["raw"] = secret => secret,
        ["percent"] = Uri.EscapeDataString,
        ["base64"] = secret => Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)),
        ["base64url with a prefix"] = secret => Keys.EncodeBase64Url(Encoding.UTF8.GetBytes($"client={secret}&")),
        ["cut"] = secret => $"...{secret[(secret.Length / 2)..]}",
    };

    private static void UseSecret(JwtGrantOptions options, ClientAuthenticationMethod method) =>
        (options.ClientAuthentication, options.ClientSecret) = (method, SecretEnvironment.ClientSecret);

    private static ITokenSource Tokens(this IServiceProvider services, string client) => services.GetRequiredKeyedService<ITokenSource>(client);

    private static TokenRequest AnyRequest() => new()
    {
        Subject = $"user-{Guid.NewGuid()}", Parameters = new Dictionary<string, string> { ["api_key"] = SecretEnvironment.ApiKey },
    };

    private static Action<JwtGrantOptions> Configure(string? issuer, string? endpoint, Action<JwtGrantOptions> configure) => options =>
    {
        TestClient.Configure(options);
        (options.Issuer, options.TokenEndpoint, options.RevocationEndpoint) = (issuer ?? TestData.Issuer, endpoint, endpoint?.Replace("/token", "/revoke", StringComparison.Ordinal));
        options.Retry.MaxRetryAttempts = 1;
        options.Retry.Delay = TimeSpan.FromSeconds(0.01);
        options.EndpointLimits.MinimumThroughput = 10_000;
        configure(options);
    };

    private static async Task MalformedAsync(SecretEnvironment environment)
    {
        var token = environment.Remember("mF9dB5f4LKqR8vXtW2nY7cZp3sJhG6aE");
        string[] bodies =
        [
            $$"""{"access_token":"{{token}}","token_type":"mac","refresh_token":"{{token}}","id_token":"{{token}}"}""",
            $$"""{"access_token":"{{token}} {{token}}","token_type":"Bearer"}""",
            $$"""{"access_token":["{{token}}"],"token_type":"Bearer"}""",
            $$"""{"access_token":"{{token}}","token_type":"Bearer","expires_in":"{{token}}"}""",
            $$"""{"access_token":"{{token}}","token_type":"Bearer","expires_in":0}""",
            $$"""{"access_token":"{{token}}","token_type":"Bearer","refresh_token":"{{token}}""",
            $"access_token={token}&token_type=Bearer",
        ];
        foreach (var status in new[] { 200, 201, 400, 500 })
            foreach (var body in bodies)
            {
                environment.Echo = _ => Reply.Json(status, body);
                await using var services = environment.Build(collection => collection.AddJwtGrantClient("jwt", Configure(null, $"{environment.EchoAddress}/token", _ => { })));
                await environment.TryAsync(() => services.Tokens("jwt").GetTokenAsync(Cancellation).AsTask());
            }
    }

    private static async Task DPoPAsync(SecretEnvironment environment)
    {
        environment.Server.RegisterClient(new() { Id = TestData.ClientId, PublicKeyPem = TestData.RsaPublicPem, RequireDPoP = true });
        await using var services = BuildWithApi(environment, Methods["DPoP"]);
        for (var call = 0; call < 2; call++)
        {
            await environment.TryAsync(() => CallApiAsync(services));
            environment.Server.RotateDPoPNonce();
            environment.Server.RevokeAll();
        }
    }

    private static async Task ChainsAsync(SecretEnvironment environment)
    {
        foreach (var client in new[] { "first", "second", "user" })
            environment.Server.RegisterClient(new() { Id = client, PublicKeyPem = TestData.RsaPublicPem });
        await using var services = environment.Build(collection =>
        {
            collection.AddJwtGrantClient("first", Configure(environment.Server.Issuer, null, options => Authenticate(options, "first", GrantType.ClientCredentials)));
            collection.AddJwtGrantClient("second", Configure(environment.Server.Issuer, null, options =>
            {
                Authenticate(options, "second", GrantType.TokenExchange);
                options.TokenExchange.SubjectTokenFrom = "first";
            }));
            collection.AddJwtGrantClient("user", Configure(environment.Server.Issuer, null, options =>
            {
                Authenticate(options, "user", GrantType.TokenExchange);
                options.TokenExchange.SubjectTokenFromRequest = true;
            }));
        });
        await environment.TryAsync(() => environment.RememberAsync(services.Tokens("second").GetTokenAsync(Cancellation).AsTask()));
        environment.Server.RevokeAll();
        await environment.TryAsync(() => environment.RememberAsync(services.Tokens("second").GetNewTokenAsync(TokenRequest.Default, Cancellation).AsTask()));
        foreach (var subjectToken in new[] { environment.Server.IssueAccessToken("app", "read", SecretEnvironment.User), "a-token-that-is-not-valid-4Tz8" })
            await environment.TryAsync(() => environment.RememberAsync(services.Tokens("user").GetTokenAsync(
                new() { Subject = SecretEnvironment.User, SubjectToken = new(environment.Remember(subjectToken), TokenTypes.AccessToken) }, Cancellation).AsTask()));
        await environment.TryAsync(() => services.GetRequiredKeyedService<ITokenRevocation>("user").ForgetSubjectAsync(SecretEnvironment.User, Cancellation));

        static void Authenticate(JwtGrantOptions options, string client, GrantType grant) =>
            (options.ClientId, options.Grant, options.ClientAuthentication) = (client, grant, ClientAuthenticationMethod.PrivateKeyJwt);
    }

    private static async Task RevocationAsync(SecretEnvironment environment)
    {
        environment.Server.RegisterClient(new() { Id = TestData.ClientId, PublicKeyPem = TestData.RsaPublicPem, ClientSecret = SecretEnvironment.ClientSecret });
        environment.Echo = sent => SecretEnvironment.Json(400, new { error = "unsupported_token_type", error_description = $"got {sent}" });
        foreach (var (issuer, endpoint) in new[] { (environment.Server.Issuer, null), ((string?)null, $"{environment.EchoAddress}/token") })
        {
            await using var services = environment.Build(collection => collection.AddJwtGrantClient("jwt", Configure(issuer, endpoint, options =>
            {
                UseSecret(options, ClientAuthenticationMethod.ClientSecretBasic);
                options.RevokeOnDispose = true;
            })));
            var revocation = services.GetRequiredKeyedService<ITokenRevocation>("jwt");
            await environment.TryAsync(() => environment.RememberAsync(services.Tokens("jwt").GetTokenAsync(Cancellation).AsTask()));
            await environment.TryAsync(() => revocation.RevokeAsync(TokenRequest.Default, Cancellation));
            await environment.TryAsync(() => environment.RememberAsync(services.Tokens("jwt").GetTokenAsync(Cancellation).AsTask()));
            await environment.TryAsync(() => revocation.RevokeTokenAsync(
                environment.Remember(environment.Server.IssueRefreshToken(TestData.ClientId)), "refresh_token", Cancellation));
        }
    }

    private static async Task SharedStoreAsync(SecretEnvironment environment)
    {
        environment.Server.RegisterClient(new() { Id = TestData.ClientId, PublicKeyPem = TestData.RsaPublicPem });
        var protection = new EphemeralDataProtectionProvider();
        var store = new InMemoryTokenStore();
        for (var process = 0; process < 3; process++)
        {
            // The third process finds a store that is down.
            store.BeforeCall = process < 2 ? _ => Task.CompletedTask : _ => throw new IOException("The store is down.");
            await using var services = environment.Build(collection =>
            {
                collection.AddSingleton<IDataProtectionProvider>(protection);
                collection.AddDistributedMemoryCache();
                collection.AddJwtGrantClient("own", Configure(environment.Server.Issuer, null, _ => { })).UseSharedTokenStore(_ => store);
                collection.AddJwtGrantClient("cache", Configure(environment.Server.Issuer, null, _ => { })).UseDistributedCache();
            });
            foreach (var client in new[] { "own", "cache" })
            {
                await environment.TryAsync(() => environment.RememberAsync(services.Tokens(client).GetTokenAsync(Cancellation).AsTask()));
                await environment.TryAsync(() => services.GetRequiredKeyedService<ITokenRevocation>(client).RevokeAsync(TokenRequest.Default, Cancellation));
                await environment.TryAsync(() => environment.RememberAsync(services.Tokens(client).GetTokenAsync(Cancellation).AsTask()));
            }
        }
    }

    private static async Task ApisAsync(SecretEnvironment environment)
    {
        environment.Server.RegisterClient(new() { Id = TestData.ClientId, PublicKeyPem = TestData.RsaPublicPem });
        var describe = (string sent) => $"error_description=\"{sent}\", scope=\"{sent.Replace(' ', '+')} write\", acr_values=\"{sent}\"";
        Func<string, RequestDelegate>?[] responses =
        [
            null,
            sent => Reply.Status(401, ("WWW-Authenticate", $"Bearer error=\"invalid_token\", {describe(sent)}")),
            sent => Reply.Status(403, ("WWW-Authenticate", $"Bearer error=\"insufficient_scope\", {describe(sent)}")),
            sent => Reply.Status(401, ("WWW-Authenticate", $"Bearer error=\"insufficient_user_authentication\", {describe(sent)}")),
        ];
        foreach (var spell in Spellings.Values)
            foreach (var respond in responses)
            {
                environment.ApiEcho = respond is null ? null : sent => respond(string.Join('.', sent.Split(' ').Select(spell)).Replace('"', '\''));
                await using var services = BuildWithApi(environment, options => options.Refresh.InvalidationInterval = TimeSpan.Zero);
                for (var call = 0; call < 2; call++)
                    await environment.TryAsync(() => CallApiAsync(services));
            }
    }

    private static async Task InvalidKeysAsync(SecretEnvironment environment)
    {
        var encrypted = TestData.RsaKey.ExportEncryptedPkcs8PrivateKeyPem(SecretEnvironment.Password, Keys.Encryption);
        Action<JwtGrantOptions>[] mistakes =
        [
            options => (options.SigningKey.Text, options.SigningKey.Password) = (encrypted, SecretEnvironment.Password),
            options => (options.SigningKey.Text, options.SigningKey.Password) = (encrypted, environment.Remember("another-password-8Jw2")),
            options => options.SigningKey.Text = TestData.RsaPrivatePem[..^200],
            options => (options.SigningKey.Text, options.SigningKey.Path) = (null, TestData.RsaPrivatePem),
            options => options.SigningKey.KeyId = TestData.RsaPrivatePem,
            options => options.ClientSecretFile = TestData.RsaPrivatePem,
            options => options.Scope = $"read {TestData.RsaPrivatePem}",
        ];
        environment.Server.RegisterClient(new() { Id = TestData.ClientId, PublicKeyPem = TestData.RsaPublicPem });
        foreach (var mistake in mistakes)
        {
            await using var services = environment.Build(collection => collection.AddJwtGrantClient("jwt", Configure(environment.Server.Issuer, null, mistake)));
            await environment.TryAsync(() => environment.RememberAsync(services.Tokens("jwt").GetTokenAsync(Cancellation).AsTask()));
        }
    }

    private static async Task UnreachableAsync(SecretEnvironment environment)
    {
        var received = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        environment.Echo = _ => context =>
        {
            received.TrySetResult();
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        await using var services = environment.Build(collection =>
        {
            collection.AddJwtGrantClient("down", Configure(null, "http://127.0.0.1:1/token", options => options.EndpointLimits.MinimumThroughput = 2));
            collection.AddJwtGrantClient("hanging", Configure(null, $"{environment.EchoAddress}/token", options => UseSecret(options, ClientAuthenticationMethod.ClientSecretPost)));
        });
        for (var call = 0; call < 4; call++)
            await environment.TryAsync(() => services.Tokens("down").GetTokenAsync(AnyRequest(), Cancellation).AsTask());
        using var canceling = new CancellationTokenSource();
        var waiting = environment.TryAsync(() => services.Tokens("hanging").GetTokenAsync(AnyRequest(), canceling.Token).AsTask());
        await received.Task.WithTimeout();
        await canceling.CancelAsync();
        await waiting;
    }

    private static ServiceProvider BuildWithApi(SecretEnvironment environment, Action<JwtGrantOptions> configure) => environment.Build(collection =>
    {
        collection.AddJwtGrantClient("jwt", Configure(environment.Server.Issuer, null, configure));
        collection.AddHttpClient("api", http => http.BaseAddress = new(environment.ApiAddress)).AddJwtGrantToken(
            "jwt", options => options.OnChallenge = (challenge, _) => new(new TokenRequest { Scope = "read write", AuthorizationDetails = null }));
    });

    private static async Task CallApiAsync(IServiceProvider services)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "reports");
        request.Headers.Add("X-Shown", "shown-header");
        using var response = await services.GetRequiredService<IHttpClientFactory>().CreateClient("api").SendAsync(request, Cancellation);
    }
}
