using System.Security.Cryptography.X509Certificates;
using JwtGrantClient;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods for clients whose grant is a SAML 2.0 bearer assertion.</summary>
public static class JwtGrantSamlExtensions
{
    /// <summary>
    /// Sets the client's grant to a SAML 2.0 bearer assertion (RFC 7522 section 2.1) that the library creates and signs. Each attempt sends a
    /// new assertion.
    /// </summary>
    /// <remarks>
    /// The method sets <see cref="JwtGrantOptions.Grant"/> to <see cref="GrantType.Saml2Bearer"/>. If another party signs the assertion, set Grant
    /// and call UseGrantAssertion instead.
    /// </remarks>
    /// <param name="builder">The client.</param>
    /// <param name="certificate">
    /// Returns the certificate with its RSA private key of at least 2048 bits; called once. The container does not dispose the certificate.
    /// </param>
    /// <param name="configure">Sets the options of the assertion. <see cref="SamlAssertionOptions.Issuer"/> is required.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <example>
    /// <code>
    /// builder.Services
    ///     .AddJwtGrantClient("sap", builder.Configuration.GetSection("JwtGrant:Sap"))
    ///     .UseSamlAssertion(services => X509CertificateLoader.LoadPkcs12FromFile("keys/sap.p12", password: null), saml =>
    ///     {
    ///         saml.Issuer = "https://payroll.example.com";
    ///         saml.Audience = "www.successfactors.com";
    ///         saml.Attributes["api_key"] = ["payroll"];
    ///     });
    /// </code>
    /// </example>
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
            var loaded = certificate(services) ?? throw JwtGrantException.Configuration(
                "part_missing", "The function passed to UseSamlAssertion returned null. Return the certificate, or do not call UseSamlAssertion.");
            return new SamlAssertionFactory(options, loaded, services.GetService<TimeProvider>()).ProvideAsync;
        });
    }
}
