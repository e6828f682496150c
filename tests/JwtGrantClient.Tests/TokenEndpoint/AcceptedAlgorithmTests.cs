using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>A key whose algorithm the server's metadata excludes is reported before an assertion is sent (RFC 8414 section 2).</summary>
public sealed class AcceptedAlgorithmTests
{
    [Fact]
    public async Task An_algorithm_that_the_metadata_does_not_list_is_an_error_with_both_lists()
    {
        await using var server = await LoopbackServer.StartAsync(MetadataWithAlgorithms("PS256", "ES256"));
        await using var client = Client(server);

        var error = await Assert.ThrowsAsync<JwtGrantException>(
            async () => await client.GetTokenAsync(TokenRequest.Default, TestContext.Current.CancellationToken));

        Assert.Equal((JwtGrantErrorKind.Configuration, "algorithm_not_accepted"), (error.Kind, error.Code));
        Assert.StartsWith($"The client's key signs RS256, but '{server.Address}' accepts PS256, ES256 according to its metadata.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData]
    public async Task An_algorithm_is_accepted_if_the_metadata_lists_it_or_lists_no_algorithms(params string[] accepted)
    {
        await using var server = await LoopbackServer.StartAsync(MetadataWithAlgorithms(accepted));
        await using var client = Client(server);

        Assert.Equal("t", (await client.GetTokenAsync(TokenRequest.Default, TestContext.Current.CancellationToken)).Value);
    }

    private static Microsoft.AspNetCore.Http.RequestDelegate MetadataWithAlgorithms(params string[] algorithms) => context =>
    {
        var issuer = $"http://{context.Request.Host}";
        var list = string.Join(',', algorithms.Select(name => $"\"{name}\""));
        context.Response.ContentType = "application/json";
        return context.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(context.Request.Method == "POST"
            ? """{"access_token":"t","token_type":"Bearer","expires_in":60}"""
            : $$"""{"issuer":"{{issuer}}","token_endpoint":"{{issuer}}/token","token_endpoint_auth_signing_alg_values_supported":[{{list}}]}""")).AsTask();
    };

    private static JwtGrantTokenSource Client(LoopbackServer server) => JwtGrantTokenSource.Create(new()
    {
        Issuer = server.Address,
        ClientId = TestData.ClientId,
        ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt,
        SigningKey = { Text = TestData.RsaPrivatePem },
        AllowLoopbackHttp = true,
    });
}
