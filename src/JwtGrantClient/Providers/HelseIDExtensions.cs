using JwtGrantClient.Protocol;
using JwtGrantClient.Settings;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient;

/// <summary>The provider <c>HelseID</c>: access tokens for the APIs of the Norwegian health sector, bound by DPoP.</summary>
public static class HelseIDExtensions
{
    private const string Manual = "https://utviklerportal.nhn.no/informasjonstjenester/helseid/bruksmoenstre-og-eksempelkode/bruk-av-helseid/docs";
    private const string AssertionPage = $"{Manual}/tekniske-mekanismer/bruk_av_client_assertion_enmd";
    private const string TokenPage = $"{Manual}/teknisk-referanse/endepunkt/token-endepunktet_enmd";
    private const string ProofPage = "https://utviklerportal.nhn.no/informasjonstjenester/helseid/protokoller-og-sikkerhetsprofil/sikkerhetsprofil/docs/vedlegg/formatering_av_dpop_bevis_enmd";
    private const string Environment = "Environment";

    internal static ProviderProfile Profile { get; } = new("HelseID", "HelseID", "docs/providers/helseid.md")
    {
        SetDefaults = options =>
        {
            options.Grant = GrantType.ClientCredentials;
            options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt;
            options.ClientAssertion.Type = JwtTypes.Jwt;
            options.ClientAssertion.NotBefore = true;
            // 60 s is the maximum, by the clock of HelseID.
            options.ClientAssertion.Lifetime = TimeSpan.FromSeconds(50);
            options.DPoP.Enabled = true;
        },
        Values =
        [
            new(Environment, "Production, which is the default, or Test: the environment that the client configuration was created in")
            {
                IsRequired = false,
                FindProblem = value => IsTest(value) || value.Equals("Production", StringComparison.OrdinalIgnoreCase) ? null : "is neither Production nor Test",
            },
        ],
        Derive = (options, values) =>
        {
            options.Issuer ??= IsTest(values[Environment]) ? "https://helseid-sts.test.nhn.no" : "https://helseid-sts.nhn.no";
            options.TokenEndpoint ??= $"{options.Issuer.TrimEnd('/')}/connect/token";
        },
        Required =
        [
            new("ClientId", "the client ID of the client configuration, a GUID, from HelseID Selvbetjening", options => options.ClientId is not null),
            new("SigningKey", "the private key whose public key is in the client configuration, such as the JWK that HelseID Selvbetjening created", options => options.SigningKey.IsSet || options.ClientAssertion.SigningKey is { IsSet: true }),
        ],
        MaxLifetime = TimeSpan.FromMinutes(1),
        FindProblems = FindProblems,
        Errors =
        [
            new(null, "HID-1001", "The client may not act for the parent organization. Ask NHN to add its number to the client."),
            new(null, "HID-1002", "The client may not act for the child organization. Ask NHN to add its number to the client."),
            new(null, "HID-1003", "The parent organization has a list of child organizations without this one. Ask NHN to remove the list."),
            new(null, "HID-1004", "An organization number has nine digits, without spaces. Correct it in the claim authorization_details."),
            new(null, "HID-1005", "The client may not send the number of a parent organization. Ask NHN to approve it."),
            new(null, "HID-1006", "The client may not send the number of a child organization. Ask NHN to approve it."),
            new(null, "HID-1007", "The claim authorization_details of the client assertion is not as HelseID expects it; the text says what is wrong. Correct it in ClientAssertion:Claims."),
            new(null, "HID-", "HelseID does not accept the organization numbers of the request. See its list of error messages for this number."),
            new("invalid_client", null, "HelseID does not know the client or its key, or the client assertion is not as it expects: aud is the issuer, kid is that of the key in the client configuration, exp is at most 60 s ahead, typ is JWT, and jti is new. Remove ClientAssertion:Audience and ClientAssertion:Type, use the JWK with its kid or set SigningKey:KeyId, and compare ClientId and the key with the client configuration in HelseID Selvbetjening of this environment; keys expire there.") { IsAboutTimes = true },
            new("use_dpop_nonce", null, "HelseID requires a DPoP proof with its nonce, and the repeated request did not have it. Set DPoP:Enabled, and check that no proxy removes the header DPoP-Nonce."),
            new("invalid_dpop_proof", null, "HelseID does not accept the DPoP proof, or there was none. Set DPoP:Enabled, remove DPoP:SigningKey, and synchronize the clock of this machine (NTP).") { IsAboutTimes = true },
            new("invalid_request", null, "The token request is not as HelseID expects it. A usual cause is a missing client_id: leave SendClientId at true. Set RequestEncoding to Form, and remove Parameters."),
            new("invalid_grant", null, "HelseID does not accept the token to exchange, or the grant. For the API's own tokens leave Grant at ClientCredentials."),
            new("unauthorized_client", null, "The client may not use this grant. In HelseID Selvbetjening the client system must allow API calls (client credentials)."),
            new("unsupported_grant_type", null, "The client may not use this grant. In HelseID Selvbetjening the client system must allow API calls (client credentials)."),
            new("invalid_scope", null, "The client may not request the scope, or it is one of sign-in, such as openid. Add the scope of the API to the client configuration in HelseID Selvbetjening; in production it must also be approved."),
            new("invalid_target", null, "HelseID does not know the API in Resource. Set it to the name (audience) of the API."),
        ],
    };

