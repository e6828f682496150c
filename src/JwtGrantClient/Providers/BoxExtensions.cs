using JwtGrantClient.Settings;

namespace JwtGrantClient;

/// <summary>The provider <c>Box</c>: access tokens for the Box API with the configuration file of a platform app (server authentication with JWT).</summary>
public static class BoxExtensions
{
    private const string JwtPage = "https://developer.box.com/guides/authentication/jwt/without-sdk";
    private const string TokenPage = "https://developer.box.com/reference/post-oauth2-token";
    private const string RevokePage = "https://developer.box.com/reference/post-oauth2-revoke";
    private const string EnterpriseId = "EnterpriseId", UserId = "UserId", SubjectType = "box_sub_type";

    internal static ProviderProfile Profile { get; } = new("Box", "Box", "docs/providers/box.md")
    {
        SetDefaults = options =>
        {
            options.TokenEndpoint = "https://api.box.com/oauth2/token";
            options.RevocationEndpoint = "https://api.box.com/oauth2/revoke";
            options.ClientAuthentication = ClientAuthenticationMethod.ClientSecretPost;
            options.Assertion.Lifetime = TimeSpan.FromSeconds(45);
            // The documented response to an assertion has no token_type.
            options.DefaultTokenType = "Bearer";
        },
        Values =
        [
            new(EnterpriseId, "the Enterprise ID, from General Settings of the app, if the key is not the file config.json with enterpriseID") { IsRequired = false },
            new(UserId, "the id of an app user or managed user; the tokens are then those of the user, otherwise those of the service account of the app") { IsRequired = false },
        ],
        Derive = (options, values) =>
        {
            options.Assertion.Subject ??= values[UserId] ?? values[EnterpriseId];
            options.Assertion.Claims.TryAdd(SubjectType, values[UserId] is null ? "enterprise" : "user");
        },
        Required =
        [
            new("SigningKey", "the file config.json, from Configuration > Add and Manage Public Keys > Generate a Public/Private Keypair", options => options.SigningKey.IsSet),
        ],
        KeyNamesClient = true,
        Algorithms = ["RS256", "RS384", "RS512"],
        MaxLifetime = TimeSpan.FromSeconds(60),
        FindProblems = FindProblems,
        Errors =
        [
            new("invalid_grant", "maximum value of 60 seconds", "The assertion is valid for more than 60 s, or the clock of this machine is wrong. Lower Assertion:Lifetime, and synchronize the clock (NTP).") { IsAboutTimes = true },
            new("invalid_grant", "'exp' claim", "The assertion was expired when it arrived: the clock of this machine is behind. Synchronize it (NTP).") { IsAboutTimes = true },
            new("invalid_grant", "'sub' claim", "sub is not an id that fits box_sub_type. With box_sub_type enterprise it is the Enterprise ID: that of config.json, or EnterpriseId. With user it is the id of a user: set UserId, or Subject and the claim box_sub_type of the token request."),
            new("invalid_grant", "'aud' claim", "The audience is not that of Box. Remove Issuer and Assertion:Audience, so that it is https://api.box.com/oauth2/token."),
            new("invalid_grant", "'iss' claim", "iss is not the Client ID of the app. Remove Assertion:Issuer and ClientId, so that it is clientID of config.json."),
            new("invalid_grant", "'box_sub_type'", "The claim box_sub_type is enterprise or user. Remove it from Assertion:Claims, or correct it."),
            new("invalid_grant", "jti", "The id of the assertion was used before, or is shorter than 16 or longer than 128 characters. Remove jti from Assertion:OmittedClaims."),
            new("invalid_grant", "signature", "The key is not the one that the app has under this kid. Generate a keypair in Configuration > Add and Manage Public Keys, and use its config.json."),
            new("invalid_grant", "kid", "There is no public key with this kid. Check Configuration > Add and Manage Public Keys of the app, and use the config.json of a key that is there."),
            new(null, "enterprise configuration", "The app may not act for this enterprise or user. An administrator authorizes it (again, after each change of its scopes or of its access level) in Admin Console > Integrations > Platform Apps Manager. User tokens also need 'Generate user access tokens' in Configuration of the app."),
            new("unauthorized_client", "not authorized by the enterprise", "An administrator of the enterprise authorizes the app, by its Client ID, in Admin Console > Integrations > Platform Apps Manager."),
            new(null, "grant type is unauthorized", "The app may not use this grant. Its authentication method is 'Server Authentication (with JWT)', and an administrator has authorized it in Admin Console > Integrations > Platform Apps Manager."),
            new("unauthorized_client", null, "The app may not use this grant. Its authentication method is 'Server Authentication (with JWT)', and an administrator has authorized it in Admin Console > Integrations > Platform Apps Manager."),
            new("invalid_client", null, "The Client ID or the client secret is wrong. Use the config.json of the app unchanged; after the secret was reset, download it again or set ClientSecret."),
        ],
    };

    /// <summary>Gets what the documentation says about the defaults.</summary>
    internal static IReadOnlyList<ProviderDefault> Defaults =>
    [
        new("TokenEndpoint", "Also the audience of the assertion.", JwtPage),
        new("RevocationEndpoint", "It takes the client id and the secret, too.", RevokePage),
        new("ClientAuthentication", "`client_id` and `client_secret` are in the body, beside the assertion.", JwtPage),
        new("Assertion:Lifetime", "At most 60 s; the document uses 45 s.", JwtPage),
        new("Assertion:Claims", "`enterprise` for the service account, `user` with `UserId`.", JwtPage),
        new("DefaultTokenType", "The documented response has no `token_type`.", TokenPage),
    ];

    /// <summary>
    /// Sets the defaults for access tokens of a Box platform app, or of one of its users (RFC 7523 section 2.1). The file has the key, its passphrase, the client id,
    /// the client secret and the enterprise. Call it before other settings are set.
    /// </summary>
    /// <param name="options">The options.</param>
    /// <param name="configFile">The path of the file config.json.</param>
    /// <param name="userId">The id of a user; null for the service account of the app.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> or <paramref name="configFile"/> is null.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddJwtGrantClient("box", options => options.UseBox("config.json"));
    /// </code>
    /// </example>
    public static void UseBox(this JwtGrantOptions options, string configFile, string? userId = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(configFile);
        options.Use(Profile, (UserId, userId));
        options.SigningKey.Path = configFile;
    }

    private static IEnumerable<string> FindProblems(JwtGrantOptions options, ProviderValues values)
    {
        if (!options.SigningKey.IsSet)
            yield break;
        if (options is { ClientId: null, SigningKey.Owner: null })
            yield return "ClientId is missing; it is the Client ID of the app, which the key does not contain. Use the file config.json unchanged, or set ClientId.";
        if (options.Assertion.Subject is null && options.SigningKey.Account?.Subject is null)
            yield return "EnterpriseId is missing; it is enterpriseID of config.json, which the key does not contain. Use the file unchanged, or set EnterpriseId, or UserId for the tokens of a user.";
        if (!options.ClientSecretSource.IsSet && options.SigningKey.Account?.ClientSecret is null)
            yield return "ClientSecret is missing; it is the Client Secret of the app, which the key does not contain. Use the file config.json unchanged, or set ClientSecret, ClientSecretEnvironmentVariable or ClientSecretFile.";
        if (values[UserId] is not null && values[EnterpriseId] is not null)
            yield return "EnterpriseId and UserId are both set. Set UserId for the tokens of a user, or EnterpriseId for those of the service account.";
    }
}
