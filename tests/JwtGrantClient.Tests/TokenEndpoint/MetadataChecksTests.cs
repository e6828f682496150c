using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>A setting that the server's metadata excludes is reported before a request is sent.</summary>
public sealed class MetadataChecksTests
{
    private static readonly ClientCapabilities Client = new(["private_key_jwt"], () => "RS256", "ES256");

    public static TheoryData<string, string, string> Contradictions => new()
    {
        {
            """ "grant_types_supported":["authorization_code","refresh_token"] """, "grant_not_supported",
            "The client uses the grant client_credentials, but 'https://as.example.com' supports authorization_code, refresh_token according to its metadata. Choose another Grant."
        },
        {
            """ "token_endpoint_auth_methods_supported":["client_secret_basic","none"] """, "authentication_not_supported",
            "The client authenticates by private_key_jwt, but 'https://as.example.com' accepts client_secret_basic, none according to its metadata. Choose another ClientAuthentication."
        },
        {
            """ "token_endpoint_auth_signing_alg_values_supported":["PS256","ES256"] """, "algorithm_not_accepted",
            "The client's key signs RS256, but 'https://as.example.com' accepts PS256, ES256 according to its metadata."
        },
        {
            """ "dpop_signing_alg_values_supported":["PS256"] """, "algorithm_not_accepted",
            "The client's DPoP key signs ES256, but 'https://as.example.com' accepts PS256 according to its metadata."
        },
    };

    [Theory]
    [MemberData(nameof(Contradictions))]
    public void A_setting_that_the_metadata_excludes_is_reported_with_both_lists(string member, string code, string message)
    {
        var error = Assert.Throws<JwtGrantException>(() => MetadataChecks.EnsureSupported(Metadata(member), Client, "client_credentials"));

        Assert.Equal((JwtGrantErrorKind.Configuration, code), (error.Kind, error.Code));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.EndsWith("set TokenEndpoint: then metadata is not fetched.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(""" "grant_types_supported":["client_credentials"],"token_endpoint_auth_methods_supported":["none","private_key_jwt"] """)]
    [InlineData(""" "token_endpoint_auth_signing_alg_values_supported":["RS256"],"dpop_signing_alg_values_supported":["ES256"] """)]
    [InlineData(""" "grant_types_supported":[],"token_endpoint_auth_methods_supported":null """)]
    [InlineData(""" "other":1 """)]
    public void Settings_are_accepted_if_the_metadata_lists_them_or_has_no_list(string member) =>
        MetadataChecks.EnsureSupported(Metadata(member), Client, "client_credentials");

    [Theory]
    [InlineData("self_signed_tls_client_auth")]
    [InlineData("tls_client_auth")]
    public void Either_name_of_mutual_TLS_is_accepted(string name) => MetadataChecks.EnsureSupported(
        Metadata($""" "token_endpoint_auth_methods_supported":["{name}"] """), new(new MutualTls("c").MetadataNames), grantType: null);

    [Theory]
    [InlineData("urn:ietf:params:oauth:client-assertion-type:jwt-spiffe", "spiffe_jwt")]
    [InlineData("urn:ietf:params:oauth:client-assertion-type:jwt-spiffe", "private_key_jwt")]
    [InlineData("urn:example:client-assertion-type:other", "client_secret_basic")]
    [InlineData("urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "private_key_jwt")]
    public void The_type_of_a_token_in_a_file_decides_the_name_of_the_method(string type, string name) => MetadataChecks.EnsureSupported(
        Metadata($""" "token_endpoint_auth_methods_supported":["{name}"] """), new(Method(type).MetadataNames), grantType: null);

    [Fact]
    public void A_JWT_SVID_is_named_in_the_error() => Assert.StartsWith(
        "The client authenticates by spiffe_jwt or private_key_jwt, but",
        Assert.Throws<JwtGrantException>(() => MetadataChecks.EnsureSupported(
            Metadata(""" "token_endpoint_auth_methods_supported":["none"] """), new(Method("urn:ietf:params:oauth:client-assertion-type:jwt-spiffe").MetadataNames), grantType: null)).Message,
        StringComparison.Ordinal);

    [Fact]
    public async Task No_token_request_is_sent_if_the_metadata_does_not_list_the_grant()
    {
        await using var site = await MetadataSite.StartAsync("");
        site.Metadata = Reply.Json(200, $$"""
            {"issuer":"{{site.Client.Issuer}}","token_endpoint":"{{site.Client.Issuer}}/token","grant_types_supported":["client_credentials"]}
            """);

        var error = await site.Client.FailAsync();

        Assert.Equal("grant_not_supported", error.Code);
        Assert.All(site.Requests, line => Assert.StartsWith("GET ", line, StringComparison.Ordinal));
    }

    private static PrivateKeyJwt Method(string type) => new((_, _) => throw new InvalidOperationException(), "c") { AssertionType = type };

    private static ServerMetadata Metadata(string member) => ServerMetadata.Read(
        Answer.Create(200, $$"""{"issuer":"{{TestData.Issuer}}","token_endpoint":"{{TestData.TokenEndpoint}}",{{member}}}"""),
        TestData.Issuer, "https://as.example.com/.well-known/oauth-authorization-server", allowLoopbackHttp: false);
}
