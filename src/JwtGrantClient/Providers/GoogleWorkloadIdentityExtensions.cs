using System.Text.Json;
using JwtGrantClient.Credentials;
using JwtGrantClient.Protocol;
using JwtGrantClient.Settings;
using JwtGrantClient.Sources;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient;

/// <summary>
/// The provider <c>GoogleWorkloadIdentity</c>: access tokens for Google APIs with a token of another platform (workload identity federation), directly or as a
/// service account.
/// </summary>
public static class GoogleWorkloadIdentityExtensions
{
    private const string FederationPage = "https://cloud.google.com/iam/docs/workload-identity-federation-with-other-providers";
    private const string StsPage = "https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token";
    private const string CloudPlatform = "https://www.googleapis.com/auth/cloud-platform";
    private const string WrongTokenType = "The token is not of the type in TokenExchange:SubjectTokenType. For OpenID Connect providers it is urn:ietf:params:oauth:token-type:jwt.";
    private const string WorkloadIdentityProvider = "WorkloadIdentityProvider", ServiceAccount = "ServiceAccount", CredentialFile = "CredentialFile";

    internal static ProviderProfile Profile { get; } = new("GoogleWorkloadIdentity", "Google", "docs/providers/google-workload-identity.md")
    {
        SetDefaults = options =>
        {
            options.Grant = GrantType.TokenExchange;
            options.SendClientId = false;
            options.Scope = CloudPlatform;
            options.TokenExchange.RequestedTokenType = TokenTypes.AccessToken;
        },
        Values =
        [
            new(WorkloadIdentityProvider, "the provider of the workload identity pool, projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER, from IAM & Admin > Workload Identity Federation; not needed with CredentialFile")
            {
                IsRequired = false, FindProblem = FindProviderProblem,
            },
            new(ServiceAccount, "the email address of the service account that the tokens are for; without it they are for the federated identity itself")
            {
                IsRequired = false,
                FindProblem = email => email.Contains('@', StringComparison.Ordinal) && !email.AsSpan().ContainsAny("/? ") ? null : "is not the email address of a service account",
            },
            new(CredentialFile, "the path of the file that gcloud iam workload-identity-pools create-cred-config writes (type external_account)") { IsRequired = false },
        ],
        Derive = Derive,
        FindProblems = FindProblems,
        DeclareRequest = DeclareRequest,
        Errors =
        [
            new("invalid_target", null, "There is no such provider of a workload identity pool, or it is disabled. Check WorkloadIdentityProvider, which has the number of the project and not its ID."),
            new("invalid_grant", "audience", "The aud of the token is not one that the provider of the pool accepts. Request the token for https://iam.googleapis.com/ and WorkloadIdentityProvider, or add its audience to the allowed audiences of the provider."),
            new("invalid_grant", "stale", "The token has expired, has no iat or exp, or was issued in the future. Check that the platform replaces the file, and the clocks of both.") { IsAboutTimes = true },
            new("invalid_grant", "expired", "The token has expired. Check that the platform replaces the file, and the clocks.") { IsAboutTimes = true },
            new("invalid_grant", "signature", "The signature of the token does not fit the keys of its issuer. If a JWKS was uploaded to the provider of the pool, upload that of the issuer again; send the token unchanged."),
            new("invalid_grant", "connecting", "Google cannot read the keys of the issuer, or they do not contain the kid of the token (below). The issuer must be public: check its /.well-known/openid-configuration. If it is not, upload its current JWKS to the provider of the pool."),
            new("invalid_grant", "issuer", "The iss of the token is not the issuer of the provider of the pool. Compare both, exactly, with or without the slash at the end."),
            new("unauthorized_client", "attribute condition", "The attribute condition of the provider of the pool rejects the token. Compare its claims with the condition."),
            new("invalid_request", "subjectTokenType", WrongTokenType),
            new("invalid_request", "subject_token_type", WrongTokenType),
            new(null, "iam.serviceAccounts.getAccessToken", "The federated identity may not act as the service account. Give the principal of the pool the role roles/iam.workloadIdentityUser on ServiceAccount."),
            new(null, "has not been used in project", "The IAM Service Account Credentials API is not enabled. Enable iamcredentials.googleapis.com in the project."),
            new("NOT_FOUND", null, "There is no service account with this email address. Check ServiceAccount."),
            new("PERMISSION_DENIED", null, "The federated identity may not act as the service account. Give the principal of the pool the role roles/iam.workloadIdentityUser on ServiceAccount, and enable the IAM Service Account Credentials API."),
            new("INVALID_ARGUMENT", null, "Google does not accept the scope or the lifetime. Set Scope to OAuth scopes of Google APIs."),
        ],
    };

