using CrossAppAccess;
using JwtGrantClient;
using Microsoft.Extensions.DependencyInjection;

// An application calls the API of another application for its users, without a consent page: both trust the identity provider of the
// organization, which decides (Cross App Access; draft-ietf-oauth-identity-assertion-authz-grant). Users have signed in there, so the
// application has their ID tokens.
await using var demo = await DemoOrganization.StartAsync();

var services = new ServiceCollection();

// Step 1, at the identity provider: the ID token of the user is exchanged for an assertion (ID-JAG) that is for the authorization server of
// the other application.
services.AddJwtGrantClient("idp", options =>
{
    options.Issuer = demo.Idp.Issuer;
    options.ClientId = DemoOrganization.WikiAtIdp;
    options.Grant = GrantType.TokenExchange;
    options.TokenExchange.SubjectTokenFromRequest = true;
    options.TokenExchange.RequestedTokenType = TokenTypes.IdJag;
    options.TokenExchange.Audience = [demo.Files.Issuer];
    options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt;
    options.SigningKey.Text = demo.KeyAtIdp;
    options.AllowLoopbackHttp = true;                               // for the demo servers only
});

// Step 2, at that server: the assertion is exchanged for an access token. The application is another client here, with an id and a key of its
// own, and the assertion names it. Scope and resource go to both steps, because the assertion limits what the access token may do.
services.AddJwtGrantClient("files", options =>
{
    options.Issuer = demo.Files.Issuer;
    options.ClientId = DemoOrganization.WikiAtFiles;
    options.Assertion.From = "idp";
    options.Resource = [DemoOrganization.FilesApi];
    options.Scope = "files.read";
    options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt;
    options.SigningKey.Text = demo.KeyAtFiles;
    options.AllowLoopbackHttp = true;
});
services.AddHttpClient("files", http => http.BaseAddress = demo.FilesAddress).AddJwtGrantToken("files");
await using var provider = services.BuildServiceProvider();
using var http = provider.GetRequiredService<IHttpClientFactory>().CreateClient("files");

async Task<string> ListFilesAsync(string user, string idToken)
{
    using var request = new HttpRequestMessage(HttpMethod.Get, "files");
    request.SetTokenRequest(new TokenRequest { Subject = user, SubjectToken = new TypedToken(idToken, TokenTypes.IdToken) });
    using var response = await http.SendAsync(request);
    return $"{(int)response.StatusCode}  {await response.Content.ReadAsStringAsync()}";
}

// Each user has tokens of their own. The second call of Alice finds hers in the cache.
var (alice, bob) = (demo.SignIn("alice"), demo.SignIn("bob"));
var answers = new List<string>();
foreach (var (user, idToken) in new[] { ("alice", alice), ("bob", bob), ("alice", alice) })
{
    answers.Add(await ListFilesAsync(user, idToken));
    Console.WriteLine(answers[^1]);
}
var afterTwoUsers = demo.CountRequests();

// At sign-out the tokens of both steps are forgotten, and the access token is revoked.
await provider.GetRequiredKeyedService<ITokenRevocation>("files").ForgetSubjectAsync("alice");
answers.Add(await ListFilesAsync("alice", demo.SignIn("alice")));
var afterSignOut = demo.CountRequests();

// The organization withdraws the permission. The identity provider issues no further assertion, and nothing is sent to the other server.
demo.WithdrawPermission();
var refused = await GetErrorAsync(() => ListFilesAsync("carol", demo.SignIn("carol")));
Console.WriteLine($"---  {refused?.Client} at {refused?.Endpoint}: {refused?.Error}");

var isExpected = answers is ["200  alice's files", "200  bob's files", "200  alice's files", "200  alice's files"]
    && afterTwoUsers == (2, 2) && afterSignOut == (3, 3) && refused is { Client: "idp", Error: not null } && demo.CountRequests() == (4, 3);
Console.WriteLine(isExpected ? "Each user got a token in two steps. Without permission there was no second step." : "Unexpected result.");
return isExpected ? 0 : 1;

static async Task<JwtGrantException?> GetErrorAsync(Func<Task> call)
{
    try
    {
        await call();
        return null;
    }
    catch (JwtGrantException e)
    {
        return e;
    }
}
