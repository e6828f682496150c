using JwtGrantClient.Setup;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Setup;

/// <summary>Each problem names the setting, its value and the fix. The texts are those that a user reads.</summary>
public sealed class OptionsChecksTests
{
    /// <summary>One invalid change of valid settings, and the problem that is reported.</summary>
    private static readonly Dictionary<string, (Action<JwtGrantOptions> Change, string Problem)> Cases = new()
    {
        ["neither issuer nor endpoint"] = (
            o => o.TokenEndpoint = null,
            "Issuer and TokenEndpoint are both missing. Set Issuer to the authorization server's issuer identifier, or TokenEndpoint to its address."),
        ["issuer without a scheme"] = (
            o => o.Issuer = "as.example.com",
            "Issuer: 'as.example.com' is not an absolute URL; expected something like https://as.example.com."),
        ["issuer empty"] = (
            o => o.Issuer = "",
            "Issuer is empty. Set it to a value, or remove it."),
        ["issuer over http"] = (
            o => o.Issuer = "http://as.example.com",
            "Issuer: 'http://as.example.com' has the scheme 'http'; assertions and tokens are sent over https only (RFC 6749 section 3.2)."),
        ["issuer with a query"] = (
            o => o.Issuer = "https://as.example.com/?tenant=1",
            "Issuer: 'https://as.example.com/?tenant=1' has a query; an issuer identifier has no query (RFC 8414 section 2). Remove everything from ?."),
        ["issuer with a fragment"] = (
            o => o.Issuer = "https://as.example.com/#a",
            "Issuer: 'https://as.example.com/#a' has a fragment; remove everything from # (RFC 6749 section 3.2)."),
        ["endpoint on this machine without the opt-in"] = (
            o => (o.TokenEndpoint, o.AllowLoopbackHttp) = ("http://127.0.0.1:5000/token", false),
            "TokenEndpoint: 'http://127.0.0.1:5000/token' is http; use https, or set AllowLoopbackHttp to true for a server on this machine."),
        ["endpoint with a fragment"] = (
            o => o.TokenEndpoint = "https://as.example.com/token#x",
            "TokenEndpoint: 'https://as.example.com/token#x' has a fragment; remove everything from # (RFC 6749 section 3.2)."),
        ["endpoint with a password"] = (
            o => o.TokenEndpoint = "https://me:secret@as.example.com/token",
            "TokenEndpoint: has a user name or password before its host 'as.example.com'; remove it."),
        ["revocation endpoint over http"] = (
            o => o.RevocationEndpoint = "http://as.example.com/revoke",
            "RevocationEndpoint: 'http://as.example.com/revoke' has the scheme 'http'; assertions and tokens are sent over https only (RFC 6749 section 3.2)."),
        ["origin with a path"] = (
            o => o.TokenEndpointOrigins.Add("https://as.example.com/tenant"),
            "TokenEndpointOrigins: 'https://as.example.com/tenant' has a path or a query; an origin consists of scheme, host and port. Remove the path and the query."),
        ["origin over http"] = (
            o => o.TokenEndpointOrigins.Add("http://as.example.com"),
            "TokenEndpointOrigins: 'http://as.example.com' has the scheme 'http'; assertions and tokens are sent over https only (RFC 6749 section 3.2)."),
        ["endpoint outside of the origins"] = (
            o => o.TokenEndpointOrigins.Add("https://as.example.com:8443"),
            "TokenEndpoint: 'https://as.example.com/token' has an origin that TokenEndpointOrigins does not contain. Add the origin, or correct TokenEndpoint."),
        ["revocation endpoint outside of the origins"] = (
            o => (o.TokenEndpointOrigins, o.RevocationEndpoint) = (["https://as.example.com"], "https://other.example.com/revoke"),
            "RevocationEndpoint: 'https://other.example.com/revoke' has an origin that TokenEndpointOrigins does not contain. Add the origin, or correct RevocationEndpoint."),
        ["SAML without a provider"] = (
            o => o.Grant = GrantType.Saml2Bearer,
            "Grant is Saml2Bearer, but no provider of its assertions is configured. Call UseGrantAssertion, set Assertion:From or Assertion:FromRequest, or add the package JwtGrantClient.Saml and call UseSamlAssertion."),
        ["exchange without a subject token"] = (
            o => o.Grant = GrantType.TokenExchange,
            "TokenExchange:SubjectTokenFile is missing; it contains the token to exchange (RFC 8693 section 2.1). Set SubjectTokenFile, SubjectTokenFrom or SubjectTokenFromRequest, or call UseSubjectToken."),
        ["exchange with another grant"] = (
            o => o.TokenExchange.Audience.Add("files"),
            "TokenExchange is set, but Grant is JwtBearer. Set Grant to TokenExchange, or remove the section."),
        ["secret that is not sent"] = (
            o => o.ClientSecret = "s",
            "ClientSecret is set, but ClientAuthentication is None, which does not send a secret. Remove the secret, or set ClientAuthentication to ClientSecretBasic or ClientSecretPost."),
        ["no secret"] = (
            o => o.ClientAuthentication = ClientAuthenticationMethod.ClientSecretBasic,
            "ClientSecret: There is no client secret. Set ClientSecret, ClientSecretEnvironmentVariable or ClientSecretFile. Consider ClientAuthentication PrivateKeyJwt, which needs no secret."),
        ["two secret sources"] = (
            o => (o.ClientAuthentication, o.ClientSecret, o.ClientSecretFile) = (ClientAuthenticationMethod.ClientSecretPost, "s", "f"),
            "ClientSecret: There is more than one of ClientSecret, ClientSecretEnvironmentVariable and ClientSecretFile; keep the one that contains the secret."),
        ["secret variable that is not set"] = (
            o => (o.ClientAuthentication, o.ClientSecretEnvironmentVariable) = (ClientAuthenticationMethod.ClientSecretPost, "JWTGRANT_NOT_SET"),
            "ClientSecret: The environment variable 'JWTGRANT_NOT_SET' is not set. ClientSecretEnvironmentVariable names the variable that contains the client's secret; set the variable, or correct the name."),
        ["missing secret file"] = (
            o => (o.ClientAuthentication, o.ClientSecretFile) = (ClientAuthenticationMethod.ClientSecretPost, "/nowhere/secret"),
            "ClientSecretFile: the file '/nowhere/secret' does not exist. Correct the path, or create the file with the secret."),
        ["mutual TLS without a certificate"] = (
            o => o.ClientAuthentication = ClientAuthenticationMethod.MutualTls,
            "ClientCertificate is missing; MutualTls authenticates the client with it (RFC 8705 section 2). Set ClientCertificate:Path, or call UseClientCertificate."),
        ["secret without a client id"] = (
            o => (o.ClientAuthentication, o.ClientSecret, o.ClientId, o.Assertion.Issuer) = (ClientAuthenticationMethod.ClientSecretPost, "s", null, "i"),
            "ClientId is missing; ClientSecretPost identifies the client by it. Set ClientId to the id that is registered at the server."),
        ["certificate file without a path"] = (
            o => o.ClientCertificate = new() { KeyPath = "tls.key" },
            "ClientCertificate has no Path. Set Path to the PEM or PKCS#12 file with the certificate."),
        ["certificate's password file without a path"] = (
            o => o.ClientCertificate = new() { PasswordFile = "password" },
            "ClientCertificate has no Path. Set Path to the PEM or PKCS#12 file with the certificate."),
        ["trusted certificates empty"] = (o => o.TrustedCertificates = "", "TrustedCertificates is empty. Set it to a value, or remove it."),
        ["trusted certificates missing"] = (
            o => o.TrustedCertificates = "/nowhere/ca.pem",
            "TrustedCertificates: the file '/nowhere/ca.pem' cannot be read: Could not find a part of the path '/nowhere/ca.pem'. Expected certificates of CAs, as PEM or DER. Correct the path or the permissions."),
        ["DPoP key without DPoP"] = (
            o => o.DPoP.SigningKey.Text = TestData.RsaPrivatePem,
            "DPoP:SigningKey is set, but DPoP:Enabled is false. Set Enabled to true, or remove the key."),
        ["DPoP key that is invalid"] = (
            o => (o.DPoP.Enabled, o.DPoP.SigningKey.Text) = (true, "{}"),
            "DPoP:SigningKey: " + Assert.Throws<JwtGrantException>(() => TestSigner.Load(new() { Text = "{}" })).Message),
        ["SAML as client assertion"] = (
            o => (o.ClientAuthentication, o.Issuer, o.ClientAssertion.TokenFile, o.ClientAssertion.AssertionType) = (
                ClientAuthenticationMethod.PrivateKeyJwt, TestData.Issuer, "t", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"),
            "ClientAssertion:AssertionType: SAML assertions must not be used for client authentication (RFC 10070, which updates RFC 7522), because their audience rules allow use at another server. Use a JWT. As a grant, SAML is allowed (Grant: Saml2Bearer)."),
        ["unknown grant"] = (o => o.Grant = (GrantType)9, "Grant: 9 is not a grant type. Use one of JwtBearer, ClientCredentials, TokenExchange, Saml2Bearer, SelfSigned."),
        ["unknown authentication method"] = (
            o => o.ClientAuthentication = (ClientAuthenticationMethod)9,
            "ClientAuthentication: 9 is not an authentication method. Use one of None, PrivateKeyJwt, ClientSecretBasic, ClientSecretPost, JwtAsClientSecret, MutualTls."),
        ["client credentials without authentication"] = (
            o => o.Grant = GrantType.ClientCredentials,
            "ClientAuthentication is None, but the client_credentials grant requires client authentication (RFC 6749 section 4.4). Set ClientAuthentication to PrivateKeyJwt."),
        ["no client id for the assertion"] = (
            o => o.ClientId = null,
            "ClientId is missing; it is the issuer of the grant assertion. Set ClientId or Assertion:Issuer."),
        ["no client id for authentication"] = (
            o => (o.ClientId, o.ClientAuthentication, o.Issuer) = (null, ClientAuthenticationMethod.PrivateKeyJwt, TestData.Issuer),
            "ClientId is missing; PrivateKeyJwt uses it as issuer and subject of the client assertion (RFC 7523 section 3). Set ClientId to the id that is registered at the server."),
        ["client id empty"] = (o => o.ClientId = "", "ClientId is empty. Set it to a value, or remove it."),
        ["key id empty"] = (o => o.SigningKey.KeyId = "", "SigningKey:KeyId is empty. Set it to a value, or remove it."),
        ["assertion issuer empty"] = (o => o.Assertion.Issuer = "", "Assertion:Issuer is empty. Set it to a value, or remove it."),
        ["subject empty"] = (o => o.Assertion.Subject = "", "Assertion:Subject is empty. Set it to a value, or remove it."),
        ["audience empty"] = (o => o.Assertion.Audience = "", "Assertion:Audience is empty. Set it to a value, or remove it."),
        ["client audience empty"] = (
            o => o.ClientAssertion.Audience = "", "ClientAssertion:Audience is empty. Set it to a value, or remove it."),
        ["client type empty"] = (o => o.ClientAssertion.Type = "", "ClientAssertion:Type is empty. Set it to a value, or remove it."),
        ["client key id empty"] = (
            o => o.ClientAssertion.SigningKey = new() { Text = TestData.RsaPrivatePem, KeyId = "" },
            "ClientAssertion:SigningKey:KeyId is empty. Set it to a value, or remove it."),
        ["no audience for authentication"] = (
            o => o.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt,
            "ClientAssertion:Audience is missing, and there is no Issuer to use instead. Set Issuer, which is the audience according to RFC 10070. If the server expects another value, set ClientAssertion:Audience."),
        ["no key"] = (
            o => o.SigningKey = new(),
            "SigningKey: No signing key is set. Set SigningKey:Path to a key file, or one of Text, EnvironmentVariable and Certificate."),
        ["two key sources"] = (
            o => o.SigningKey.Path = "batch.pem",
            "SigningKey: SigningKey has Path and Text; keep only the setting that contains the key."),
        ["no key file"] = (
            o => o.SigningKey = new() { Path = "/nowhere/batch.pem" },
            "SigningKey: The key file '/nowhere/batch.pem' does not exist (full path: '/nowhere/batch.pem'). Create the file, or correct SigningKey:Path."),
        ["invalid key that is not needed"] = (
            o =>
            {
                (o.Grant, o.ClientAuthentication, o.Issuer) = (GrantType.ClientCredentials, ClientAuthenticationMethod.PrivateKeyJwt, TestData.Issuer);
                (o.ClientAssertion.SigningKey, o.SigningKey) = (o.SigningKey, new() { Path = "/nowhere/batch.pem" });
            },
            "SigningKey: The key file '/nowhere/batch.pem' does not exist (full path: '/nowhere/batch.pem'). Create the file, or correct SigningKey:Path."),
        ["invalid client key"] = (
            o =>
            {
                (o.ClientAuthentication, o.Issuer) = (ClientAuthenticationMethod.PrivateKeyJwt, TestData.Issuer);
                o.ClientAssertion.SigningKey = new() { Text = TestData.RsaPrivatePem, Algorithm = "none" };
            },
            "ClientAssertion:SigningKey: The signing algorithm 'none' is refused: an unsigned assertion proves nothing (RFC 8725 section 3.2). " +
            "Choose one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, ML-DSA-44, ML-DSA-65, ML-DSA-87."),
        ["lifetime zero"] = (o => o.Assertion.Lifetime = TimeSpan.Zero, "Assertion:Lifetime is 00:00:00; the minimum is 00:00:01."),
        ["lifetime of 16 minutes"] = (
            o => o.Assertion.Lifetime = TimeSpan.FromMinutes(16),
            "Assertion:Lifetime is 00:16:00; the maximum is 00:15:00, or 01:00:00 with AllowLongLifetime set to true."),
        ["lifetime of two hours"] = (
            o => (o.Assertion.Lifetime, o.Assertion.AllowLongLifetime) = (TimeSpan.FromHours(2), true),
            "Assertion:Lifetime is 02:00:00; the maximum is 01:00:00, with AllowLongLifetime."),
        ["client lifetime in fractions"] = (
            o => o.ClientAssertion.Lifetime = TimeSpan.FromMilliseconds(1500),
            "ClientAssertion:Lifetime is 00:00:01.5000000; the lifetime of an assertion is in whole seconds (RFC 7519 section 2)."),
        ["registered claim"] = (
            o => o.Assertion.Claims["aud"] = "x",
            "Assertion:Claims: 'aud' is written by the library; use its own setting instead."),
        ["claim of an unsupported type"] = (
            o => o.Assertion.Claims["x"] = 1.5m,
            "Assertion:Claims: 'x' has the type System.Decimal; a claim is a string, a bool, an int, a long, a finite double, a JsonElement or a sequence of strings."),
        ["scope empty"] = (o => o.Scope = "", "Scope: '' is empty; leave it out to request the server's default scope."),
        ["scope with two spaces"] = (
            o => o.Scope = "a  b",
            "Scope: 'a  b' starts or ends with a space or has two spaces in a row; scope values are separated by exactly one space (RFC 6749 section 3.3)."),
        ["resource with a fragment"] = (
            o => o.Resource = ["https://api.example.com/#x"],
            "Resource: 'https://api.example.com/#x' has a fragment; remove everything from # (RFC 8707 section 2)."),
        ["resource that is a path"] = (o => o.Resource = ["/api"], "Resource: '/api' is not an absolute URI (RFC 8707 section 2)."),
        ["protocol field as a parameter"] = (
            o => o.Parameters["assertion"] = "x",
            "Parameters: 'assertion' is a field of the protocol; use its own setting instead."),
        ["header without a name"] = (o => o.Headers[""] = "x", "Headers: '' is not the name of a header (RFC 9110 section 5.1)."),
        ["header with a space"] = (o => o.Headers["X Tenant"] = "x", "Headers: 'X Tenant' is not the name of a header (RFC 9110 section 5.1)."),
        ["header of client authentication"] = (o => o.Headers["authorization"] = "Basic x", "Headers: 'authorization' is set by the library; set ClientAuthentication instead."),
        ["header of the proof"] = (o => o.Headers["DPoP"] = "x", "Headers: 'DPoP' is set by the library; set DPoP:Enabled instead."),
        ["header of the software"] = (o => o.Headers["User-Agent"] = "x", "Headers: 'User-Agent' is set by the library; set UserAgent instead."),
        ["header of the content"] = (o => o.Headers["Content-Type"] = "x", "Headers: 'Content-Type' is one of the headers that HTTP itself needs; remove it."),
        ["header of the routing"] = (o => o.Headers["Host"] = "x", "Headers: 'Host' is one of the headers that HTTP itself needs; remove it."),
        ["header with a line break"] = (o => o.Headers["X-Tenant"] = "a\r\nb", "Headers: the value of 'X-Tenant' is empty, longer than 8192 characters, or has characters that are not printable ASCII."),
        ["parameter without a name"] = (o => o.Parameters[""] = "x", "Parameters: has an empty name."),
        ["refresh too early"] = (
            o => o.Refresh.EarliestFraction = 0.05,
            "Refresh: EarliestFraction is 0.05 and LatestFraction is 0.8; expected 0.1 <= EarliestFraction <= LatestFraction <= 0.95."),
        ["refresh fractions in the wrong order"] = (
            o => o.Refresh.EarliestFraction = 0.9,
            "Refresh: EarliestFraction is 0.9 and LatestFraction is 0.8; expected 0.1 <= EarliestFraction <= LatestFraction <= 0.95."),
        ["refresh fraction not a number"] = (
            o => o.Refresh.LatestFraction = double.NaN,
            "Refresh: EarliestFraction is 0.5 and LatestFraction is NaN; expected 0.1 <= EarliestFraction <= LatestFraction <= 0.95."),
        ["expiry margin too long"] = (
            o => o.Refresh.ExpiryMargin = TimeSpan.FromMinutes(6),
            "Refresh:ExpiryMargin is 00:06:00; expected 00:00:00 to 00:05:00."),
        ["total timeout shorter than one attempt"] = (
            o => (o.Retry.AttemptTimeout, o.Retry.TotalTimeout) = (TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(10)),
            "Retry:TotalTimeout is 00:00:10; expected 00:00:20 to 00:10:00."),
        ["backoff delays in the wrong order"] = (
            o => o.Backoff.MaxDelay = TimeSpan.FromSeconds(4),
            "Backoff:MaxDelay is 00:00:04; expected 00:00:05 to 01:00:00."),
        ["too many retries"] = (o => o.Retry.MaxRetryAttempts = 11, "Retry:MaxRetryAttempts is 11; expected 0 to 10."),
        ["fraction not a number"] = (
            o => o.Refresh.MaxInvalidationFraction = double.NaN, "Refresh:MaxInvalidationFraction is NaN; expected 0 to 1."),
        ["cache without entries"] = (o => o.Cache.MaxEntries = 0, "Cache:MaxEntries is 0; expected 1 to 10000000."),
        ["default lifetime too long"] = (
            o => o.DefaultTokenLifetime = TimeSpan.FromDays(24),
            "DefaultTokenLifetime is 24.00:00:00; expected 00:00:01 to 1.00:00:00."),
        ["members too large"] = (o => o.MaxMembersSize = 1048577, "MaxMembersSize is 1048577; expected 0 to 1048576."),
        ["unknown default token type"] = (
            o => o.DefaultTokenType = "mac",
            "DefaultTokenType is 'mac'; expected Bearer or no value. With no value, a response without token_type is an error."),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void One_invalid_setting_is_reported_as_one_problem(string name)
    {
        var (change, problem) = Cases[name];
        var options = TestClient.Options();
        change(options);

        Assert.Equal([problem], OptionsChecks.Find(options, new()));
    }

    [Fact]
    public void Valid_settings_have_no_problem() => Assert.Empty(OptionsChecks.Find(TestClient.Options(), new()));

    [Fact]
    public void Settings_at_their_limits_are_valid()
    {
        var options = TestClient.Options();
        (options.Assertion.Lifetime, options.ClientAssertion.Lifetime) = (TimeSpan.FromMinutes(15), TimeSpan.FromHours(1));
        options.ClientAssertion.AllowLongLifetime = true;
        (options.Refresh.EarliestFraction, options.Refresh.LatestFraction, options.Refresh.ExpiryMargin) = (0.1, 0.95, TimeSpan.FromMinutes(5));
        (options.DefaultTokenLifetime, options.DefaultTokenType) = (TimeSpan.FromDays(1), "Bearer");

        Assert.Empty(OptionsChecks.Find(options, new()));
    }

    [Fact]
    public void Trusted_certificates_and_a_handler_in_code_exclude_each_other()
    {
        var options = TestClient.Options();
        options.TrustedCertificates = "/nowhere/ca.pem";
        var dependencies = new ClientDependencies();
        dependencies.TokenEndpointHandler.Use(new HttpClientHandler());

        Assert.Equal(
            ["TrustedCertificates is set, but the token endpoint handler is configured in code and decides itself which certificates it trusts. Configure the trust of that handler and remove TrustedCertificates, or remove the handler."],
            OptionsChecks.Find(options, dependencies));
    }

    [Fact]
    public void Settings_need_no_key_if_a_signer_is_configured_in_code()
    {
        var dependencies = new ClientDependencies();
        dependencies.Signer.Use(_ => throw new InvalidOperationException("The checks create no signer."));

        Assert.Empty(OptionsChecks.Find(new JwtGrantOptions { TokenEndpoint = TestData.TokenEndpoint, ClientId = TestData.ClientId }, dependencies));
    }

    [Fact]
    public void Settings_need_no_client_id_if_the_assertion_issuer_is_set()
    {
        var options = TestClient.Options();
        (options.ClientId, options.Assertion.Issuer) = (null, "someone");

        Assert.Empty(OptionsChecks.Find(options, new()));
    }
}
