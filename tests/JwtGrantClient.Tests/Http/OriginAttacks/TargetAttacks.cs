using Microsoft.Extensions.DependencyInjection;
using static JwtGrantClient.Tests.Http.OriginAttacks.AttackLab;

namespace JwtGrantClient.Tests.Http.OriginAttacks;

/// <summary>A request is addressed to another server, or its address is changed.</summary>
internal static class TargetAttacks
{
    public static IEnumerable<(string Name, Func<AttackLab, Task> Run)> All =>
    [
        ("an absolute URI in a client for relative ones", lab => lab.GetAsync($"{lab.Other}/x")),
        ("a URI without scheme in a client for relative ones", lab => lab.GetAsync($"//{new Uri(lab.Other).Authority}/x")),
        ("a URI with a slash and a backslash", lab => lab.GetAsync($"/\\{new Uri(lab.Other).Authority}/x")),
        ("a URI whose user name is the host of the API", lab => lab.GetAsync($"http://127.0.0.1@{new Uri(lab.Other).Authority}/x")),
        ("another port", lab => lab.GetAsync($"http://127.0.0.1:{new Uri(lab.Other).Port}/x")),
        ("the name localhost instead of the address", lab => lab.GetAsync($"http://localhost:{new Uri(lab.Other).Port}/x")),
        .. new[]
        {
            "https://api.example.com:444/", "http://api.example.com/", "http://api.example.com:443/", "https://api.example.com./", "https://example.com/",
            "https://api.example.com.evil.example/", "https://api.example.com@evil.example/", "https://evil.example/?https://api.example.com/",
            "https://evil.example#api.example.com", "https://\u0430pi.example.com/", "https://api.ex\u00e4mple.com/",
            "https://xn--pi-7kc.example.com/", "https://api.example.com\u3002evil.example/", "wss://api.example.com/",
            "ftp://api.example.com/", "https://[::1]/", "http://127.0.0.1/", "https://API.EXAMPLE.COM:8443/",
        }.Select(target => ($"the URI {target}", (Func<AttackLab, Task>)(lab => Stubbed(lab).GetAsync(target)))),
        ("a client without a base address", async lab =>
        {
            lab.Configure = _ => { };
            await lab.GetAsync($"{lab.Other}/x");
        }),
        ("a base address that is set after the client was created", async lab =>
        {
            var http = lab.CreateClient();
            http.BaseAddress = new(lab.Other);
            await SendAsync(http, new(HttpMethod.Get, "x"));
        }),
        ("a base address that another client was created with", async lab =>
        {
            var address = lab.Api;
            lab.Configure = http => http.BaseAddress = new(address);
            var factory = lab.Build().GetRequiredService<IHttpClientFactory>();
            var first = factory.CreateClient("api");
            address = "http://127.0.0.1:9";
            factory.CreateClient("api");
            address = lab.Other;
            factory.CreateClient("api");
            await SendAsync(first, new(HttpMethod.Get, $"{lab.Other}/x"));
        }),
        ("a URI that is changed while the token is acquired", async lab =>
        {
            var issued = new TaskCompletionSource();
            lab.TokenEndpoint.DelayResponseUntil = issued.Task;
            using var request = new HttpRequestMessage(HttpMethod.Get, "reports");
            async Task SendReportsAsync() => await SendAsync(lab.CreateClient(), request);
            var call = SendReportsAsync();
            request.RequestUri = new($"{lab.Other}/x");
            issued.SetResult();
            await call;
        }),
        ("a URI that a handler before ours changes", lab => ChangedAsync(lab, before: true)),
        ("a URI that a handler after ours changes", lab => ChangedAsync(lab, before: false)),
        ("a clone with another URI by a handler after ours", async lab =>
        {
            lab.After = () => new ApplicationHandler((request, next) => next(ApplicationHandler.Clone(request, new($"{lab.Other}/x"))));
            await lab.GetAsync("reports");
        }),
        ("a clone without options by a handler after ours", async lab =>
        {
            lab.After = () => new ApplicationHandler((request, next) => next(ApplicationHandler.Clone(request, new($"{lab.Other}/x"), withOptions: false)));
            await lab.GetAsync("reports");
        }),
        ("the token in another spelling of the header", async lab =>
        {
            lab.After = () => ApplicationHandler.Changing(request =>
            {
                request.Headers.Authorization = new("bearer", request.Headers.Authorization!.Parameter);
                request.RequestUri = new($"{lab.Other}/x");
            });
            await lab.GetAsync("reports");
        }),
        ("the token in another header", async lab =>
        {
            lab.After = () => ApplicationHandler.Changing(request =>
            {
                request.Headers.Add("X-Forwarded-Authorization", request.Headers.Authorization!.ToString());
                request.Headers.Authorization = null;
                request.RequestUri = new($"{lab.Other}/x");
            });
            await lab.GetAsync("reports");
        }),
        ("a clone of a request that was sent", async lab =>
        {
            var http = lab.CreateClient();
            using var request = new HttpRequestMessage(HttpMethod.Get, "reports");
            await SendAsync(http, request);
            using var plain = new HttpClient();
            await SendAsync(plain, ApplicationHandler.Clone(request, new($"{lab.Other}/x")));
            await SendAsync(http, ApplicationHandler.Clone(request, new($"{lab.Other}/x")));
        }),
        ("a clone of the request of a response", async lab =>
        {
            using var response = await lab.CreateClient().GetAsync("reports", TestContext.Current.CancellationToken);
            using var plain = new HttpClient();
            await SendAsync(plain, ApplicationHandler.Clone(response.RequestMessage!, new($"{lab.Other}/x")));
        }),
        ("a Host header", lab => SendWithHostAsync(lab, "evil.example")),
        ("a Host header with another port", lab => SendWithHostAsync(lab, "api.example.com:8443")),
        ("a Host header with a user name", lab => SendWithHostAsync(lab, "api.example.com@evil.example")),
        ("a Host header that a handler after ours adds", async lab =>
        {
            lab.After = () => ApplicationHandler.Changing(request => request.Headers.Host = "evil.example");
            await Stubbed(lab).GetAsync("reports");
        }),
        ("a token request for another resource", async lab =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{lab.Other}/x");
            request.SetTokenRequest(new TokenRequest { Resource = [lab.Other] });
            await SendAsync(lab.CreateClient(), request);
        }),
        ("a second token handler with other origins", async lab =>
        {
            var http = lab.Build(builder => builder.AddJwtGrantToken("reports", options => options.AllowedOrigins = [lab.Other]))
                .GetRequiredService<IHttpClientFactory>().CreateClient("api");
            await SendAsync(http, new(HttpMethod.Get, $"{lab.Other}/x"));
        }),
        ("a handler after ours that sends to both servers", async lab =>
        {
            lab.After = () => new ApplicationHandler(async (request, next) =>
            {
                using var response = await next(request);
                request.RequestUri = new($"{lab.Other}/x");
                return await next(request);
            });
            await lab.GetAsync("reports");
        }),
    ];

    private static Task ChangedAsync(AttackLab lab, bool before)
    {
        DelegatingHandler Create() => ApplicationHandler.Changing(request => request.RequestUri = new($"{lab.Other}/x"));
        if (before)
            lab.Before = Create;
        else
            lab.After = Create;
        return lab.GetAsync("reports");
    }

    private static async Task SendWithHostAsync(AttackLab lab, string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "reports");
        request.Headers.TryAddWithoutValidation("Host", host);
        await SendAsync(Stubbed(lab).CreateClient(), request);
    }

    private static AttackLab Stubbed(AttackLab lab)
    {
        lab.Configure = http => http.BaseAddress = new(StubApi);
        lab.Primary = lab.Stub;
        return lab;
    }
}