    /// <summary>Gets what the documentation says about the defaults.</summary>
    internal static IReadOnlyList<ProviderDefault> Defaults =>
    [
        new("TokenEndpoint", "The Security Token Service.", StsPage),
        new("Grant", "The token of the platform is exchanged for a federated token.", FederationPage),
        new("SendClientId", "There is no client authentication.", StsPage),
        new("Scope", "The widest scope; the roles of the identity limit what it may do.", StsPage),
        new("TokenExchange:RequestedTokenType", "Required by the Security Token Service.", StsPage),
    ];

    /// <summary>
    /// Sets the defaults for access tokens of Google APIs with a token of another platform that is in a file (workload identity federation). Call it before other
    /// settings are set.
    /// </summary>
    /// <param name="options">The options.</param>
    /// <param name="workloadIdentityProvider">The provider of the pool: projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER.</param>
    /// <param name="tokenFile">The path of the file with the token, which the platform replaces.</param>
    /// <param name="serviceAccount">The email address of the service account that the tokens are for. Default: null, the federated identity itself.</param>
    /// <exception cref="ArgumentNullException">An argument that is not optional is null.</exception>
    public static void UseGoogleWorkloadIdentity(this JwtGrantOptions options, string workloadIdentityProvider, string tokenFile, string? serviceAccount = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(workloadIdentityProvider);
        ArgumentNullException.ThrowIfNull(tokenFile);
        options.Use(Profile, (WorkloadIdentityProvider, workloadIdentityProvider), (ServiceAccount, serviceAccount));
        options.TokenExchange.SubjectTokenFile = tokenFile;
    }

