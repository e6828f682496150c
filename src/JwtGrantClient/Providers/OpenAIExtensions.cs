using JwtGrantClient.Protocol;
using JwtGrantClient.Settings;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient;

/// <summary>The provider <c>OpenAI</c>: access tokens for the OpenAI API with a token of the platform (workload identity federation), without an API key.</summary>
public static class OpenAIExtensions
{
    private const string ReferencePage = "https://developers.openai.com/api/reference/workload-identity-federation";
    private const string IdentityProviderId = "IdentityProviderId", ServiceAccountId = "ServiceAccountId";

    internal static ProviderProfile Profile { get; } = new("OpenAI", "OpenAI", "docs/providers/openai.md")
    {
        SetDefaults = options =>
        {
            options.TokenEndpoint = "https://auth.openai.com/oauth/token";
            options.Grant = GrantType.TokenExchange;
            options.RequestEncoding = RequestEncoding.Json;
            options.SendClientId = false;
        },
        Values =
        [
            new(IdentityProviderId, "the ID of the workload identity provider, from Organization settings > Security > Workload Identity Provider"),
            new(ServiceAccountId, "the ID of the service account that the tokens are for, from its mapping at the workload identity provider"),
        ],
        Derive = (options, values) =>
        {
            if (values[IdentityProviderId] is { } provider)
                options.Parameters.TryAdd("identity_provider_id", provider);
            if (values[ServiceAccountId] is { } account)
                options.Parameters.TryAdd("service_account_id", account);
        },
        Required =
        [
            new("TokenExchange:SubjectTokenFile", "the path of the file in which the platform, such as Kubernetes, writes a token of its identity provider", HasToken),
        ],
        FindProblems = FindProblems,
        Errors =
        [
            new(null, "subject_token_type", "OpenAI does not accept the type of the token. Remove TokenExchange:SubjectTokenType, or set it to urn:ietf:params:oauth:token-type:id_token."),
            new(null, "audience", "The audience of the token (aud below) is not the one of the workload identity provider. Let the platform issue tokens with the audience that is configured at OpenAI."),
            new(null, "issuer", "The issuer of the token (iss below) is not the one of the workload identity provider. Compare IdentityProviderId and the issuer that is configured at OpenAI, byte for byte."),
            new(null, "signature", "OpenAI does not have the key that signed the token (kid below), or it is of another issuer. Compare the keys (JWKS) of the workload identity provider at OpenAI with those of the platform."),
            new(null, "kid", "OpenAI finds the key of the token by kid, which is missing in its header or is not among the keys (JWKS) of the workload identity provider. The platform must write it, and the keys at OpenAI must be current."),
            new(null, "expired", "The token was expired when it arrived. Let the platform replace the file of TokenExchange:SubjectTokenFile in time, and synchronize the clock of this machine (NTP).") { IsAboutTimes = true },
            new(null, "mapping", "No mapping of the workload identity provider matches the token. Compare its claims with the attributes of the mapping for this service account, and ServiceAccountId."),
            new(null, "service account", "No mapping of the workload identity provider leads from this token to the service account. Compare ServiceAccountId, and the claims of the token with the attributes of the mapping."),
            new("invalid_request", null, "A field of the request is missing or malformed, or OpenAI does not accept the token. Check IdentityProviderId and ServiceAccountId; the token has kid, iss, aud, sub, exp and iat.") { IsAboutTimes = true },
            new("invalid_subject_token", null, "OpenAI does not accept the token. Its header has kid and alg, its claims have iss, aud, sub, iat and exp, its key is in the JWK set of the workload identity provider, and it has not expired. Compare iss and aud, which are shown below, with the provider's settings at OpenAI.") { IsAboutTimes = true },
            new("invalid_grant", null, "OpenAI does not accept the token, or the workload identity provider is unknown or disabled, or no enabled mapping leads from the token's claims to the service account. Compare IdentityProviderId and ServiceAccountId, and iss and aud, which are shown below, with the provider's settings at OpenAI.") { IsAboutTimes = true },
            new("invalid_client", null, "OpenAI does not know the workload identity provider or the service account. Check IdentityProviderId and ServiceAccountId."),
            new("unauthorized_client", null, "The mapping does not allow this service account. Check ServiceAccountId, and that the mapping is enabled at OpenAI."),
            new("access_denied", null, "The mapping does not allow this service account. Check ServiceAccountId, and that the mapping is enabled at OpenAI."),
        ],
    };

    /// <summary>Gets what the documentation says about the defaults.</summary>
    internal static IReadOnlyList<ProviderDefault> Defaults =>
    [
        new("TokenEndpoint", "The endpoint of tokens that a JWT is exchanged for.", ReferencePage),
        new("Grant", "A token exchange, whose subject token is a JWT.", ReferencePage),
        new("RequestEncoding", "The request is a JSON object.", ReferencePage),
        new("SendClientId", "The identity provider and the mapping identify the client.", ReferencePage),
        new("Parameters", "The values of the organization are members of the request.", ReferencePage),
    ];

    /// <summary>
    /// Sets the defaults for access tokens of the OpenAI API with a token that the platform writes to a file (RFC 8693). Call it before other settings are set.
    /// </summary>
    /// <param name="options">The options.</param>
    /// <param name="identityProviderId">The ID of the workload identity provider.</param>
    /// <param name="serviceAccountId">The ID of the service account.</param>
    /// <param name="tokenFile">The path of the token file, which the platform replaces.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddJwtGrantClient("openai", options =>
    ///     options.UseOpenAI("wip_01", "sa_01", "/var/run/secrets/tokens/openai"));
    /// </code>
    /// </example>
    public static void UseOpenAI(this JwtGrantOptions options, string identityProviderId, string serviceAccountId, string tokenFile)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(identityProviderId);
        ArgumentNullException.ThrowIfNull(serviceAccountId);
        ArgumentNullException.ThrowIfNull(tokenFile);
        options.Use(Profile, (IdentityProviderId, identityProviderId), (ServiceAccountId, serviceAccountId));
        options.TokenExchange.SubjectTokenFile = tokenFile;
    }

    private static bool HasToken(JwtGrantOptions options) =>
        options.TokenExchange is { SubjectTokenFile: not null } or { SubjectTokenFrom: not null } or { SubjectTokenFromRequest: true };

    private static IEnumerable<string> FindProblems(JwtGrantOptions options, ProviderValues values)
    {
        if (options.TokenExchange.SubjectTokenType is { } type and not ("urn:ietf:params:oauth:token-type:jwt" or "urn:ietf:params:oauth:token-type:id_token"))
            yield return $"TokenExchange:SubjectTokenType is {SettingText.QuoteUrl(type)}, but OpenAI accepts urn:ietf:params:oauth:token-type:jwt or urn:ietf:params:oauth:token-type:id_token. Remove the setting.";
    }
}