    /// <summary>Gets what the documentation says about the defaults.</summary>
    internal static IReadOnlyList<ProviderDefault> Defaults =>
    [
        new("Issuer", "Also the audience of the client assertion.", AssertionPage),
        new("TokenEndpoint", "The path is the same in all environments.", TokenPage),
        new("Grant", "For tokens of the system itself, without a user.", TokenPage),
        new("ClientAuthentication", "No other method is supported.", AssertionPage),
        new("ClientAssertion:Type", "Other servers expect `client-authentication+jwt`.", AssertionPage),
        new("ClientAssertion:NotBefore", "`nbf` is one of the claims that the assertion has.", AssertionPage),
        new("ClientAssertion:Lifetime", "`exp` may be at most 60 s ahead; the rest is for a clock that is ahead.", AssertionPage),
        new("DPoP:Enabled", "Each token request has a proof with a nonce of HelseID, which the library repeats with a new client assertion.", ProofPage),
    ];

    /// <summary>
    /// Sets the defaults for access tokens of HelseID, with private_key_jwt (RFC 7523 section 2.2) and DPoP (RFC 9449). Call it before other settings are set.
    /// </summary>
    /// <param name="options">The options.</param>
    /// <param name="clientId">The client ID of the client configuration.</param>
    /// <param name="keyFile">The path of the private key, such as the JWK that HelseID Selvbetjening created.</param>
    /// <param name="scope">The scope of the API, or several with spaces.</param>
    /// <param name="test">Whether the client is one of the test environment. Default: false.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddJwtGrantClient("deft", options =>
    ///     options.UseHelseID("7f403543-e7bf-4e42-9988-fc29d61a2563", "keys/helseid.jwk", "nhn:deft/api"));
    /// </code>
    /// </example>
    public static void UseHelseID(this JwtGrantOptions options, string clientId, string keyFile, string scope, bool test = false)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clientId);
        ArgumentNullException.ThrowIfNull(keyFile);
        ArgumentNullException.ThrowIfNull(scope);
        options.Use(Profile, (Environment, test ? "Test" : null));
        (options.ClientId, options.Scope, options.SigningKey.Path) = (clientId, scope, keyFile);
    }

    private static bool IsTest(string? environment) => "Test".Equals(environment, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> FindProblems(JwtGrantOptions options, ProviderValues values)
    {
        if (options.ClientAuthentication != ClientAuthenticationMethod.PrivateKeyJwt)
            yield return $"ClientAuthentication is {options.ClientAuthentication}, but HelseID accepts only PrivateKeyJwt. Remove the setting.";
        if (!options.DPoP.Enabled)
            yield return "DPoP:Enabled is false, but HelseID issues only tokens that are bound by DPoP. Remove the setting.";
        if (options.Grant == GrantType.ClientCredentials && options.Scope is null)
            yield return "Scope is missing; it has the scopes of the API in the client configuration, such as nhn:deft/api. HelseID needs it.";
    }
}
