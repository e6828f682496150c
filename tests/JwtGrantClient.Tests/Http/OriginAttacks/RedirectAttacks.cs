using System.Net;
using static JwtGrantClient.Tests.Http.OriginAttacks.AttackLab;

namespace JwtGrantClient.Tests.Http.OriginAttacks;

/// <summary>The API sends the client to another server.</summary>
internal static class RedirectAttacks
{
    public static IEnumerable<(string Name, Func<AttackLab, Task> Run)> All =>
    [
        .. new[] { 300, 301, 302, 303, 307, 308 }.Select(status => ($"a {status} redirect", (Func<AttackLab, Task>)(lab => FollowAsync(lab, $"{lab.Other}/x", status)))),
        ("a redirect with a user name that looks like the API", lab => FollowAsync(lab, lab.Other.Replace("://", $"://{new Uri(lab.Api).Authority.Replace(':', '.')}@", StringComparison.Ordinal))),
        ("a redirect without scheme", lab => FollowAsync(lab, $"//{new Uri(lab.Other).Authority}/x")),
        ("a redirect to the decimal form of the address", lab => FollowAsync(lab, $"http://2130706433:{new Uri(lab.Other).Port}/x")),
        ("a redirect to the other server by the name localhost", lab => FollowAsync(lab, $"http://localhost:{new Uri(lab.Other).Port}/x")),
        ("a redirect within the API and then to another server", async lab =>
        {
            lab.OnApi = (http, number) => Redirect(http, number == 1 ? "/next" : $"{lab.Other}/x");
            await lab.GetAsync("reports");
        }),
        ("a redirect to another server and back", async lab =>
        {
            lab.OnApi = (http, number) => number == 1 ? Redirect(http, $"{lab.Other}/x") : 200;
            lab.OnOther = http => Redirect(http, $"{lab.Api}/back");
            await lab.GetAsync("reports");
        }),
        ("a redirect of a POST with a body", async lab =>
        {
            lab.OnApi = (http, _) => Redirect(http, $"{lab.Other}/x");
            await SendAsync(lab.CreateClient(), new(HttpMethod.Post, "reports") { Content = new StringContent("body") });
        }),
        ("a redirect to a server that responds 401", async lab =>
        {
            lab.OnOther = Challenge;
            await FollowAsync(lab, $"{lab.Other}/x");
        }),
        ("a redirect to a server that responds 503", async lab =>
        {
            lab.OnOther = _ => 503;
            await FollowAsync(lab, $"{lab.Other}/x");
        }),
        ("a redirect after a 401", async lab =>
        {
            lab.OnApi = (http, number) => number == 1 ? Challenge(http) : Redirect(http, $"{lab.Other}/x");
            lab.OnOther = Challenge;
            var http = lab.CreateClient();
            await SendAsync(http, new(HttpMethod.Get, "reports"));
            await SendAsync(http, new(HttpMethod.Get, "reports"));
        }),
        ("a redirect after a 503", async lab =>
        {
            lab.OnApi = (http, number) => number == 1 ? 503 : Redirect(http, $"{lab.Other}/x");
            lab.OnOther = _ => 503;
            await lab.GetAsync("reports");
        }),
        ("a redirect that a handler before ours follows", async lab =>
        {
            lab.Primary = NoRedirects;
            lab.Before = () => ApplicationHandler.FollowingRedirects(clone: false);
            await FollowAsync(lab, $"{lab.Other}/x");
        }),
        ("a redirect that a handler before ours follows with a clone", async lab =>
        {
            lab.Primary = NoRedirects;
            lab.Before = () => ApplicationHandler.FollowingRedirects(clone: true);
            await FollowAsync(lab, $"{lab.Other}/x");
        }),
        ("a redirect that a handler after ours follows with the header", async lab =>
        {
            lab.Primary = NoRedirects;
            lab.After = () => ApplicationHandler.FollowingRedirects(clone: false);
            await FollowAsync(lab, $"{lab.Other}/x");
        }),
        ("a redirect that a handler after ours follows with a clone", async lab =>
        {
            lab.Primary = NoRedirects;
            lab.After = () => ApplicationHandler.FollowingRedirects(clone: true);
            await FollowAsync(lab, $"{lab.Other}/x");
        }),
        ("a redirect that a handler after ours follows with a clone without options", async lab =>
        {
            lab.Primary = NoRedirects;
            lab.After = () => ApplicationHandler.FollowingRedirects(clone: true, withOptions: false);
            await FollowAsync(lab, $"{lab.Other}/x");
        }),
        ("a redirect of a message that is sent again by another handler", async lab =>
        {
            lab.OnApi = (http, _) => Redirect(http, $"{lab.Other}/x");
            using var provider = lab.Build();
            var handlers = Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.GetRequiredService<IHttpMessageHandlerFactory>(provider);
            lab.CreateClient();
            using var first = new HttpMessageInvoker(handlers.CreateHandler("api"), disposeHandler: false);
            using var second = new HttpMessageInvoker(handlers.CreateHandler("api"), disposeHandler: false);
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{lab.Api}/reports");
            await SendAsync(first, request);
            await SendAsync(second, request);
            await SendAsync(second, request);
        }),
        ("the headers Alt-Svc, Refresh, Content-Location and Link", async lab =>
        {
            lab.OnApi = (http, _) =>
            {
                http.Response.Headers.AltSvc = $"h2=\"{new Uri(lab.Other).Authority}\"";
                http.Response.Headers["Refresh"] = $"0; url={lab.Other}/x";
                http.Response.Headers.ContentLocation = $"{lab.Other}/x";
                http.Response.Headers.Link = $"<{lab.Other}/x>; rel=next";
                return 200;
            };
            var http = lab.CreateClient();
            await SendAsync(http, new(HttpMethod.Get, "reports"));
            await SendAsync(http, new(HttpMethod.Get, "reports"));
        }),
        ("a challenge that names another resource server", async lab =>
        {
            lab.OnApi = (http, _) =>
            {
                http.Response.Headers.WWWAuthenticate = $"Bearer error=\"invalid_token\", resource_metadata=\"{lab.Other}/x\", authorization_uri=\"{lab.Other}/x\"";
                http.Response.Headers.Location = $"{lab.Other}/x";
                return 401;
            };
            var http = lab.CreateClient();
            await SendAsync(http, new(HttpMethod.Get, "reports"));
            await SendAsync(http, new(HttpMethod.Get, "reports"));
        }),
    ];

    private static SocketsHttpHandler NoRedirects() => new() { AllowAutoRedirect = false, UseProxy = false };

    private static Task FollowAsync(AttackLab lab, string location, int status = 307)
    {
        lab.OnApi = (http, _) => Redirect(http, location, status);
        return lab.GetAsync("reports");
    }
}
