using System.Security.Cryptography;
using JwtGrantClient;
using JwtGrantClient.Testing;
using Net.Pkcs11Interop.Common;
using RemoteSigner;

const int Done = 0, Failed = 1, NotInstalled = 2, AtOnce = 32;

using var hsm = SoftHsm.TryStart(args.FirstOrDefault());
if (hsm is null)
{
    await Console.Error.WriteLineAsync(SoftHsm.InstallHint);
    return NotInstalled;
}
Console.WriteLine($"module           {hsm.Module}");
Console.WriteLine($"token            '{SoftHsm.Label}' in {hsm.Folder}, removed at the end");

// Somebody's work long before: the keys are made in the token, and the server gets the public ones.
var rsaPublicKey = KeyPair.MakeRsa(hsm.Slot, SoftHsm.Pin, "batch-rsa");
var ecPublicKey = KeyPair.MakeEc(hsm.Slot, SoftHsm.Pin, "batch-ec");
await using var server = await StrictAuthorizationServer.StartAsync(new() { RequireExplicitTyp = true });
server.RegisterClient(new() { Id = "batch-rsa", KeyId = "hsm-rsa", PublicKeyPem = rsaPublicKey });
server.RegisterClient(new() { Id = "batch-ec", KeyId = "hsm-ec", PublicKeyPem = ecPublicKey });
Console.WriteLine($"server           {server.Issuer}, strict; has the two public keys");

// The signers: the token hashes for RSA by itself, for ECDSA it wants the digest. Its ECDSA signatures are R and S at fixed width.
using var rsaKey = new Pkcs11Key(hsm.Slot, SoftHsm.Pin, "batch-rsa");
using var ecKey = new Pkcs11Key(hsm.Slot, SoftHsm.Pin, "batch-ec");
var rsaSigner = JwtSigner.Remote("RS256", "hsm-rsa", (input, ct) => rsaKey.SignAsync(CKM.CKM_SHA256_RSA_PKCS, input, ct));
var ecSigner = JwtSigner.Remote("ES256", "hsm-ec", (input, ct) => ecKey.SignAsync(CKM.CKM_ECDSA, SHA256.HashData(input.Span), ct));
Console.WriteLine($"RSA key          made in the token; asked for its private exponent: {Ask("batch-rsa", CKA.CKA_PRIVATE_EXPONENT)}");
Console.WriteLine($"EC key           made in the token; asked for its private value: {Ask("batch-ec", CKA.CKA_VALUE)}");

try
{
    await using var byClientAssertion = JwtGrantTokenSource.Create(
        new()
        {
            Issuer = server.Issuer, ClientId = "batch-rsa", AllowLoopbackHttp = true,
            Grant = GrantType.ClientCredentials, ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt,
        },
        rsaSigner);
    Console.WriteLine($"private_key_jwt  RS256: {await byClientAssertion.GetTokenAsync()}");

    await using var byGrant = JwtGrantTokenSource.Create(new() { Issuer = server.Issuer, ClientId = "batch-ec", AllowLoopbackHttp = true }, ecSigner);
    Console.WriteLine($"jwt-bearer       ES256: {await byGrant.GetTokenAsync()}");

    var tenants = await Task.WhenAll(Enumerable.Range(1, AtOnce).Select(n => byGrant.GetTokenAsync(new() { Subject = $"tenant-{n}" }).AsTask()));
    Console.WriteLine($"                 ES256: {tenants.DistinctBy(token => token.Value).Count()} tokens for as many subjects at once, over 4 sessions");
}
catch (JwtGrantException e)
{
    await Console.Error.WriteLineAsync($"{e.Message}\n{e.InnerException?.Message}");
}

var refused = server.Requests.Count(request => request.Refusal is not null);
Console.WriteLine($"tokens={server.TokensIssued} refused={refused}");
return (server.TokensIssued, refused) is (AtOnce + 2, 0) ? Done : Failed;

string Ask(string label, CKA secret) =>
    KeyPair.IsRevealed(hsm.Slot, label, secret) ? throw new InvalidOperationException($"The token gave away the key '{label}'.") : "refused";
