using JwtGrantClient.Settings;

namespace JwtGrantClient;

/// <summary>The provider <c>AppStoreConnect</c>: JWTs that an API key of App Store Connect signs and that its API accepts as access tokens.</summary>
public static class AppStoreConnectExtensions
{
    private const string TokenPage = "https://developer.apple.com/documentation/appstoreconnectapi/generating-tokens-for-api-requests";
    private const string IssuerId = "IssuerId";

    internal static ProviderProfile Profile { get; } = new("AppStoreConnect", "App Store Connect", "docs/providers/app-store-connect.md")
    {
        SetDefaults = options =>
        {
            options.Grant = GrantType.SelfSigned;
            options.Assertion.Audience = "appstoreconnect-v1";
            options.Assertion.OmittedClaims = ["iss", "sub", "jti"];
            options.Assertion.Lifetime = TimeSpan.FromMinutes(15);
        },
        Values =
        [
            new(IssuerId, "the Issuer ID (a GUID) above the list of team keys in Users and Access > Integrations; without it the key is an individual key")
            {
                IsRequired = false,
                FindProblem = value => Guid.TryParse(value, out _) ? null : "is not a GUID",
            },
        ],
        Derive = (options, values) =>
        {
            options.Assertion.Issuer ??= values[IssuerId];
            // An individual key is not of a team: its JWT has no iss, and this subject.
            if (options.Assertion.Issuer is null)
                options.Assertion.Subject ??= "user";
        },
        Required =
        [
            new("SigningKey", "the file AuthKey_KEYID.p8 of an API key, which can be downloaded once", options => options.SigningKey.IsSet),
            new("SigningKey:KeyId", "the Key ID of the API key, from the list of keys and from the name of its file", options => options.SigningKey.KeyId is not null),
        ],
        Algorithms = ["ES256"],
        MaxLifetime = TimeSpan.FromMinutes(20),
        FindProblems = FindProblems,
    };

    /// <summary>Gets what the documentation says about the defaults.</summary>
    internal static IReadOnlyList<ProviderDefault> Defaults =>
    [
        new("Grant", "The JWT is the access token.", TokenPage),
        new("Assertion:Audience", "The same for all keys.", TokenPage),
        new("Assertion:OmittedClaims", "A team key has `iss`, the Issuer ID, and no `sub`.", TokenPage),
        new("Assertion:Lifetime", "At most 20 min; a JWT is signed again before it ends.", TokenPage),
        new("Assertion:Subject", "An individual key has `sub` and no `iss`.", TokenPage),
    ];

    /// <summary>Sets the defaults for JWTs that the App Store Connect API accepts as access tokens. Call it before other settings are set.</summary>
    /// <param name="options">The options.</param>
    /// <param name="issuerId">The Issuer ID of the team; null for an individual key.</param>
    /// <param name="keyId">The Key ID.</param>
    /// <param name="keyFile">The path of the file AuthKey_KEYID.p8.</param>
    /// <exception cref="ArgumentNullException">An argument that must not be null is null.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddJwtGrantClient("store", options =>
    ///     options.UseAppStoreConnect("57246542-96fe-1a63-e053-0824d011072a", "2X9R4HXF34", "keys/AuthKey_2X9R4HXF34.p8"));
    /// </code>
    /// </example>
    public static void UseAppStoreConnect(this JwtGrantOptions options, string? issuerId, string keyId, string keyFile)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(keyId);
        ArgumentNullException.ThrowIfNull(keyFile);
        options.Use(Profile, (IssuerId, issuerId));
        (options.SigningKey.Path, options.SigningKey.KeyId) = (keyFile, keyId);
    }

    private static IEnumerable<string> FindProblems(JwtGrantOptions options, ProviderValues values)
    {
        if (options.ClientId is not null)
            yield return "ClientId is set, but App Store Connect does not know it. Set IssuerId to the Issuer ID of the team, and remove ClientId.";
        if (options.Scope is not null)
            yield return "Scope is set, but App Store Connect restricts a token by a list of requests, such as GET /v1/apps. Set Assertion:Claims:scope to the list, and remove Scope.";
    }
}
