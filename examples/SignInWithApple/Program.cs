using JwtGrantClient;
using SignInWithApple;

// A web back end that redeems the code that Sign in with Apple sends to its callback. Apple's client secret is a JWT (ES256) that the back end
// signs itself. The library caches it and reuses it for most of its lifetime. No secret is stored. The provider SignInWithApple has the rest of the settings.
await using var apple = await DemoAppleServer.StartAsync();

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Services.AddJwtGrantClient("apple", options =>
{
    options.UseSignInWithApple(DemoAppleServer.ServicesId, DemoAppleServer.TeamId, DemoAppleServer.KeyId, apple.KeyFile);

    // For the demo server only: its addresses in place of those of Apple.
    options.TokenEndpoint = apple.TokenEndpoint;
    options.RevocationEndpoint = apple.RevocationEndpoint;
    options.ClientAssertion.Audience = apple.Audience;
    options.AllowLoopbackHttp = true;
});

var app = builder.Build();
app.MapPost("/callback", async (HttpRequest request, [FromKeyedServices("apple")] ITokenEndpoint endpoint, CancellationToken cancellationToken) =>
{
    var form = await request.ReadFormAsync(cancellationToken);
    try
    {
        var response = await endpoint.RequestAsync(Grant.AuthorizationCode(form["code"].ToString(), DemoAppleServer.RedirectUri), cancellationToken);
        return Results.Text($"Signed in; {response}");
    }
    catch (JwtGrantException e) when (e.Error == "invalid_grant")
    {
        return Results.BadRequest("The code is unknown or already used. Sign in again.");
    }
});
await app.StartAsync();

return await Browser.SignInAsync(new Uri(app.Urls.Single()), apple);
