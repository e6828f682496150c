using System.Security.Cryptography;
using Google.Apis.Auth.OAuth2;
using JwtGrantClient.AotCheck;

// The same by Google.Apis.Auth: a service account whose token endpoint is the one given.
var given = TestData.From(args);
using var rsa = RSA.Create();
rsa.ImportFromPem(await File.ReadAllTextAsync(given.KeyFile));
var credential = new ServiceAccountCredential(new ServiceAccountCredential.Initializer(TestData.ClientId, given.TokenEndpoint)
{
    Key = rsa,
    Scopes = ["reports.read"],
});
var token = await credential.GetAccessTokenForRequestAsync();
Console.WriteLine($"{credential.Token.TokenType} token of {token.Length} characters");
