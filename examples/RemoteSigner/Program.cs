using System.Security.Cryptography;
using JwtGrantClient;
using JwtGrantClient.Testing;
using Net.Pkcs11Interop.Common;
using RemoteSigner;

const int Succeeded = 0, Failed = 1, NotInstalled = 2, Concurrency = 32;

using var hsm = SoftHsm.TryStart(args.FirstOrDefault());
if (hsm is null)
{
    await Console.Error.WriteLineAsync(SoftHsm.InstallHint);
    return NotInstalled;
}
Console.WriteLine($"module           {hsm.Module}");
Console.WriteLine($"token            '{SoftHsm.Label}' in {hsm.Folder}, removed at the end");

// An administrator does this part in production: generate the keys in the token and register the public keys at the server.
var rsaPublicKey = KeyPair.GenerateRsa(hsm.Slot, SoftHsm.Pin, "batch-rsa");
var ecPublicKey = KeyPair.GenerateEc(hsm.Slot, SoftHsm.Pin, "batch-ec");
await using var server = await StrictAuthorizationServer.StartAsync(new() { RequireExplicitTyp = true });
server.RegisterClient(new() { Id = "batch-rsa", KeyId = "hsm-rsa", PublicKeyPem = rsaPublicKey });
server.RegisterClient(new() { Id = "batch-ec", KeyId = "hsm-ec", PublicKeyPem = ecPublicKey });
Console.WriteLine($"server           {server.Issuer}, with the two public keys");

// The signers. The token computes the hash for RSA; for ECDSA it requires the digest. Its ECDSA signatures are R and S at fixed width.
using var rsaKey = new Pkcs11Key(hsm.Slot, SoftHsm.Pin, "batch-rsa");
using var ecKey = new Pkcs11Key(hsm.Slot, SoftHsm.Pin, "batch-ec");
var rsaSigner = JwtSigner.Remote("RS256", "hsm-rsa", (input, ct) => rsaKey.SignAsync(CKM.CKM_SHA256_RSA_PKCS, input, ct));
var ecSigner = JwtSigner.Remote("ES256", "hsm-ec", (input, ct) => ecKey.SignAsync(CKM.CKM_ECDSA, SHA256.HashData(input.Span), ct));
Console.WriteLine($"RSA key          generated in the token; reading its private exponent: {ReadSecret("batch-rsa", CKA.CKA_PRIVATE_EXPONENT)}");
Console.WriteLine($"EC key           generated in the token; reading its private value: {ReadSecret("batch-ec", CKA.CKA_VALUE)}");

try
{
    await using var clientAssertionSource = JwtGrantTokenSource.Create(
        new()
        {
            Issuer = server.Issuer, ClientId = "batch-rsa", AllowLoopbackHttp = true,
            Grant = GrantType.ClientCredentials, ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt,
        },
        rsaSigner);
    Console.WriteLine($"private_key_jwt  RS256: {await clientAssertionSource.GetTokenAsync()}");

    await using var grantSource = JwtGrantTokenSource.Create(new() { Issuer = server.Issuer, ClientId = "batch-ec", AllowLoopbackHttp = true }, ecSigner);
    Console.WriteLine($"jwt-bearer       ES256: {await grantSource.GetTokenAsync()}");

    var tenants = await Task.WhenAll(Enumerable.Range(1, Concurrency).Select(n => grantSource.GetTokenAsync(new() { Subject = $"tenant-{n}" }).AsTask()));
    Console.WriteLine($"                 ES256: {tenants.DistinctBy(token => token.Value).Count()} tokens for as many subjects at the same time, with 4 sessions");
}
catch (JwtGrantException e)
{
    await Console.Error.WriteLineAsync($"{e.Message}\n{e.InnerException?.Message}");
}

var rejected = server.Requests.Count(request => request.Refusal is not null);
Console.WriteLine($"tokens={server.TokensIssued} rejected={rejected}");
return (server.TokensIssued, rejected) is (Concurrency + 2, 0) ? Succeeded : Failed;

string ReadSecret(string label, CKA secret) =>
    KeyPair.IsRevealed(hsm.Slot, label, secret) ? throw new InvalidOperationException($"The token revealed the private key '{label}'.") : "rejected";
