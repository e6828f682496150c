using JwtGrantClient;
using SignInWithApple;

// A web back end that redeems the code which Sign in with Apple sends to its callback. Apple's client secret is a JWT (ES256) that the
// back end signs itself; it is kept and reused for most of its life, and no secret is stored anywhere.
await using var apple = await AppleStandIn.StartAsync();

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Services.AddJwtGrantClient("apple", options =>
{
    options.TokenEndpoint = apple.TokenEndpoint;                    // https://appleid.apple.com/auth/token
    options.ClientId = AppleStandIn.ServicesId;                     // the Services ID
    options.ClientAuthentication = ClientAuthenticationMethod.JwtAsClientSecret;
    options.ClientAssertion.Issuer = AppleStandIn.TeamId;           // the Team ID
    options.ClientAssertion.Audience = apple.Audience;              // https://appleid.apple.com
    options.ClientAssertion.Lifetime = TimeSpan.FromDays(30);       // up to half a year
    options.SigningKey.Text = apple.PrivateKey;                     // AuthKey_XXXXXXXXXX.p8
    options.SigningKey.KeyId = AppleStandIn.KeyId;                  // the key's ID
    options.AllowLoopbackHttp = true;                               // for the stand-in only
});

var app = builder.Build();
app.MapPost("/callback", async (HttpRequest request, [FromKeyedServices("apple")] ITokenEndpoint endpoint, CancellationToken cancellationToken) =>
{
    var form = await request.ReadFormAsync(cancellationToken);
    try
    {
        var response = await endpoint.RequestAsync(Grant.AuthorizationCode(form["code"].ToString(), AppleStandIn.RedirectUri), cancellationToken);
        return Results.Text($"Signed in; {response}");
    }
    catch (JwtGrantException e) when (e.Error == "invalid_grant")
    {
        return Results.BadRequest("The code is unknown or was used before: start the login over.");
    }
});
await app.StartAsync();

return await Browser.SignInAsync(new Uri(app.Urls.Single()), apple);