    /// <summary>Sets the defaults as a credential configuration file of Google describes them (type external_account). Call it before other settings are set.</summary>
    /// <param name="options">The options.</param>
    /// <param name="credentialFile">The path of the file that <c>gcloud iam workload-identity-pools create-cred-config</c> writes.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static void UseGoogleCredentialFile(this JwtGrantOptions options, string credentialFile)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(credentialFile);
        options.Use(Profile, (CredentialFile, credentialFile));
    }

    private static void Derive(JwtGrantOptions options, ProviderValues values)
    {
        var file = ReadFile(values, out _);
        options.TokenEndpoint ??= file?.TokenUrl ?? "https://sts.googleapis.com/v1/token";
        options.TokenExchange.SubjectTokenType ??= file?.SubjectTokenType;
        if (options.TokenExchange is { SubjectTokenFile: null, SubjectTokenFrom: null, SubjectTokenFromRequest: false })
            (options.TokenExchange.SubjectTokenFile, options.TokenExchange.SubjectTokenMember, options.TokenExchange.SubjectTokenUrl) = (file?.TokenFile, file?.TokenMember, file?.Platform);
        if (options.TokenExchange.Audience.Count == 0 && (values[WorkloadIdentityProvider] is { } provider ? $"//iam.googleapis.com/{provider}" : file?.Audience) is { } audience)
            options.TokenExchange.Audience.Add(audience);
    }

    private static DeclaredRequest? DeclareRequest(JwtGrantOptions options, ProviderValues values)
    {
        var file = ReadFile(values, out _);
        var url = values[ServiceAccount] is { } account ? $"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{account}:generateAccessToken" : file?.ImpersonationUrl;
        var lifetime = file?.LifetimeSeconds ?? 3600;
        return url is null ? null : new(url, "accessToken", "expireTime")
        {
            ScopeMember = "scope",
            EarlierScope = CloudPlatform,
            WriteMembers = writer => writer.WriteString("lifetime", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{lifetime}s")),
        };
    }

    private static IEnumerable<string> FindProblems(JwtGrantOptions options, ProviderValues values)
    {
        if (ReadFile(values, out var problem) is { } file)
        {
            if (file is { TokenFile: null, Platform: null } && options.TokenExchange is { SubjectTokenFile: null, SubjectTokenFrom: null, SubjectTokenFromRequest: false })
                yield return "CredentialFile has a credential_source that is neither a file nor a URL, such as a command or AWS. Let the platform write the token to a file and set TokenExchange:SubjectTokenFile, or call UseSubjectToken.";
            if (values[WorkloadIdentityProvider] is not null)
                yield return "WorkloadIdentityProvider is set, and CredentialFile has the provider, too. Remove one of them.";
        }
        else if (problem is not null)
            yield return $"CredentialFile: {problem}";
        else if (options.TokenExchange.Audience.Count == 0)
            yield return "WorkloadIdentityProvider is missing; it is the provider of the workload identity pool, projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER. Set it, or CredentialFile. See docs/providers/google-workload-identity.md.";
    }

    private static string? FindProviderProblem(string provider) =>
        provider.StartsWith("//", StringComparison.Ordinal) || provider.Contains("://", StringComparison.Ordinal) ? "begins with a host; expected projects/NUMBER/locations/..."
        : provider.Split('/') is not ["projects", var number, "locations", "global", "workloadIdentityPools", { Length: > 0 }, "providers", { Length: > 0 }] ? "is not the full name of a provider"
        : !number.All(char.IsAsciiDigit) ? "has the ID of the project; expected its number"
        : null;

    // A file of somebody else could name other servers for the token, so only those of Google are accepted.
    private static ExternalAccount? ReadFile(ProviderValues values, out string? problem)
    {
        problem = null;
        if (values[CredentialFile] is not { } path)
            return null;
        try
        {
            var bytes = Credentials.CredentialFile.Read(path, unreadable => JwtGrantException.Configuration("credential_file_unreadable", unreadable.Describe("credential", "CredentialFile", "CredentialFile")));
            using var json = JsonObjectReader.TryParse(bytes, out var reason);
            problem = json is null ? $"the file {reason}. Write it again with gcloud."
                : json.RootElement.Text("type") is not "external_account" ? "the file is not of the type external_account. For the key of a service account, use the provider GoogleServiceAccount."
                : null;
            return problem is null ? Read(json!.RootElement, out problem) : null;
        }
        catch (JwtGrantException e)
        {
            problem = e.Message;
            return null;
        }
    }

    private static ExternalAccount? Read(JsonElement json, out string? problem)
    {
        json.TryGetProperty("credential_source", out var source);
        var member = FormatOf(source) is { } format && format.Text("type") == "json" ? format.Text("subject_token_field_name") ?? "" : null;
        var account = new ExternalAccount(json.Text("audience"), json.Text("subject_token_type"), json.Text("token_url"), json.Text("service_account_impersonation_url"))
        {
            TokenFile = source.ValueKind == JsonValueKind.Object ? source.Text("file") : null,
            TokenMember = member,
            Platform = ReadPlatform(source, member),
            LifetimeSeconds = json.TryGetProperty("service_account_impersonation", out var impersonation) && impersonation.ValueKind == JsonValueKind.Object
                && impersonation.TryGetProperty("token_lifetime_seconds", out var seconds) && seconds.TryGetInt32(out var lifetime) ? lifetime : null,
        };
        problem = account.Audience is null ? "the file has no audience. Write it again with gcloud."
            : !IsOfGoogle(account.TokenUrl) ? "token_url is not an https URL of googleapis.com. Use a file that gcloud has written."
            : account.ImpersonationUrl is not null && !IsOfGoogle(account.ImpersonationUrl) ? "service_account_impersonation_url is not an https URL of googleapis.com. Use a file that gcloud has written."
            : account.TokenMember is "" ? "credential_source has the format json, and no subject_token_field_name. Write it again with gcloud, with --credential-source-field-name."
            : account.Platform is { } platform && !SubjectTokenUrl.IsAllowed(platform.Address) ? "the url of credential_source is neither an https URL nor one of this machine or of its metadata service (169.254.169.254). Use a file that gcloud has written."
            : null;
        return problem is null ? account : null;
    }

    // AWS, which has an environment_id, signs a request instead.
    private static SubjectTokenUrl? ReadPlatform(JsonElement source, string? member)
    {
        if (source.ValueKind != JsonValueKind.Object || source.TryGetProperty("environment_id", out _) || !Uri.TryCreate(source.Text("url"), UriKind.Absolute, out var address))
            return null;
        List<KeyValuePair<string, string>> headers = [];
        if (source.TryGetProperty("headers", out var names) && names.ValueKind == JsonValueKind.Object)
            foreach (var header in names.EnumerateObject())
                if (header.Value.Text() is { } value)
                    headers.Add(new(header.Name, value));
        return new(address, headers, member);
    }

    private static JsonElement? FormatOf(JsonElement source) =>
        source.ValueKind == JsonValueKind.Object && source.TryGetProperty("format", out var format) && format.ValueKind == JsonValueKind.Object ? format : null;

    private static bool IsOfGoogle(string? url) =>
        url is null || (Uri.TryCreate(url, UriKind.Absolute, out var address) && address is { Scheme: "https", IsDefaultPort: true, UserInfo: "" }
            && address.Host.EndsWith(".googleapis.com", StringComparison.OrdinalIgnoreCase));

    private sealed record ExternalAccount(string? Audience, string? SubjectTokenType, string? TokenUrl, string? ImpersonationUrl)
    {
        public string? TokenFile { get; init; }

        public string? TokenMember { get; init; }

        public SubjectTokenUrl? Platform { get; init; }

        public int? LifetimeSeconds { get; init; }
    }
}
