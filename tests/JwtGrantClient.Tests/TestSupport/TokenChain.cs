using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>Two clients, of which the outer one sends the token of the inner one, each with an in-memory token endpoint.</summary>
internal sealed class TokenChain : IAsyncDisposable
{
    /// <summary>The settings that name another client, with the settings that they need and the field in which its token is sent.</summary>
    public static readonly IReadOnlyDictionary<string, (Action<JwtGrantOptions> Configure, string Field)> Settings =
        new Dictionary<string, (Action<JwtGrantOptions>, string)>
        {
            ["Assertion:From"] = (options => (options.Assertion.From, options.SigningKey.Text) = ("inner", null), "assertion"),
            ["ClientAssertion:From"] = (
                options => (options.Grant, options.ClientAuthentication, options.ClientAssertion.From, options.SigningKey.Text) =
                    (GrantType.ClientCredentials, ClientAuthenticationMethod.PrivateKeyJwt, "inner", null),
                "client_assertion"),
            ["TokenExchange:SubjectTokenFrom"] = (
                options => (options.Grant, options.TokenExchange.SubjectTokenFrom, options.SigningKey.Text) = (GrantType.TokenExchange, "inner", null),
                "subject_token"),
            ["TokenExchange:ActorTokenFrom"] = (
                options => (options.Grant, options.TokenExchange.SubjectTokenFrom, options.TokenExchange.ActorTokenFrom, options.SigningKey.Text) =
                    (GrantType.TokenExchange, "inner", "inner", null),
                "actor_token"),
        };

    private readonly ServiceProvider _services;

    public TokenChain(string setting, Action<JwtGrantOptions>? configure = null, Action<IServiceCollection>? add = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Time);
        services.AddTestClient("inner", Inner);
        services.AddTestClient("outer", Outer);
        services.Configure("outer", Settings[setting].Configure);
        if (configure is not null)
            services.Configure("outer", configure);
        add?.Invoke(services);
        Field = Settings[setting].Field;
        _services = services.BuildServiceProvider();
    }

    public ObservedTime Time { get; } = new();

    public FakeTokenEndpoint Inner { get; } = new();

    public FakeTokenEndpoint Outer { get; } = new();

    /// <summary>The field of the outer form with the token of the inner client.</summary>
    public string Field { get; }

    /// <summary>The tokens of the inner client that the outer one has sent.</summary>
    public IEnumerable<string?> Sent => Outer.Forms.Select(form => form[Field]);

    public IServiceProvider Services => _services;

    public ITokenSource this[string client] => _services.GetRequiredKeyedService<ITokenSource>(client);

    public Task<AccessToken> GetAsync(string client = "outer", TokenRequest? request = null) =>
        this[client].GetTokenAsync(request ?? TokenRequest.Default, TestContext.Current.CancellationToken).AsTask().WithTimeout();

    public Task<JwtGrantException> FailAsync(TokenRequest? request = null) => Assert.ThrowsAsync<JwtGrantException>(() => GetAsync(request: request));

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
