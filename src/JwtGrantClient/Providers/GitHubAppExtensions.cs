using System.Globalization;
using System.Text.Json;
using JwtGrantClient.Settings;
using JwtGrantClient.Sources;

namespace JwtGrantClient;

/// <summary>The provider <c>GitHubApp</c>: installation access tokens of a GitHub App.</summary>
public static class GitHubAppExtensions
{
    private const string JwtPage = "https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app";
    private const string TokenPage = "https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app";
    private const string InstallationId = "InstallationId", Repositories = "Repositories", Permissions = "Permissions";

    internal static ProviderProfile Profile { get; } = new("GitHubApp", "GitHub", "docs/providers/github-app.md")
    {
        SetDefaults = options =>
        {
            // The JWT is the bearer credential of the request for the installation token.
            options.Grant = GrantType.SelfSigned;
            options.Assertion.OmittedClaims = ["sub", "aud", "jti"];
            options.Assertion.Backdate = TimeSpan.FromSeconds(60);
            options.Assertion.Lifetime = TimeSpan.FromMinutes(10);
        },
        Values =
        [
            new(InstallationId, "the number at the end of the URL of the installation, in Settings > Applications > Installed GitHub Apps > Configure")
            {
                FindProblem = id => long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? null : "is not a number",
            },
            new(Repositories, "the names of the repositories that the token is limited to, separated by spaces, without the owner") { IsRequired = false },
            new(Permissions, "the permissions that the token is limited to, such as contents:read issues:write") { IsRequired = false, FindProblem = FindPermissionsProblem },
        ],
        Derive = (options, values) =>
        {
            if (values[InstallationId] is { } id)
                options.TokenEndpoint ??= $"https://api.github.com/app/installations/{id}/access_tokens";
        },
        Required =
        [
            new("ClientId", "the Client ID of the app, such as Iv23li..., or its App ID, from the settings of the app", options => options.ClientId is not null || options.Assertion.Issuer is not null),
            new("SigningKey", "the private key (.pem) that was generated in the settings of the app", options => options.SigningKey.IsSet),
        ],
        Algorithms = ["RS256"],
        FindProblems = FindProblems,
        DeclareRequest = (options, values) => new(options.TokenEndpoint!, "token", "expires_at")
        {
            Accept = "application/vnd.github+json",
            WriteMembers = writer => WriteMembers(writer, values),
        },
        Errors =
        [
            new(null, "too far in the future", "GitHub accepts a JWT for at most 10 min from now, without tolerance. Set Assertion:Lifetime to 00:10:00 and Assertion:Backdate to 00:01:00, and synchronize the clock (NTP).") { IsAboutTimes = true },
            new(null, "'Issued at' claim", "The iat of the JWT is in the future for GitHub: the clock of this machine is ahead. Synchronize it (NTP), and set Assertion:Backdate to 00:01:00.") { IsAboutTimes = true },
            new(null, "'Expiration time' claim", "The JWT was expired when it arrived: the clock of this machine is behind. Synchronize it (NTP), and remove Assertion:Lifetime.") { IsAboutTimes = true },
            new(null, "could not be decoded", "The key is not one of the app, or iss is not its Client ID. Check ClientId, and generate a new private key in the settings of the app if it was deleted."),
            new(null, "Integration not found", "There is no app with this Client ID or App ID. Check ClientId; the ID of an installation or of an OAuth app is another one."),
            new(null, "suspended", "The installation is suspended. An owner of the account reactivates it in Settings > Applications > Installed GitHub Apps."),
            new(null, "Not Found", "The app has no installation with this number: it was uninstalled, or InstallationId is that of another app or account. List the installations of the app with GET /app/installations."),
            new(null, "There is at least one repository", "A repository in Repositories does not exist, or the installation may not access it. Add it in the settings of the installation, and write its name without the owner."),
            new(null, "permissions requested are not granted", "The installation does not have the permissions in Permissions. Change them in the settings of the app, and let an owner of the account accept the change."),
            new(null, "Bad credentials", "GitHub does not accept the JWT. Check that the key belongs to the app of ClientId."),
            new(null, "rate limit", "The app has reached the rate limit of GitHub. Wait as long as GitHub asks for, and request fewer tokens."),
        ],
    };

