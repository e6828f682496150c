using System.Formats.Asn1;
using System.Security.Cryptography;
using JwtGrantClient.Signing;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Vectors;

/// <summary>
/// What we sign, checked by programs that share no code with us: openssl and node. Where one is not installed its rows fall away, save in a
/// build under CI, which must have both.
/// </summary>
public sealed class OtherToolVerificationTests : IDisposable
{
    private static readonly string[] Tools =
        [.. new[] { "openssl", "node" }.Where(tool => OtherTool.IsInstalled(tool) || Environment.GetEnvironmentVariable("CI") == "true"), "the platform"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string> Algorithms =>
    [
        .. from tool in Tools
           from algorithm in SignatureAlgorithm.All.Where(algorithm => algorithm.MlDsa is null).Select(algorithm => algorithm.Name).Append("Ed25519")
           where tool != "the platform" || algorithm != "Ed25519"
           select (tool, algorithm),
    ];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task A_tool_verifies_what_we_sign_and_refuses_it_changed(string tool, string name)
    {
        var (signer, publicPem) = Make(name);
        var jws = await JwsWriter.SignAsync(new JwsHeader(signer, "JWT"), "{\"iss\":\"joe\"}"u8.ToArray(), TestContext.Current.CancellationToken);
        var jwt = Jwt.Parse(jws);
        byte[] changed = [.. jwt.SigningInput];
        changed[^1] ^= 1;

        Assert.True(await VerifiesAsync(tool, name, publicPem, jwt.SigningInput, jwt.Signature), $"{tool} refuses our {name} signature.");
        Assert.False(await VerifiesAsync(tool, name, publicPem, changed, jwt.Signature), $"{tool} takes any {name} signature.");
    }

    private static (IJwtSigner Signer, string PublicPem) Make(string name)
    {
        if (name == "Ed25519")
        {
            var own = new Ed25519Signer([.. Enumerable.Range(7, 32).Select(i => (byte)i)]);
            byte[] info = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00, .. own.PublicKey];
            return (own, new(PemEncoding.Write("PUBLIC KEY", info)));
        }
        var bits = SignatureAlgorithm.Named(name).CurveBits;
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
            "Ed25519" => OtherTool.SucceedsAsync("openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", key, "-in", input, "-sigfile", raw),
            ['P', 'S', ..] => OtherTool.SucceedsAsync(
                "openssl", "dgst", hash, "-verify", key, "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest", "-signature", raw, input),
            ['E', 'S', ..] => OtherTool.SucceedsAsync("openssl", "dgst", hash, "-verify", key, "-signature", _folder.Write("signature.der", Der(signature)), input),
            _ => OtherTool.SucceedsAsync("openssl", "dgst", hash, "-verify", key, "-signature", raw, input),
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
        return OtherTool.SucceedsAsync("node", "-e", Script, name, key, input, raw);
    }

    private static bool PlatformVerifies(string name, string publicPem, byte[] message, byte[] signature)
    {
        var algorithm = SignatureAlgorithm.Named(name);
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

    // openssl reads ECDSA signatures as a sequence of R and S.
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
