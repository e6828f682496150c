using JwtGrantClient.Settings;

namespace JwtGrantClient;

/// <summary>The provider <c>Maskinporten</c>: access tokens for the APIs of Norwegian authorities and companies, for the organization that owns the client.</summary>
public static class MaskinportenExtensions
{
    private const string GrantPage = "https://docs.digdir.no/docs/Maskinporten/maskinporten_protocol_jwtgrant";
    private const string TokenPage = "https://docs.digdir.no/docs/Maskinporten/maskinporten_protocol_token";
    private const string MetadataPage = "https://docs.digdir.no/docs/Maskinporten/maskinporten_func_wellknown";
    private const string Environment = "Environment";

    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(10);

    internal static ProviderProfile Profile { get; } = new("Maskinporten", "Maskinporten", "docs/providers/maskinporten.md")
    {
        SetDefaults = options =>
        {
            options.SendClientId = false;
            options.ScopePlacement = ScopePlacement.Claim;
            options.Assertion.OmittedClaims = ["sub"];
        },
        Values =
        [
            new(Environment, "Production, which is the default, or Test: the environment that the client was created in")
            {
                IsRequired = false,
                FindProblem = value => IsTest(value) || value.Equals("Production", StringComparison.OrdinalIgnoreCase) ? null : "is neither Production nor Test",
            },
        ],
        Derive = (options, values) =>
        {
            options.Issuer ??= IsTest(values[Environment]) ? "https://test.maskinporten.no/" : "https://maskinporten.no/";
            options.TokenEndpoint ??= $"{options.Issuer.TrimEnd('/')}/token";
        },
        Required =
        [
            new("ClientId", "the client ID of the integration, a GUID, from the self-service of Digdir", options => options.ClientId is not null || options.Assertion.Issuer is not null),
            new("SigningKey", "the private key whose public key is added to the client, or the key of the organization's certificate", options => options.SigningKey.IsSet),
        ],
        Algorithms = ["RS256", "RS384", "RS512"],
        MaxLifetime = TimeSpan.FromMinutes(2),
        FindProblems = FindProblems,
        Errors =
        [
            new(null, "claim aud", "The audience (aud below) is not the environment of the client: https://maskinporten.no/ or https://test.maskinporten.no/, one value with its slash, and not the token endpoint. Remove Issuer and Assertion:Audience, and set Environment to the one that the client was created in."),
            new(null, "used before", "The assertion was sent twice. The library signs a new one for each request, so check code or a proxy that repeats requests."),
            new(null, "expired", "The assertion was expired when it arrived, or exp is more than 120 s after iat. Synchronize the clock of this machine (NTP), and set Assertion:Lifetime to at most 00:02:00.") { IsAboutTimes = true },
            new(null, "claim exp", "exp may be at most 120 s after iat. Synchronize the clock of this machine (NTP), and set Assertion:Lifetime to at most 00:02:00.") { IsAboutTimes = true },
            new(null, "claim iat", "iat may differ from the clock of Maskinporten by at most 10 s. Synchronize the clock of this machine (NTP), and remove Assertion:Backdate.") { IsAboutTimes = true },
            new(null, "Client not found", "There is no client with the ID in iss in this environment. Set ClientId to the client ID from the self-service, and Environment to the one that the client was created in."),
            new(null, "extract certificate", "Maskinporten cannot read x5c. It expects the whole chain: set SigningKey:X5c and SigningKey:X5cRoot, or remove them and set SigningKey:KeyId to the kid of a key that is added to the client."),
            new(null, "validate JWT Signature", "The key (kid below) is not one of the client, or the certificate is expired or of the other environment. Compare SigningKey:KeyId with the keys of the client in the self-service; keys expire there."),
            new(null, "integration types", "The scope is only for users who sign in with ID-porten, or the client is of another type. Create a client of the type Maskinporten, and add the scope to it."),
            new("invalid_scope", null, "The client does not have the scope. Ask the API's owner to give the scope to your organization, add it to the client in the self-service, and compare Scope with it."),
            new(null, "invalid scopes", "The client does not have the scope. Ask the API's owner to give the scope to your organization, add it to the client in the self-service, and compare Scope with it."),
            new("invalid_altinn_customer_configuration", null, "Altinn finds no system user for the request. Compare systemuser_org and externalRef of the claim authorization_details, and the ClientId in the System Register, with the registration."),
            new(null, "Client authentication failed", "Maskinporten does not know the client, or not its key. Compare ClientId and SigningKey:KeyId with the client and its keys in the self-service of this environment; keys expire there."),
            new(null, "Invalid assertion", "The assertion has a claim that Maskinporten does not know, such as sub, nbf or one of Assertion:Claims, or lacks the claim scope. Leave sub in Assertion:OmittedClaims, remove Assertion:Subject and Assertion:NotBefore, and set ScopePlacement to Claim."),
        ],
    };