    /// <summary>Gets what the documentation says about the defaults.</summary>
    internal static IReadOnlyList<ProviderDefault> Defaults =>
    [
        new("TokenEndpoint", "The request for the token of an installation. For GitHub Enterprise Server, set it to `https://HOST/api/v3/app/installations/ID/access_tokens`.", TokenPage),
        new("Grant", "The JWT of the app authenticates the request for the token.", TokenPage),
        new("Assertion:OmittedClaims", "The documented JWT has `iat`, `exp` and `iss`.", JwtPage),
        new("Assertion:Backdate", "`iat` is 60 s in the past, in case the clock is ahead.", JwtPage),
        new("Assertion:Lifetime", "With the 60 s in the past it expires 9 min from now; GitHub accepts at most 10 min.", JwtPage),
    ];

    /// <summary>Sets the defaults for installation access tokens of a GitHub App. Call it before other settings are set.</summary>
    /// <param name="options">The options.</param>
    /// <param name="clientId">The Client ID of the app, or its App ID.</param>
    /// <param name="installationId">The number of the installation.</param>
    /// <param name="keyFile">The path of the private key (.pem) of the app.</param>
    /// <param name="repositories">The names of the repositories that the token is limited to, without the owner. Default: all of the installation.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddJwtGrantClient("github", options => options.UseGitHubApp("Iv23liABCDEFGHIJKLMN", 1234567, "keys/app.pem"));
    /// </code>
    /// </example>
    public static void UseGitHubApp(this JwtGrantOptions options, string clientId, long installationId, string keyFile, params string[] repositories)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clientId);
        ArgumentNullException.ThrowIfNull(keyFile);
        ArgumentNullException.ThrowIfNull(repositories);
        options.Use(
            Profile, (InstallationId, installationId.ToString(CultureInfo.InvariantCulture)), (Repositories, repositories.Length == 0 ? null : string.Join(' ', repositories)));
        (options.ClientId, options.SigningKey.Path) = (clientId, keyFile);
    }

    private static IEnumerable<string> FindProblems(JwtGrantOptions options, ProviderValues values)
    {
        if (options.Assertion.Lifetime is { } lifetime && lifetime - options.Assertion.Backdate > TimeSpan.FromMinutes(10))
            yield return $"Assertion:Lifetime is {lifetime} and Assertion:Backdate is {options.Assertion.Backdate}, so that the JWT expires more than 10 min from now, which GitHub refuses. Lower Assertion:Lifetime.";
        if (options.Scope is not null)
            yield return "Scope is set, but tokens of GitHub Apps have no scopes. Remove it, and set Permissions, such as contents:read, for fewer permissions.";
        if (values[Repositories]?.Contains('/', StringComparison.Ordinal) == true)
            yield return "Repositories has a slash; expected the names without the owner, because an installation belongs to one owner.";
    }

    private static string? FindPermissionsProblem(string permissions)
    {
        foreach (var permission in permissions.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            if (permission.Split(':') is not [{ Length: > 0 }, "read" or "write" or "admin"])
                return "is not a list such as contents:read issues:write";
        return null;
    }

    private static void WriteMembers(Utf8JsonWriter writer, ProviderValues values)
    {
        if (values[Repositories] is { } repositories)
        {
            writer.WriteStartArray("repositories");
            foreach (var repository in repositories.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                writer.WriteStringValue(repository);
            writer.WriteEndArray();
        }
        if (values[Permissions] is { } permissions)
        {
            writer.WriteStartObject("permissions");
            foreach (var permission in permissions.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                writer.WriteString(permission[..permission.IndexOf(':', StringComparison.Ordinal)], permission[(permission.IndexOf(':', StringComparison.Ordinal) + 1)..]);
            writer.WriteEndObject();
        }
    }
}
