using System.Net;
using System.Security.Cryptography;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>
/// What an exchange allocates beyond the same POST by HttpClient's own types and one bare signature, over a transport in memory, where all runs on one
/// thread. Measured: 2,232 bytes, more than half of them the assertion's own string. Bytes do not drift with the machine's mood, times do.
/// </summary>
public sealed class AllocatingForAnExchange
{
    private const int Rounds = 200, Bound = 2400;

    [Fact]
    public async Task Stays_within_its_bound_above_a_bare_post_and_a_bare_signature()
    {
        await using var tokens = JwtGrantTokenSource.Create(Options(), tokenEndpointHandler: new InMemory());
        using var bare = new BarePost(await tokens.Assertions.GetAssertionAsync(TestContext.Current.CancellationToken));
        var grant = Grant.ClientCredentials();

        var exchange = Each(() => tokens.Endpoint.RequestAsync(grant));
        var floor = Each(bare.SendAsync);

        Assert.InRange(exchange - floor, 0, Bound);
    }

    private static JwtGrantOptions Options()
    {
        var options = SomeClient.Options();
        options.Issuer = TestData.Issuer;
        options.Grant = GrantType.ClientCredentials;
        options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt;
        return options;
    }

    private static long Each(Func<Task> act)
    {
        for (var i = 0; i < Rounds; i++)
            Assert.True(act().IsCompletedSuccessfully, "It did not answer at once.");
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Rounds; i++)
            Assert.True(act().IsCompletedSuccessfully, "It did not answer at once.");
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;
    }

    /// <summary>Takes the request's body in and answers at once, as a transport does.</summary>
    private sealed class InMemory : HttpMessageHandler
    {
        private static readonly byte[] Body = """{"access_token":"abc","token_type":"Bearer","expires_in":3600}"""u8.ToArray();

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Assert.True(request.Content!.CopyToAsync(Stream.Null, cancellationToken).IsCompletedSuccessfully);
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request, Content = new ByteArrayContent(Body) });
        }
    }

    private sealed class BarePost(Assertion assertion) : IDisposable
    {
        private readonly HttpMessageInvoker _http = new(new InMemory());
        private readonly RSA _rsa = RSA.Create(2048);
        private readonly byte[] _input = new byte[300];

        public async Task SendAsync()
        {
            _rsa.SignData(_input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            using var request = new HttpRequestMessage(HttpMethod.Post, TestData.TokenEndpoint)
            {
                Content = new FormUrlEncodedContent(
                    [new("grant_type", "client_credentials"), new("client_assertion_type", assertion.Type), new("client_assertion", assertion.Value)]),
            };
            using var response = await _http.SendAsync(request, CancellationToken.None);
            Assert.NotEmpty(await response.Content.ReadAsByteArrayAsync());
        }

        public void Dispose()
        {
            _http.Dispose();
            _rsa.Dispose();
        }
    }
}
