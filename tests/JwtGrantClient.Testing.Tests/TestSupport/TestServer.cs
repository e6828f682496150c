using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Testing.Tests.TestSupport;

/// <summary>A server in memory with a fake clock and one registered client.</summary>
internal sealed class TestServer
{
    private TestServer(FakeTimeProvider clock, StrictAuthorizationServerOptions options, ClientRegistration client)
    {
        Clock = clock;
        Server = StrictAuthorizationServer.CreateInMemory(options);
        Server.RegisterClient(client);
    }

    public FakeTimeProvider Clock { get; }

    public StrictAuthorizationServer Server { get; }

    public RecordedRequest LastRequest => Server.Requests[^1];

    public static TestServer Start(Func<TimeProvider, StrictAuthorizationServerOptions>? options = null, ClientRegistration? client = null)
    {
        var clock = new FakeTimeProvider(TestData.StartTime);
        return new(clock, options?.Invoke(clock) ?? new() { TimeProvider = clock }, client ?? CreateClient());
    }

    public static ClientRegistration CreateClient(string id = TestData.ClientId) =>
        new() { Id = id, PublicKeyPem = TestData.RsaKey.ExportSubjectPublicKeyInfoPem(), KeyId = TestData.KeyId };

    /// <summary>Presents the assertion in a token request that is otherwise valid.</summary>
    public Task<TestResponse> PresentAsync(string assertion, AssertionRole role) => role == AssertionRole.Grant
        ? PostAsync([("grant_type", TestData.JwtBearer), ("assertion", assertion)])
        : PostAsync([("grant_type", "client_credentials"), .. ClientAssertion(assertion)]);

    public Task<TestResponse> PresentAsync(JwtBuilder assertion, AssertionRole role = AssertionRole.Grant) => PresentAsync(assertion.Compact(), role);

    public static (string, string)[] ClientAssertion(string assertion) =>
        [("client_assertion_type", TestData.ClientAssertionType), ("client_assertion", assertion)];

    public static (string, string)[] ClientAssertion() => ClientAssertion(new JwtBuilder().Compact());

    public Task<TestResponse> PostAsync(params (string Name, string Value)[] fields) =>
        PostAsync(new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))));

    /// <summary>Sends the form with additional headers.</summary>
    public Task<TestResponse> PostWithAsync((string Name, string Value)[] headers, params (string Name, string Value)[] fields) =>
        PostAsync(new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))), headers);

    public async Task<TestResponse> PostAsync(HttpContent content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Server.TokenEndpoint) { Content = content };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await SendAsync(request);
    }

    public async Task<TestResponse> SendAsync(HttpRequestMessage request)
    {
        using var http = new HttpClient(Server.CreateHandler());
        var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new(response.StatusCode, body, response, LastRequest.Refusal);
    }

    public Task<TestResponse> GetAsync(string url) => SendAsync(new(HttpMethod.Get, url));
}
