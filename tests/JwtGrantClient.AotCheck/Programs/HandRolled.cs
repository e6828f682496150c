using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using JwtGrantClient.AotCheck;

// Handwritten code without a library, as the baseline for the measurements.
var arguments = TestData.From(args);
using var rsa = RSA.Create();
rsa.ImportFromPem(await File.ReadAllTextAsync(arguments.KeyFile));
var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
var head = Base64Url.EncodeToString("""{"alg":"RS256","typ":"JWT"}"""u8);
var body = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(
    $$"""{"iss":"{{TestData.ClientId}}","sub":"{{TestData.ClientId}}","aud":"{{arguments.Issuer}}","iat":{{now}},"exp":{{now + 120}},"jti":"{{Guid.NewGuid():N}}"}"""));
var signature = rsa.SignData(Encoding.ASCII.GetBytes($"{head}.{body}"), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
using var http = new HttpClient();
using var form = new FormUrlEncodedContent(
[
    new("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
    new("assertion", $"{head}.{body}.{Base64Url.EncodeToString(signature)}"),
    new("client_id", TestData.ClientId),
]);
using var response = await http.PostAsync(arguments.TokenEndpoint, form);
response.EnsureSuccessStatusCode();
using var json = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
var type = json.RootElement.GetProperty("token_type").GetString();
var token = json.RootElement.GetProperty("access_token").GetString()!;
var expires = json.RootElement.GetProperty("expires_in").GetInt32();
Console.WriteLine($"{type} token of {token.Length} characters{(expires > 0 ? "" : ", expired")}");
