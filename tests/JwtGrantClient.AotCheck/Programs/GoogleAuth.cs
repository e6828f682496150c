using System.Security.Cryptography;
using Google.Apis.Auth.OAuth2;
using JwtGrantClient.AotCheck;

// The same with Google.Apis.Auth: a service account that uses the given token endpoint.
var arguments = TestData.From(args);
using var rsa = RSA.Create();
rsa.ImportFromPem(await File.ReadAllTextAsync(arguments.KeyFile));
var credential = new ServiceAccountCredential(new ServiceAccountCredential.Initializer(TestData.ClientId, arguments.TokenEndpoint)
{
    Key = rsa,
    Scopes = ["reports.read"],
});
var token = await credential.GetAccessTokenForRequestAsync();
Console.WriteLine($"{credential.Token.TokenType} token of {token.Length} characters");