    /// <summary>Gets what the documentation says about the defaults.</summary>
    internal static IReadOnlyList<ProviderDefault> Defaults =>
    [
        new("Issuer", "Also the audience, which has a slash at its end and is not the token endpoint.", GrantPage),
        new("TokenEndpoint", "From the metadata of the environment.", MetadataPage),
        new("SendClientId", "The assertion identifies the client; there is no client authentication.", TokenPage),
        new("ScopePlacement", "The scope is a claim with spaces, and no parameter.", GrantPage),
        new("Assertion:OmittedClaims", "A claim that the documentation does not list is refused, and it does not list `sub`.", GrantPage),
    ];

    /// <summary>
    /// Sets the defaults for access tokens of Maskinporten with a key that is added to the client (RFC 7523 section 2.1). Call it before other settings are set.
    /// </summary>
    /// <param name="options">The options.</param>
    /// <param name="clientId">The client ID of the integration.</param>
    /// <param name="keyFile">The path of the private key: a JWK with its kid, or another format with <paramref name="keyId"/>.</param>
    /// <param name="scope">The scope, or several with spaces.</param>
    /// <param name="keyId">The kid of the key at Maskinporten. Default: null, which means that of the file.</param>
    /// <param name="test">Whether the client is one of the test environment. Default: false.</param>
    /// <exception cref="ArgumentNullException">An argument that is not optional is null.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddJwtGrantClient("tax", options =>
    ///     options.UseMaskinporten("2b1c4e0a-7a4f-4c57-8d6c-4f0f6f1d2a3b", "keys/maskinporten.jwk", "skatteetaten:inntekt"));
    /// </code>
    /// </example>
    public static void UseMaskinporten(this JwtGrantOptions options, string clientId, string keyFile, string scope, string? keyId = null, bool test = false)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clientId);
        ArgumentNullException.ThrowIfNull(keyFile);
        ArgumentNullException.ThrowIfNull(scope);
        options.Use(Profile, (Environment, test ? "Test" : null));
        (options.ClientId, options.Scope, options.SigningKey.Path, options.SigningKey.KeyId) = (clientId, scope, keyFile, keyId);
    }

    private static bool IsTest(string? environment) => "Test".Equals(environment, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> FindProblems(JwtGrantOptions options, ProviderValues values)
    {
        if (options.ScopePlacement != ScopePlacement.Claim)
            yield return $"ScopePlacement is {options.ScopePlacement}, but Maskinporten reads the scope from a claim with spaces. Remove the setting.";
        if (options.SigningKey.IsUnnamed)
            yield return "SigningKey:KeyId is missing; it is the kid of the key in the list of keys of the client at Maskinporten. Set it, or use a JWK with a kid. For the certificate of an organization that is not added to the client, set SigningKey:X5c and SigningKey:X5cRoot.";
        if (options.Scope is null && !options.Assertion.Claims.ContainsKey("scope"))
            yield return "Scope is missing; it has the scopes that are added to the client, such as skatteetaten:inntekt. Maskinporten needs it.";
        if (options.Resource.Count > 0)
            yield return "Resource is set, but Maskinporten expects the resource as a claim, an array. Set Assertion:Claims:resource instead.";
        if (options.Assertion.Subject is not null)
            yield return "Assertion:Subject is set, but Maskinporten refuses assertions with sub. Remove it; for another organization set Assertion:Claims:consumer_org.";
        if (options.Assertion.NotBefore)
            yield return "Assertion:NotBefore is set, but Maskinporten refuses assertions with nbf. Remove it.";
        if (options.Assertion.Backdate > ClockTolerance)
            yield return $"Assertion:Backdate is {options.Assertion.Backdate}, but Maskinporten accepts iat only within 10 s of its clock. Remove it.";
    }
}
