using JwtGrantClient.Settings;

namespace JwtGrantClient;

/// <summary>The provider <c>SignInWithApple</c>: exchanges authorization codes and refresh tokens of users who sign in with Apple.</summary>
public static class SignInWithAppleExtensions
{
    private const string TokenPage = "https://developer.apple.com/documentation/signinwithapplerestapi/generate-and-validate-tokens";
    private const string SecretPage = "https://developer.apple.com/documentation/accountorganizationaldatasharing/creating-a-client-secret";
    private const string RevokePage = "https://developer.apple.com/documentation/signinwithapplerestapi/revoke-tokens";
    private const string TeamId = "TeamId";

    internal static ProviderProfile Profile { get; } = new("SignInWithApple", "Apple", "docs/providers/sign-in-with-apple.md")
    {
        SetDefaults = options =>
        {
            options.TokenEndpoint = "https://appleid.apple.com/auth/token";
            options.RevocationEndpoint = "https://appleid.apple.com/auth/revoke";
            options.ClientAuthentication = ClientAuthenticationMethod.JwtAsClientSecret;
            options.ClientAssertion.Audience = "https://appleid.apple.com";
        },
        Values =
        [
            new(TeamId, "the Team ID of the developer account, 10 letters and digits, from Membership details")
            {
                FindProblem = value => IsAppleId(value) ? null : "does not have 10 letters and digits",
            },
        ],
        Derive = (options, values) => options.ClientAssertion.Issuer ??= values[TeamId],
        Required =
        [
            new("ClientId", "the identifier of the Services ID for a web site, or of the App ID (bundle ID) for an app", options => options.ClientId is not null),
            new("SigningKey", "the file AuthKey_KEYID.p8 of a key with Sign in with Apple, which can be downloaded once", options => options.SigningKey.IsSet),
            new("SigningKey:KeyId", "the Key ID of the key, 10 letters and digits, from Keys and from the name of its file", options => options.SigningKey.KeyId is not null || options.ClientAssertion.SigningKey is { IsSet: true }),
        ],
        Algorithms = ["ES256"],
        MaxLifetime = TimeSpan.FromSeconds(15_777_000),
        Errors =
        [
            new("invalid_client", null, "Apple does not accept the client secret, or does not know the client. Compare what was sent, below, with the developer account: iss is TeamId, sub is ClientId (the Services ID for a web site, the bundle ID for an app), kid is the Key ID of this file, and the key has Sign in with Apple for the primary App ID of the client and was not revoked. The clock of this machine must be right, too."),
            new("invalid_grant", "client_id mismatch", "The code was issued to another client. ClientId is the Services ID for a code of a web site, and the bundle ID for a code of an app; an application with both has two clients."),
            new("invalid_grant", "redirect_uri", "The redirect URI is not that of the authorization request. Pass exactly the same one to Grant.AuthorizationCode; for a code of a native app, pass none."),
            new("invalid_grant", "already been used", "An authorization code can be used once. Keep the refresh token of the first response; for another code the user signs in again."),
            new("invalid_grant", "expired", "The code is valid for 5 min and used once, and a refresh token ends when the user stops using Apple ID for the application. The user signs in again."),
            new("invalid_grant", null, "The code or the refresh token is not valid: it expired, was used before, was revoked by the user, or was issued to another client or redirect URI. The user signs in again."),
            new("unauthorized_client", null, "The client may not use this grant. Check that ClientId is the client that the code or the refresh token was issued to, and that it has Sign in with Apple enabled."),
            new("unsupported_grant_type", null, "Apple issues tokens for an authorization code or a refresh token. Call ITokenEndpoint.RequestAsync with Grant.AuthorizationCode or Grant.RefreshToken; there are no tokens without a user."),
            new("invalid_scope", null, "The scope belongs to the authorization request in the browser. Remove Scope."),
        ],
    };

    /// <summary>Gets what the documentation says about the defaults.</summary>
    internal static IReadOnlyList<ProviderDefault> Defaults =>
    [
        new("TokenEndpoint", "For authorization codes and for refresh tokens.", TokenPage),
        new("RevocationEndpoint", "It ends the session of a user, as apps that delete accounts must.", RevokePage),
        new("ClientAuthentication", "`client_secret` is a JWT that the key signs.", TokenPage),
        new("ClientAssertion:Audience", "The same for all clients.", SecretPage),
        new("ClientAssertion:Issuer", "The developer account signs the client secret; its subject is the client.", SecretPage),
    ];

    /// <summary>
    /// Sets the defaults for the tokens of users who sign in with Apple. <see cref="ITokenEndpoint"/> then exchanges authorization codes and refresh tokens. Call it
    /// before other settings are set.
    /// </summary>
    /// <param name="options">The options.</param>
    /// <param name="clientId">The identifier of the Services ID for a web site, or of the App ID for an app.</param>
    /// <param name="teamId">The Team ID of the developer account.</param>
    /// <param name="keyId">The Key ID.</param>
    /// <param name="keyFile">The path of the file AuthKey_KEYID.p8.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddJwtGrantClient("apple", options =>
    ///     options.UseSignInWithApple("com.example.web", "TEAM123456", "KEY1234567", "keys/AuthKey_KEY1234567.p8"));
    /// </code>
    /// </example>
    public static void UseSignInWithApple(this JwtGrantOptions options, string clientId, string teamId, string keyId, string keyFile)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clientId);
        ArgumentNullException.ThrowIfNull(teamId);
        ArgumentNullException.ThrowIfNull(keyId);
        ArgumentNullException.ThrowIfNull(keyFile);
        options.Use(Profile, (TeamId, teamId));
        options.ClientId = clientId;
        (options.SigningKey.Path, options.SigningKey.KeyId) = (keyFile, keyId);
    }

    private static bool IsAppleId(string value)
    {
        foreach (var character in value)
            if (!char.IsAsciiLetterUpper(character) && !char.IsAsciiDigit(character))
                return false;
        return value.Length == 10;
    }
}
