using System.Security.Cryptography.X509Certificates;
using JwtGrantClient;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Lets a client ask for tokens by SAML 2.0 bearer assertions.</summary>
public static class JwtGrantSamlExtensions
{
    /// <summary>
    /// Makes a SAML 2.0 bearer assertion that the library builds and signs the client's grant (RFC 7522 section 2.1): Grant becomes
    /// Saml2Bearer. Each attempt has a fresh one. An assertion that somebody else makes is given by UseGrantAssertion instead.
    /// </summary>
    /// <param name="builder">The client.</param>
    /// <param name="certificate">Gives the certificate with its RSA private key, once. It stays the application's.</param>
    /// <param name="configure">Says what the assertion says; Issuer is required.</param>
    public static IJwtGrantClientBuilder UseSamlAssertion(
        this IJwtGrantClientBuilder builder, Func<IServiceProvider, X509Certificate2> certificate, Action<SamlAssertionOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.Configure<JwtGrantOptions>(builder.Name, options => options.Grant = GrantType.Saml2Bearer);
        return builder.UseGrantAssertion(services =>
        {
            var options = new SamlAssertionOptions();
            configure(options);
            var found = certificate(services) ?? throw JwtGrantException.Configuration(
                "part_missing", "The function given to UseSamlAssertion returned null. Return the certificate, or do not call " +
                "UseSamlAssertion.");
            return new SamlAssertionFactory(options, found, services.GetService<TimeProvider>()).ProvideAsync;
        });
    }
}
