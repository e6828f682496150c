using System.Text;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.TokenEndpoint;

public sealed class ClientSecretTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("batch", "s3cret", "batch:s3cret")]
    [InlineData("a b", "+/=&%:", "a+b:%2B%2F%3D%26%25%3A")]
    [InlineData("https://client", "ü", "https%3A%2F%2Fclient:%C3%BC")]
    public async Task Client_secret_basic_form_encodes_id_and_secret_before_base64(string id, string secret, string credentials)
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Token);

        await RequestAsync(server, ClientAuthenticationMethod.ClientSecretBasic, options => (options.ClientId, options.ClientSecret) = (id, secret));

        var sent = Assert.Single(server.Requests);
        Assert.Equal("Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes(credentials)), sent.Headers["Authorization"]);
        Assert.Equal("grant_type=client_credentials", sent.Body);
    }

    [Fact]
    public async Task Client_secret_post_sends_id_and_secret_only_in_the_form()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Token);

        await RequestAsync(server, ClientAuthenticationMethod.ClientSecretPost, options => options.ClientSecret = "s3cret");

        var sent = Assert.Single(server.Requests);
        Assert.Equal($"grant_type=client_credentials&client_id={TestData.ClientId}&client_secret=s3cret", sent.Body);
        Assert.False(sent.Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task A_secret_file_is_read_for_each_attempt_and_its_line_end_is_ignored()
    {
        var path = _folder.Write("secret", "one\r\n");
        await using var server = await ScriptedServer.StartAsync(context =>
        {
            _folder.Write("secret", "two\n");
            return Reply.Status(503, ("Retry-After", "0"))(context);
        }, Reply.Token);

        await RequestAsync(server, ClientAuthenticationMethod.ClientSecretPost, options => options.ClientSecretFile = path);

        Assert.Equal(["one", "two"], server.Requests.Select(sent => sent.Form["client_secret"].Single()));
    }

    [Theory]
    [InlineData("gone", "cannot be read")]
    [InlineData("empty", "is empty")]
    public async Task A_secret_file_that_is_missing_or_empty_is_reported_with_its_path(string fault, string expected)
    {
        var path = _folder.Write("secret", "one");
        await using var server = await ScriptedServer.StartAsync(Reply.Token);
        await using var client = Client(server, ClientAuthenticationMethod.ClientSecretBasic, options => options.ClientSecretFile = path);
        if (fault == "gone")
            File.Delete(path);
        else
            _folder.Write("secret", "\n");

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.GetTokenAsync(TestContext.Current.CancellationToken).AsTask());

        Assert.Equal("client_secret_missing", error.Code);
        Assert.Contains($"The file '{path}' of ClientSecretFile {expected}", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, server.Calls);
    }

    private static async Task RequestAsync(ScriptedServer server, ClientAuthenticationMethod method, Action<JwtGrantOptions> configure)
    {
        await using var client = Client(server, method, configure);
        Assert.Equal("abc", (await client.GetTokenAsync(TestContext.Current.CancellationToken)).Value);
    }

    private static JwtGrantTokenSource Client(ScriptedServer server, ClientAuthenticationMethod method, Action<JwtGrantOptions> configure)
    {
        var options = new JwtGrantOptions
        {
            TokenEndpoint = server.TokenEndpoint, ClientId = TestData.ClientId, Grant = GrantType.ClientCredentials, ClientAuthentication = method,
            AllowLoopbackHttp = true,
        };
        configure(options);
        return JwtGrantTokenSource.Create(options);
    }
}
