using JwtGrantClient;
using SignInWithApple;

// A web back end that redeems the code that Sign in with Apple sends to its callback. Apple's client secret is a JWT (ES256) that the back end
// signs itself. The library caches it and reuses it for most of its lifetime. No secret is stored.
await using var apple = await DemoAppleServer.StartAsync();

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Services.AddJwtGrantClient("apple", options =>
{
    options.TokenEndpoint = apple.TokenEndpoint;                    // https://appleid.apple.com/auth/token
    options.ClientId = DemoAppleServer.ServicesId;                  // the Services ID
    options.ClientAuthentication = ClientAuthenticationMethod.JwtAsClientSecret;
    options.ClientAssertion.Issuer = DemoAppleServer.TeamId;        // the Team ID
    options.ClientAssertion.Audience = apple.Audience;              // https://appleid.apple.com
    options.ClientAssertion.Lifetime = TimeSpan.FromDays(30);       // at most six months
    options.SigningKey.Text = apple.PrivateKey;                     // AuthKey_XXXXXXXXXX.p8
    options.SigningKey.KeyId = DemoAppleServer.KeyId;               // the key's ID
    options.AllowLoopbackHttp = true;                               // for the demo server only
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
