using JwtGrantClient.Settings;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient;

/// <summary>The provider <c>Anthropic</c>: access tokens for the Claude API with a token of the platform (workload identity federation), without an API key.</summary>
public static class AnthropicExtensions
{
    private const string ReferencePage = "https://platform.claude.com/docs/en/manage-claude/wif-reference";
    private const string SdkPage = "https://github.com/anthropics/anthropic-sdk-typescript/blob/main/src/lib/credentials/types.ts";
    private const string Beta = "anthropic-beta";
    private const string FederationRuleId = "FederationRuleId", OrganizationId = "OrganizationId", ServiceAccountId = "ServiceAccountId", WorkspaceId = "WorkspaceId";

    internal static ProviderProfile Profile { get; } = new("Anthropic", "Anthropic", "docs/providers/anthropic.md")
    {
        SetDefaults = options =>
        {
            options.TokenEndpoint = "https://api.anthropic.com/v1/oauth/token";
            options.RequestEncoding = RequestEncoding.Json;
            options.SendClientId = false;
            options.Headers[Beta] = "oauth-2025-04-20,oidc-federation-2026-04-01";
        },
        Values =
        [
            new(FederationRuleId, "the ID of the federation rule, fdrl_..., from the Claude Console") { FindProblem = value => FindPrefixProblem(value, "fdrl_") },
            new(OrganizationId, "the ID of the organization, a UUID, from Settings > Organization of the Claude Console") { FindProblem = value => Guid.TryParse(value, out _) ? null : "is not a UUID" },
            new(ServiceAccountId, "the ID of the service account that the tokens are for, svac_..., from the Claude Console") { FindProblem = value => FindPrefixProblem(value, "svac_") },
            new(WorkspaceId, "the ID of the workspace, wrkspc_..., or default; needed if the rule is enabled for several workspaces")
            {
                IsRequired = false,
                FindProblem = value => value == "default" ? null : FindPrefixProblem(value, "wrkspc_"),
            },
        ],
        Derive = (options, values) =>
        {
            Add("federation_rule_id", FederationRuleId);
            Add("organization_id", OrganizationId);
            Add("service_account_id", ServiceAccountId);
            Add("workspace_id", WorkspaceId);
            // A jti is accepted once.
            if (options.Assertion.From is not null)
                options.InputReuse = InputReuse.Once;

            void Add(string parameter, string name)
            {
                if (values[name] is { } value)
                    options.Parameters.TryAdd(parameter, value);
            }
        },
        Required =
        [
            new("Assertion:TokenFile", "the path of the file in which the platform, such as Kubernetes, writes a token of its identity provider", HasToken),
        ],
        KeyNamesClient = true,
        Errors =
        [
            new("authentication_error", null, "Anthropic denies each of these in the same words; Authentication history in the Claude Console has the reason. The issuer (iss below) is not registered or its keys are not; the audience or sub does not match the federation rule; the rule does not allow this service account, organization or workspace; the token is expired; or its jti was exchanged before: the platform must write a new token before each exchange, and each process needs one of its own.") { IsAboutTimes = true },
            new(null, "grant", "Anthropic does not take the request as one of workload identity federation. Remove Headers:anthropic-beta and Grant."),
            new("invalid_request_error", null, "A field of the request is missing or malformed, or the request is not JSON: leave RequestEncoding at Json. Check FederationRuleId (fdrl_...), OrganizationId (a UUID), ServiceAccountId (svac_...) and WorkspaceId (wrkspc_... or default), and set WorkspaceId if the rule is enabled for several workspaces."),
            new("permission_error", null, "The service account may not use the workspace, or the organization does not allow workload identity federation. Add the service account to the workspace in the Claude Console."),
            new("not_found_error", null, "There is no token endpoint at this address. Remove TokenEndpoint."),
            new("rate_limit_error", null, "Anthropic limits the number of token requests. Share one client in the process; it requests a token once per lifetime."),
        ],
    };

    /// <summary>Gets what the documentation says about the defaults.</summary>
    internal static IReadOnlyList<ProviderDefault> Defaults =>
    [
        new("TokenEndpoint", "The grant is `jwt-bearer`, the default of the library.", ReferencePage),
        new("RequestEncoding", "The request is a JSON object.", ReferencePage),
        new("SendClientId", "The federation rule identifies the client.", ReferencePage),
        new("Parameters", "The values of the organization are members of the request.", ReferencePage),
        new("Headers", "Leads the request to workload identity federation, as in the SDKs of Anthropic.", SdkPage),
    ];

    /// <summary>
    /// Sets the defaults for access tokens of the Claude API with a token that the platform writes to a file (RFC 7523 section 2.1). Call it before other settings
    /// are set.
    /// </summary>
    /// <param name="options">The options.</param>
    /// <param name="federationRuleId">The ID of the federation rule, <c>fdrl_...</c></param>
    /// <param name="organizationId">The ID of the organization, a UUID.</param>
    /// <param name="serviceAccountId">The ID of the service account, <c>svac_...</c></param>
    /// <param name="tokenFile">The path of the token file, which the platform replaces.</param>
    /// <param name="workspaceId">The ID of the workspace, <c>wrkspc_...</c> or <c>default</c>. Default: null, the only workspace of the rule.</param>
    /// <exception cref="ArgumentNullException">An argument that is not optional is null.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddJwtGrantClient("claude", options => options.UseAnthropic(
    ///     "fdrl_01", "1f0c2c52-8c2a-4b58-9d0b-2a5a5a1c0e11", "svac_01", "/var/run/secrets/anthropic.com/token"));
    /// </code>
    /// </example>
    public static void UseAnthropic(
        this JwtGrantOptions options, string federationRuleId, string organizationId, string serviceAccountId, string tokenFile, string? workspaceId = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(federationRuleId);
        ArgumentNullException.ThrowIfNull(organizationId);
        ArgumentNullException.ThrowIfNull(serviceAccountId);
        ArgumentNullException.ThrowIfNull(tokenFile);
        options.Use(
            Profile, (FederationRuleId, federationRuleId), (OrganizationId, organizationId), (ServiceAccountId, serviceAccountId), (WorkspaceId, workspaceId));
        options.Assertion.TokenFile = tokenFile;
    }

    private static bool HasToken(JwtGrantOptions options) => options is { Assertion: { TokenFile: not null } or { From: not null } or { FromRequest: true } } or { SigningKey.IsSet: true };

    private static string? FindPrefixProblem(string value, string prefix) => value.StartsWith(prefix, StringComparison.Ordinal) ? null : $"does not begin with {prefix}";
}
