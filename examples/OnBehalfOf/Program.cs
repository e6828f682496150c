using JwtGrantClient;
using Microsoft.AspNetCore.DataProtection;
using OnBehalfOf;

// An API that calls the next API for its user. The token of the user is for this API, so it does not pass it on: it exchanges it for one
// that the next API accepts, which still names the user (RFC 8693). Each user has a token of their own, from one token request until it
// expires.
await using var demo = await DemoServers.StartAsync();

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.UseUrls("http://127.0.0.1:0");

// Who calls: the token is for this API, valid, and an access token (RFC 9068). Only such a token is exchanged.
builder.Services.AddAuthorization();
builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();     // for cookies, which this API does not have
builder.Services.AddAuthentication().AddJwtBearer(jwt =>
{
    jwt.Authority = demo.Issuer;
    jwt.Audience = DemoServers.Orders;
    jwt.TokenValidationParameters.ValidTypes = ["at+jwt"];
    jwt.MapInboundClaims = false;                                   // "sub" keeps its name
    jwt.RequireHttpsMetadata = false;                               // for the demo server only
});

// What this API sends: the token that it got, exchanged for one that the inventory accepts. For a server with on-behalf-of in place of
// token exchange, such as Microsoft Entra, see UserTokenHandler.
builder.Services.AddJwtGrantClient("inventory", options =>
{
    options.Issuer = demo.Issuer;
    options.ClientId = DemoServers.ClientId;
    options.Grant = GrantType.TokenExchange;
    options.TokenExchange.SubjectTokenFromRequest = true;           // a call without a user fails; it never gets a token of this API itself
    options.Resource = [DemoServers.Inventory];
    options.Scope = "inventory.read";
    options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt;
    options.SigningKey.Text = demo.PrivateKey;
    options.AllowLoopbackHttp = true;                               // for the demo server only
});
builder.Services.AddHttpContextAccessor();
builder.Services.AddTransient<UserTokenHandler>();
builder.Services.AddHttpClient("inventory", http => http.BaseAddress = demo.InventoryAddress)
    .AddHttpMessageHandler<UserTokenHandler>()                      // before AddJwtGrantToken, which reads what it sets
    .AddJwtGrantToken("inventory");

var app = builder.Build();
app.UseAuthentication();
app.UseAuthorization();
app.MapGet("/orders/{id}", async (string id, IHttpClientFactory clients, CancellationToken cancellationToken) =>
{
    using var inventory = clients.CreateClient("inventory");
    return $"order {id}: {await inventory.GetStringAsync($"items/{id}", cancellationToken)}";
}).RequireAuthorization();

// At sign-out, the tokens that this API got for the user are removed from the cache and revoked at the server (RFC 7009).
app.MapPost("/sign-out", (HttpContext context, [FromKeyedServices("inventory")] ITokenRevocation revocation) =>
    revocation.ForgetSubjectAsync(UserTokenHandler.SubjectOf(context), context.RequestAborted)).RequireAuthorization();
await app.StartAsync();

return await DemoUsers.RunAsync(new Uri(app.Urls.Single()), demo);
