using System.Reflection;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using JwtGrantClient.Providers;
using JwtGrantClient.Setup;
using JwtGrantClient.TokenEndpoint;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Configuration;

namespace JwtGrantClient.Tests.Conventions.Documentation;

/// <summary>
/// Binds the settings that documents show, and validates them as a host does at its start. Keys, certificates and secrets that a sample names are
/// replaced by those of the tests. What a sample gets in code stands in a comment directly above it: <c>&lt;!-- in code: UseSigner --&gt;</c>.
/// </summary>
internal static class SettingsSamples
{
    private const string Root = "JwtGrant", InCode = "in code:";

    private static readonly string[] KeyPlaces = ["Path", "Text", "EnvironmentVariable"];

    /// <summary>Returns the blocks that show settings.</summary>
    public static IEnumerable<FencedBlock> Find(IEnumerable<FencedBlock> blocks) =>
        blocks.Where(block => block.Language is "json" && block.Text.Contains(Root, StringComparison.Ordinal));

    /// <summary>Returns what is wrong with a block: it does not parse, has unknown settings, or its settings are refused.</summary>
    public static IEnumerable<string> Problems(FencedBlock block)
    {
        List<IConfigurationSection> clients;
        try
        {
            clients = [.. Parse(block.Text).GetSection(Root).GetChildren()];
        }
        catch (Exception error) when (error is FormatException or JsonException)
        {
            return [$"{block.Path}:{block.Line} {error.Message}"];
        }
        return clients.Count == 0
            ? [$"{block.Path}:{block.Line} has no client below {Root}."]
            : clients.SelectMany(client => Problems(client, clients, block.Above)).Select(problem => $"{block.Path}:{block.Line} {problem}");
    }

    /// <summary>Parses a block as appsettings.json is parsed.</summary>
    public static IConfigurationRoot Parse(string json) =>
        new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();

    /// <summary>
    /// Returns the paths of all settings, such as <c>Refresh:ExpiryMargin</c>. Lists and dictionaries have one, and so has a section of the same type
    /// as an earlier one.
    /// </summary>
    public static IEnumerable<string> AllPaths() => PathsBelow(typeof(JwtGrantOptions), "", []);

    /// <summary>Returns the value of a setting; null for one below a section that is not set.</summary>
    public static object? ValueOf(JwtGrantOptions options, string path) =>
        path.Split(':').Aggregate((object?)options, (value, key) => value?.GetType().GetProperty(key)!.GetValue(value));

    /// <summary>Returns whether a setting of a type is a section with settings of its own.</summary>
    public static bool IsSection(Type type) => type.Assembly == typeof(JwtGrantOptions).Assembly && !type.IsEnum;

    private static IEnumerable<string> Problems(IConfigurationSection client, IReadOnlyList<IConfigurationSection> all, HiddenComment? above)
    {
        var options = Bind(client);
        ReplaceKey(options.SigningKey, options.Provider);
        ReplaceKey(options.ClientAssertion.SigningKey);
        ReplaceKey(options.DPoP.SigningKey);
        if (options.ClientSecretFile is not null || options.ClientSecretEnvironmentVariable is not null)
            (options.ClientSecret, options.ClientSecretFile, options.ClientSecretEnvironmentVariable) = ("secret", null, null);
        var dependencies = new ClientDependencies { Clients = DirectoryOf(all) };
        var given = above?.Text.Trim() is { } text && text.StartsWith(InCode, StringComparison.Ordinal) ? text[InCode.Length..].Split(',') : [];
        foreach (var method in given)
            Give(method.Trim(), options, dependencies);
        if (options.ClientCertificate is { Path: not null })
        {
            options.ClientCertificate = null;
            dependencies.ClientCertificate.Use(ClientCertificate.From(SelfSigned()));
        }
        if (options.TrustedCertificates is { Length: > 0 })
            options.TrustedCertificates = null;
        return OptionsChecks.Find(options, dependencies, client.Key.ToLowerInvariant());
    }

