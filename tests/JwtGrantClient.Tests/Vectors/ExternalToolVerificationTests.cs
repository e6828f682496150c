using System.Formats.Asn1;
using System.Security.Cryptography;
using JwtGrantClient.Signing;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Vectors;

/// <summary>
/// Signatures of the library, verified by programs that share no code with it: openssl and node. The rows of a tool that is not installed are
/// left out, except in CI builds, which must have both.
/// </summary>
public sealed class ExternalToolVerificationTests : IDisposable
{
    private static readonly string[] Tools =
        [.. new[] { "openssl", "node" }.Where(tool => ExternalTool.IsInstalled(tool) || Environment.GetEnvironmentVariable("CI") == "true"), "platform"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string> Algorithms =>
    [
        .. from tool in Tools
           from algorithm in SignatureAlgorithm.All.Where(algorithm => algorithm.MlDsa is null).Select(algorithm => algorithm.Name).Append("Ed25519")
           where tool != "platform" || algorithm != "Ed25519"
           select (tool, algorithm),
    ];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task An_external_tool_verifies_a_signature_and_rejects_it_after_a_change(string tool, string name)
    {
        var (signer, publicPem) = CreateSigner(name);
        var jws = await JwsWriter.SignAsync(new JwsHeader(signer, "JWT"), "{\"iss\":\"joe\"}"u8.ToArray(), TestContext.Current.CancellationToken);
        var jwt = Jwt.Parse(jws);
        byte[] changed = [.. jwt.SigningInput];
        changed[^1] ^= 1;

        Assert.True(await VerifiesAsync(tool, name, publicPem, jwt.SigningInput, jwt.Signature), $"{tool} rejects the {name} signature.");
        Assert.False(await VerifiesAsync(tool, name, publicPem, changed, jwt.Signature), $"{tool} accepts the {name} signature for changed input.");
    }

    private static (IJwtSigner Signer, string PublicPem) CreateSigner(string name)
    {
        if (name == "Ed25519")
        {
            var ed25519 = new Ed25519Signer([.. Enumerable.Range(7, 32).Select(i => (byte)i)]);
            byte[] info = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00, .. ed25519.PublicKey];
            return (ed25519, new(PemEncoding.Write("PUBLIC KEY", info)));
        }
        var bits = SignatureAlgorithm.FromName(name).CurveBits;
        AsymmetricAlgorithm key = bits == 0 ? TestData.RsaKey : Keys.Ec($"nistP{bits}");
        return (TestSigner.Load(new() { Text = key.ExportPkcs8PrivateKeyPem(), Algorithm = name }), key.ExportSubjectPublicKeyInfoPem());
    }

    private Task<bool> VerifiesAsync(string tool, string name, string publicPem, byte[] message, byte[] signature)
    {
        var (key, input, raw) = (_folder.Write("public.pem", publicPem), _folder.Write("input", message), _folder.Write("signature", signature));
        return tool switch
        {
            "openssl" => OpenSslAsync(name, key, input, raw, signature),
            "node" => NodeAsync(name, key, input, raw),
            _ => Task.FromResult(PlatformVerifies(name, publicPem, message, signature)),
        };
    }

    private Task<bool> OpenSslAsync(string name, string key, string input, string raw, byte[] signature)
    {
        var hash = $"-sha{name[2..]}";
        return name switch
        {
            "Ed25519" => ExternalTool.SucceedsAsync("openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", key, "-in", input, "-sigfile", raw),
            ['P', 'S', ..] => ExternalTool.SucceedsAsync(
                "openssl", "dgst", hash, "-verify", key, "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest", "-signature", raw, input),
            ['E', 'S', ..] => ExternalTool.SucceedsAsync("openssl", "dgst", hash, "-verify", key, "-signature", _folder.Write("signature.der", Der(signature)), input),
            _ => ExternalTool.SucceedsAsync("openssl", "dgst", hash, "-verify", key, "-signature", raw, input),
        };
    }

    private static Task<bool> NodeAsync(string name, string key, string input, string raw)
    {
        const string Script = """
            const [,name,key,input,raw] = process.argv, fs = require('fs'), crypto = require('crypto');
            const options = { key: fs.readFileSync(key), dsaEncoding: 'ieee-p1363' };
            if (name.startsWith('PS')) Object.assign(options, { padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: crypto.constants.RSA_PSS_SALTLEN_DIGEST });
            const hash = name === 'Ed25519' ? null : 'sha' + name.slice(2);
            process.exit(crypto.verify(hash, fs.readFileSync(input), options, fs.readFileSync(raw)) ? 0 : 1);
            """;
        return ExternalTool.SucceedsAsync("node", "-e", Script, name, key, input, raw);
    }

    private static bool PlatformVerifies(string name, string publicPem, byte[] message, byte[] signature)
    {
        var algorithm = SignatureAlgorithm.FromName(name);
        if (algorithm.Padding is { } padding)
        {
            using var rsa = RSA.Create();
            rsa.ImportFromPem(publicPem);
            return rsa.VerifyData(message, signature, algorithm.Hash, padding);
        }
        using var ec = ECDsa.Create();
        ec.ImportFromPem(publicPem);
        return ec.VerifyData(message, signature, algorithm.Hash);
    }

    // openssl expects an ECDSA signature as a DER sequence of R and S.
    private static byte[] Der(byte[] raw)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(new System.Numerics.BigInteger(raw.AsSpan(0, raw.Length / 2), isUnsigned: true, isBigEndian: true));
            writer.WriteInteger(new System.Numerics.BigInteger(raw.AsSpan(raw.Length / 2), isUnsigned: true, isBigEndian: true));
        }
        return writer.Encode();
    }
}
