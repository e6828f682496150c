using System.Security.Cryptography;
using System.Text.Json;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Signing;

/// <summary>The configuration file that the developer console of Box creates, with an encrypted key and its passphrase.</summary>
public sealed class BoxKeyTests
{
    private static readonly string EncryptedKey = TestData.RsaKey.ExportEncryptedPkcs8PrivateKeyPem(
        "passphrase-of-box", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 2048));

    [Fact]
    public void The_key_of_the_file_is_decrypted_and_publicKeyID_is_the_kid()
    {
        var signer = TestSigner.Load(new() { Text = ConfigFile(EncryptedKey, "passphrase-of-box") });

        Assert.Equal("a1b2c3d4", signer.KeyId);
        Assert.Equal("RS256", signer.Algorithm);
    }

    [Fact]
    public void The_secret_and_the_enterprise_of_the_file_are_kept_and_the_secret_is_not_printed()
    {
        var identity = TestSigner.Load(new() { Text = ConfigFile(EncryptedKey, "passphrase-of-box") }).Identity;

        Assert.Equal(("box-client", "42", "box-secret"), (identity.Owner, identity.Account!.Subject, identity.Account.ClientSecret));
        Assert.DoesNotContain("box-secret", $"{identity} {identity.Account} {JsonSerializer.Serialize(identity.Account)}", StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_passphrase_is_reported_without_it()
    {
        var error = Assert.Throws<JwtGrantException>(() => TestSigner.Load(new() { Text = ConfigFile(EncryptedKey, "wrong-passphrase") }));

        Assert.Equal("signing_key_password", error.Code);
        Assert.DoesNotContain("wrong-passphrase", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_a_key_gets_advice()
    {
        var error = Assert.Throws<JwtGrantException>(() => TestSigner.Load(new() { Text = ConfigFile("", "") }));

        Assert.Contains("there is the configuration of a Box app without appAuth:privateKey. Generate a public/private key pair", error.Message, StringComparison.Ordinal);
    }

    private static string ConfigFile(string key, string passphrase) => JsonSerializer.Serialize(new
    {
        boxAppSettings = new
        {
            clientID = "box-client",
            clientSecret = "box-secret",
            appAuth = new { publicKeyID = "a1b2c3d4", privateKey = key, passphrase },
        },
        enterpriseID = "42",
    });
}
