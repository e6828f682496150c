using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Client;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace JwtGrantClient.Benchmarks.Clients;

/// <summary>OpenIddict.Client: client credentials with a client assertion. It does not cache tokens, so every call is an exchange.</summary>
internal sealed class OpenIddict : TokenClient
{
    private readonly ServiceProvider _services;
    private readonly OpenIddictClientService _client;
    private readonly RSA _rsa = RSA.Create();

    /// <remarks>OpenIddict always uses its own handler.</remarks>
    public OpenIddict(Uri endpoint)
    {
        _rsa.ImportFromPem(TestData.RsaPem);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddOpenIddict().AddClient(client =>
        {
            client.AllowClientCredentialsFlow().DisableTokenStorage();
            client.UseSystemNetHttp();
            client.AddRegistration(new OpenIddictClientRegistration
            {
                Issuer = new Uri(TestData.Issuer),
                ClientId = "batch-worker",
                SigningCredentials = { new(new RsaSecurityKey(_rsa), SecurityAlgorithms.RsaSha256) },
                Configuration = new OpenIddictConfiguration
                {
                    Issuer = new Uri(TestData.Issuer),
                    TokenEndpoint = endpoint,
                    GrantTypesSupported = { GrantTypes.ClientCredentials },
                    TokenEndpointAuthMethodsSupported = { ClientAuthenticationMethods.PrivateKeyJwt },
                },
            });
        });
        _services = services.BuildServiceProvider();
        _client = _services.GetRequiredService<OpenIddictClientService>();
    }

    public override string Name => "OpenIddict.Client";

    public override bool CachesTokens => false;

    public override Func<ValueTask<string>> Exchange => GetAsync;

    public override async ValueTask<string> GetAsync() => (await _client.AuthenticateWithClientCredentialsAsync(new())).AccessToken;

    protected override void Dispose(bool disposing)
    {
        _services.Dispose();
        _rsa.Dispose();
    }
}
