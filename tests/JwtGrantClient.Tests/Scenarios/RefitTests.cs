using System.Net;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Refit;

namespace JwtGrantClient.Tests.Scenarios;

/// <summary>The statements of docs/refit.md about a Refit client.</summary>
public sealed class RefitTests : IDisposable
{
    private const int NextTokenAcquired = 3;

    private readonly FakeTokenEndpoint _endpoint = new();
    private readonly LogLines _log = new();
    private readonly List<string?> _authorization = [], _bodies = [];
    private readonly StubHandler _api;
    private Func<int, HttpResponseMessage> _respond = _ => ProtectedApi.Ok();

    public RefitTests() => _api = new StubHandler(async (request, cancellationToken) =>
    {
        _authorization.Add(request.Headers.Authorization?.ToString());
        _bodies.Add(request.Content is null ? null : await request.Content.ReadAsStringAsync(cancellationToken));
        return _respond(_authorization.Count);
    });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _api.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task A_request_of_a_Refit_client_carries_the_token()
    {
        _respond = _ => Json("""[{"id":7,"title":"March"}]""");
        await using var provider = Build();

        var reports = await provider.GetRequiredService<IReportsApi>().ListAsync(2, Cancellation);

        Assert.Equal(new Report(7, "March"), Assert.Single(reports));
        Assert.Equal(["Bearer token-1"], _authorization);
    }

    [Fact]
    public async Task A_GET_is_sent_again_after_a_401()
    {
        _respond = number => number == 1 ? ProtectedApi.Unauthorized("Bearer") : Json("[]");
        await using var provider = Build();
        await AcquireTokenAsync(provider);

        await provider.GetRequiredService<IReportsApi>().ListAsync(1, Cancellation);

        Assert.Equal(["Bearer token-1", "Bearer token-2"], _authorization);
    }

    [Fact]
    public async Task A_serialized_body_is_not_sent_again_after_a_401_and_later_calls_have_a_new_token()
    {
        _respond = number => number == 1 ? ProtectedApi.Unauthorized("Bearer") : ProtectedApi.Ok();
        await using var provider = Build();
        var api = provider.GetRequiredService<IReportsApi>();
        await AcquireTokenAsync(provider);

        var error = await Assert.ThrowsAsync<ApiException>(() => api.CreateAsync(new(7, "March"), Cancellation));
        await _log.WaitForEventAsync(NextTokenAcquired).WithTimeout();
        await api.CreateAsync(new(7, "March"), Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, error.StatusCode);
        Assert.Equal(["Bearer token-1", "Bearer token-2"], _authorization);
    }

    [Fact]
    public async Task A_body_of_text_is_sent_again_after_a_401()
    {
        _respond = number => number == 1 ? ProtectedApi.Unauthorized("Bearer") : ProtectedApi.Ok();
        await using var provider = Build();
        await AcquireTokenAsync(provider);

        await provider.GetRequiredService<IReportsApi>().CreateFromTextAsync("""{"id":7}""", Cancellation);

        Assert.Equal(["""{"id":7}""", """{"id":7}"""], _bodies);
        Assert.Equal(["Bearer token-1", "Bearer token-2"], _authorization);
    }

    [Fact]
    public async Task A_GET_that_requires_more_scope_is_sent_again_with_the_token_that_the_callback_requests()
    {
        _respond = number => number == 1
            ? ProtectedApi.Response(HttpStatusCode.Forbidden, """Bearer error="insufficient_scope", scope="reports.archive" """)
            : Json("[]");
        await using var provider = Build(handler => handler.OnChallenge = (challenge, _) => new(new TokenRequest(challenge.TokenRequest) { Scope = challenge.Scope }));

        await provider.GetRequiredService<IReportsApi>().ListAsync(1, Cancellation);

        Assert.Equal(["Bearer token-1", "Bearer token-2"], _authorization);
        Assert.Equal("reports.archive", _endpoint.Forms[^1]["scope"]);
    }

    [Fact]
    public async Task An_Authorization_header_of_the_interface_replaces_the_token()
    {
        _respond = _ => Json("[]");
        await using var provider = Build();
        var api = provider.GetRequiredService<IReportsApi>();

        await api.ListWithOwnHeaderAsync("Basic abc", Cancellation);
        await api.ListWithFixedHeaderAsync(Cancellation);

        Assert.Equal(["Basic abc", "Bearer"], _authorization);
        Assert.Equal(0, _endpoint.Requests);
    }

    [Fact]
    public async Task The_exception_of_the_library_is_the_inner_exception_if_there_is_no_token()
    {
        _endpoint.ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse("invalid_grant");
        await using var provider = Build();

        var error = await Assert.ThrowsAsync<ApiRequestException>(() => provider.GetRequiredService<IReportsApi>().ListAsync(1, Cancellation));

        Assert.Equal("invalid_grant", Assert.IsType<JwtGrantException>(error.InnerException).Error);
        Assert.Empty(_authorization);
    }

    private static async Task AcquireTokenAsync(ServiceProvider provider) =>
        await provider.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(Cancellation);

    private static HttpResponseMessage Json(string json) =>
        new(HttpStatusCode.OK) { Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json") };

    private ServiceProvider Build(Action<AccessTokenHandlerOptions>? configure = null)
    {
        var services = new ServiceCollection();
        // Other categories have events with the same ids.
        services.AddLogging(logging => logging.AddFilter((category, _) => category == "JwtGrantClient").AddProvider(_log));
        services.AddTestClient("reports", _endpoint);
        services
            .AddRefitGeneratedClient<IReportsApi>()
            .ConfigureHttpClient(http => http.BaseAddress = new Uri(ProtectedApi.Origin))
            .AddJwtGrantToken("reports", configure)
            .ConfigurePrimaryHttpMessageHandler(() => _api);
        return services.BuildServiceProvider();
    }
}

/// <summary>The API of docs/refit.md.</summary>
public interface IReportsApi
{
    [Get("/reports")]
    Task<IReadOnlyList<Report>> ListAsync(int page, CancellationToken cancellationToken);

    [Post("/reports")]
    Task CreateAsync([Body] Report report, CancellationToken cancellationToken);

    [Post("/reports")]
    Task CreateFromTextAsync([Body] string json, CancellationToken cancellationToken);

    [Get("/reports")]
    Task<IReadOnlyList<Report>> ListWithOwnHeaderAsync([Header("Authorization")] string authorization, CancellationToken cancellationToken);

    [Get("/reports"), Headers("Authorization: Bearer")]
    Task<IReadOnlyList<Report>> ListWithFixedHeaderAsync(CancellationToken cancellationToken);
}

/// <summary>A report.</summary>
public sealed record Report(int Id, string Title);