    // The name of a client in a sample is that of its section in lower case.
    private static ClientDirectory DirectoryOf(IReadOnlyList<IConfigurationSection> clients) => new(
        clients.Select(client => client.Key.ToLowerInvariant()),
        name => clients.FirstOrDefault(client => client.Key.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } section
            ? new(Bind(section), new ClientDependencies { Clients = DirectoryOf(clients) })
            : null,
        _ => throw new NotSupportedException());

    private static JwtGrantOptions Bind(IConfigurationSection client)
    {
        var options = new JwtGrantOptions();
        OptionsBinding.Bind(client, options);
        return options;
    }

    // The kind of key follows the algorithm; what needs a certificate is left out.
    private static void ReplaceKey(SigningKeyOptions? key, string? provider = null)
    {
        if (key is null || KeyPlaces.Count(place => typeof(SigningKeyOptions).GetProperty(place)!.GetValue(key) is not null) + (key.Certificate is null ? 0 : 1) != 1)
            return;
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (key.Path, key.EnvironmentVariable, key.Certificate) = (null, null, null);
        key.Text = key.Algorithm is "ES256" || (provider is not null && ProviderCatalog.Find(provider)?.Algorithms is ["ES256"]) ? ec.ExportPkcs8PrivateKeyPem()
            : provider is "GoogleServiceAccount" or "GoogleSelfSigned"
                ? JsonSerializer.Serialize(new { type = "service_account", private_key = TestData.RsaPrivatePem, client_email = "batch@project.iam.gserviceaccount.com" })
            : provider is "Box" ? JsonSerializer.Serialize(new
            {
                boxAppSettings = new { clientID = "box-client", clientSecret = "box-secret", appAuth = new { publicKeyID = "a1b2c3d4", privateKey = TestData.RsaPrivatePem } }, enterpriseID = "42",
            })
            : TestData.RsaPrivatePem;
        (key.Password, key.PasswordEnvironmentVariable, key.PasswordFile) = (null, null, null);
        (key.KeyIdFrom, key.X5t, key.X5tS256, key.X5c, key.X5cRoot) = (KeyIdSource.Key, false, false, false, false);
        // The provider requires a name of the certificate.
        if (provider is "Maskinporten" || provider?.StartsWith("EntraId", StringComparison.Ordinal) == true)
            key.KeyId = "thumbprint";
    }

    private static void Give(string method, JwtGrantOptions options, ClientDependencies dependencies)
    {
        AssertionProvider provider = (_, _) => throw new NotSupportedException();
        switch (method)
        {
            case "UseSigner":
                dependencies.Signer.Use(JwtSigner.Remote("RS256", null, (_, _) => throw new NotSupportedException()));
                break;
            case "UseClientAssertion":
                dependencies.ClientAssertion.Use(provider);
                break;
            case "UseSubjectToken":
                dependencies.SubjectToken.Use(provider);
                break;
            case "UseSamlAssertion":
                options.Grant = GrantType.Saml2Bearer;
                dependencies.GrantAssertion.Use(provider);
                break;
            case "UseGrantAssertion":
                dependencies.GrantAssertion.Use(provider);
                break;
            case "UseClientCertificate":
                dependencies.ClientCertificate.Use(ClientCertificate.From(SelfSigned()));
                break;
            default:
                throw new NotSupportedException($"The comment '{InCode} {method}' is not known. Add it to {nameof(SettingsSamples)}.");
        }
    }

    private static X509Certificate2 SelfSigned() =>
        new CertificateRequest("CN=sample", TestData.RsaKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(TestData.Moment, TestData.Moment.AddDays(1));

    private static IEnumerable<string> PathsBelow(Type section, string prefix, HashSet<Type> seen)
    {
        foreach (var setting in section.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var type = Nullable.GetUnderlyingType(setting.PropertyType) ?? setting.PropertyType;
            foreach (var path in IsSection(type) && seen.Add(type) ? PathsBelow(type, $"{prefix}{setting.Name}:", seen) : [$"{prefix}{setting.Name}"])
                yield return path;
        }
    }
}
