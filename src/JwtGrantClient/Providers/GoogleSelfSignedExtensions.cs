using JwtGrantClient.Settings;

namespace JwtGrantClient;

/// <summary>
/// The provider <c>GoogleSelfSigned</c>: JWTs that the key of a service account signs and that Google APIs accept as access tokens, without a token request.
/// </summary>
public static class GoogleSelfSignedExtensions
{
    private const string JwtPage = "https://google.aip.dev/auth/4111";

    internal static ProviderProfile Profile { get; } = new("GoogleSelfSigned", "Google", "docs/providers/google-self-signed.md")
    {
        SetDefaults = options =>
        {
            options.Grant = GrantType.SelfSigned;
            options.ScopePlacement = ScopePlacement.Claim;
            options.Assertion.OmittedClaims = ["aud", "jti"];
            options.Assertion.Lifetime = TimeSpan.FromHours(1);
            options.Assertion.AllowLongLifetime = true;
        },
        Required =
        [
            new("SigningKey", "the JSON key file of the service account, from IAM & Admin > Service Accounts > Keys", options => options.SigningKey.IsSet),
        ],
        KeyNamesClient = true,
        Algorithms = ["RS256"],
        MaxLifetime = TimeSpan.FromHours(1),
        FindProblems = FindProblems,
    };

    /// <summary>Gets what the documentation says about the defaults.</summary>
    internal static IReadOnlyList<ProviderDefault> Defaults =>
    [
        new("Grant", "The JWT is the access token.", JwtPage),
        new("ScopePlacement", "The scope is a claim with spaces.", JwtPage),
        new("Assertion:OmittedClaims", "A JWT has either `aud` or `scope`, never both. `aud` is sent if `Assertion:Audience` is set.", JwtPage),
        new("Assertion:Lifetime", "The documented lifetime; a JWT is signed again before it ends.", JwtPage),
        new("Assertion:AllowLongLifetime", "The lifetime is longer than 15 min.", JwtPage),
    ];

    /// <summary>Sets the defaults for JWTs that Google APIs accept as access tokens. Call it before other settings are set.</summary>
    /// <param name="options">The options.</param>
    /// <param name="keyFile">The path of the JSON key file of the service account.</param>
    /// <param name="scopes">The OAuth scopes of the Google APIs. Without scopes, set <see cref="AssertionOptions.Audience"/> to the address of one API.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static void UseGoogleSelfSigned(this JwtGrantOptions options, string keyFile, params string[] scopes)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(keyFile);
        ArgumentNullException.ThrowIfNull(scopes);
        options.Use(Profile);
        options.SigningKey.Path = keyFile;
        options.Scope = scopes.Length == 0 ? null : string.Join(' ', scopes);
    }

    private static IEnumerable<string> FindProblems(JwtGrantOptions options, ProviderValues values)
    {
        if (options is { Scope: null, Assertion.Audience: null })
            yield return "Scope is missing; it has the OAuth scopes of the Google APIs, such as https://www.googleapis.com/auth/cloud-platform. Set Scope, or Assertion:Audience to the address of one API, such as https://pubsub.googleapis.com/.";
        else if (options is { Scope: not null, Assertion.Audience: not null })
            yield return "Scope and Assertion:Audience are both set, and Google accepts a self-signed JWT with one of them only. Remove one of them.";
        else if (options.Assertion.Audience is { } audience && !(audience.StartsWith("https://", StringComparison.Ordinal) && audience.EndsWith('/')))
            yield return $"Assertion:Audience is {Protocol.SettingText.QuoteUrl(audience)}; expected the https address of an API with a slash at its end, such as https://pubsub.googleapis.com/.";
        if (options.SigningKey.IsSet && options is { ClientId: null, Assertion.Issuer: null, SigningKey.Owner: null })
            yield return "ClientId is missing; it is the client_email of the service account, which the key does not contain. Use the JSON key file unchanged, or set ClientId.";
    }
}
