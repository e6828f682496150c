using System.Security.Cryptography;
using System.Text.Json;
using JwtGrantClient;
using Microsoft.Extensions.Configuration;

namespace Agent;

/// <summary>
/// The settings for a scenario of the MCP conformance suite (npm, @modelcontextprotocol/conformance), which describes it in environment
/// variables. They are those that appsettings.json would have.
/// </summary>
internal sealed class ConformanceSuite : IDisposable
{
    private const string Client = "JwtGrant:Mcp", IdentityProvider = "JwtGrant:Idp";

    private readonly Dictionary<string, string?> _settings = [];
    private readonly string _platformToken = Path.Combine(Path.GetTempPath(), $"{Path.GetRandomFileName()}.jwt");

    public ConformanceSuite(ProtectedResource resource)
    {
        using var context = JsonDocument.Parse(Environment.GetEnvironmentVariable("MCP_CONFORMANCE_CONTEXT") ?? "{}");
        string Get(string name) => context.RootElement.GetProperty(name).GetString()!;
        // The suite names its authorization server only in the metadata of its MCP server. Both run on this machine.
        var issuer = resource.AuthorizationServers.Single(server => new Uri(server).IsLoopback);
        Add(Client, ("Issuer", issuer), ("AllowLoopbackHttp", "true"));
        if (context.RootElement.TryGetProperty("client_id", out var clientId))
            Add(Client, ("ClientId", clientId.GetString()!));
        switch (Scenario)
        {
            case "auth/client-credentials-jwt":
                Add(Client, ("Grant", "ClientCredentials"), ("ClientAuthentication", "PrivateKeyJwt"));
                Add(Client, ("SigningKey:Text", Get("private_key_pem")), ("SigningKey:Algorithm", Get("signing_algorithm")));
                break;
            case "auth/client-credentials-basic":
                Add(Client, ("Grant", "ClientCredentials"));
                Add(Client, ("ClientAuthentication", "ClientSecretBasic"), ("ClientSecret", Get("client_secret")));
                break;
            case "auth/wif-jwt-bearer":
                File.WriteAllText(_platformToken, Get("valid_jwt"));
                Add(Client, ("Grant", "JwtBearer"), ("Assertion:TokenFile", _platformToken));
                break;
            case "auth/enterprise-managed-authorization":
                Add(Client, ("Grant", "JwtBearer"), ("Assertion:From", "Idp"));
                Add(Client, ("ClientAuthentication", "ClientSecretBasic"), ("ClientSecret", Get("client_secret")));
                Add(IdentityProvider, ("Issuer", Get("idp_issuer")), ("ClientId", Get("idp_client_id")), ("AllowLoopbackHttp", "true"));
                Add(IdentityProvider, ("Grant", "TokenExchange"), ("TokenExchange:SubjectTokenFromRequest", "true"));
                Add(IdentityProvider, ("TokenExchange:RequestedTokenType", TokenTypes.IdJag));
                Add(IdentityProvider, ("TokenExchange:Audience:0", issuer));
                _settings["UserToken"] = Get("idp_id_token");
                break;
            case "auth/dpop" or "auth/dpop-nonce":
                // A user signs in here, which this client does not offer. The server accepts any grant, without credentials, but its metadata
                // does not say so, and the library would refuse to send one. With a TokenEndpoint it does not read the metadata.
                using (var key = ECDsa.Create(ECCurve.NamedCurves.nistP256))
                    Add(Client, ("Grant", "JwtBearer"), ("ClientId", "agent"), ("SigningKey:Text", key.ExportPkcs8PrivateKeyPem()));
                Add(Client, ("TokenEndpoint", $"{issuer}/token"), ("DPoP:Enabled", "true"));
                break;
            default:
                throw new NotSupportedException($"The scenario {Scenario} is not about a client without a user interface.");
        }
    }

    public static bool IsRunning => Scenario is not null;

    public IConfiguration Settings => new ConfigurationBuilder().AddInMemoryCollection(_settings).Build();

    private static string? Scenario => Environment.GetEnvironmentVariable("MCP_CONFORMANCE_SCENARIO");

    public void Dispose() => File.Delete(_platformToken);

    private void Add(string client, params ReadOnlySpan<(string Name, string Value)> settings)
    {
        foreach (var (name, value) in settings)
            _settings[$"{client}:{name}"] = value;
    }
}
