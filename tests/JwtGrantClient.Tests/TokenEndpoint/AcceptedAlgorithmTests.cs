using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>A key that the server's metadata rules out is told of before an assertion is sent (C03).</summary>
public sealed class AcceptedAlgorithmTests
{
    [Fact]
    public async Task A_key_whose_algorithm_is_not_listed_fails_with_both_lists()
    {
        await using var site = await LoopbackServer.StartAsync(MetadataThatAccepts("PS256", "ES256"));
        await using var client = Client(site);

        var error = await Assert.ThrowsAsync<JwtGrantException>(
            async () => await client.GetTokenAsync(TokenRequest.Default, TestContext.Current.CancellationToken));

        Assert.Equal((JwtGrantErrorKind.Configuration, "algorithm_not_accepted"), (error.Kind, error.Code));
        Assert.StartsWith($"The client's key signs RS256, but '{site.Address}' accepts PS256, ES256 by its metadata.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData]
    public async Task A_listed_algorithm_passes_and_so_does_any_where_nothing_is_listed(params string[] accepted)
    {
        await using var site = await LoopbackServer.StartAsync(MetadataThatAccepts(accepted));
        await using var client = Client(site);

        Assert.Equal("t", (await client.GetTokenAsync(TokenRequest.Default, TestContext.Current.CancellationToken)).Value);
    }

    private static Microsoft.AspNetCore.Http.RequestDelegate MetadataThatAccepts(params string[] algorithms) => context =>
    {
        var issuer = $"http://{context.Request.Host}";
        var list = string.Join(',', algorithms.Select(name => $"\"{name}\""));
        context.Response.ContentType = "application/json";
        return context.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(context.Request.Method == "POST"
            ? """{"access_token":"t","token_type":"Bearer","expires_in":60}"""
            : $$"""{"issuer":"{{issuer}}","token_endpoint":"{{issuer}}/token","token_endpoint_auth_signing_alg_values_supported":[{{list}}]}""")).AsTask();
    };

    private static JwtGrantTokenSource Client(LoopbackServer site) => JwtGrantTokenSource.Create(new()
    {
        Issuer = site.Address,
        ClientId = TestData.ClientId,
        ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt,
        SigningKey = { Text = TestData.RsaPrivatePem },
        AllowLoopbackHttp = true,
    });
}
