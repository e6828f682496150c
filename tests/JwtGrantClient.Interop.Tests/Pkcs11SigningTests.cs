namespace JwtGrantClient.Interop.Tests;

/// <summary>Runs examples/RemoteSigner as a user does, with SoftHSM as the PKCS #11 token. If SoftHSM is not installed, the example must say so.</summary>
public sealed class Pkcs11SigningTests
{
    private static readonly bool IsInstalled =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "softhsm2-util")));

    [Fact]
    public async Task RemoteSigner_obtains_tokens_if_SoftHSM_is_installed_and_otherwise_says_what_to_install()
    {
        var run = await RunAsync();

        if (!IsInstalled)
        {
            AssertInstallHint(run);
            return;
        }
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Contains("RSA key          generated in the token; reading its private exponent: rejected", run.Lines);
        Assert.Contains("EC key           generated in the token; reading its private value: rejected", run.Lines);
        Assert.Single(run.Lines, line => line.StartsWith("private_key_jwt  RS256: Bearer access token", StringComparison.Ordinal));
        Assert.Single(run.Lines, line => line.StartsWith("jwt-bearer       ES256: Bearer access token", StringComparison.Ordinal));
        Assert.Equal("tokens=34 rejected=0", run.Lines[^1]);
        Assert.False(Directory.Exists(FolderIn(run.Lines)), "The folder of the token still exists.");
    }

    [Fact]
    public async Task RemoteSigner_says_what_to_install_if_the_PKCS11_module_is_missing() => AssertInstallHint(await RunAsync("/nowhere/libsofthsm2.so"));

    private static void AssertInstallHint(Example.Run run)
    {
        Assert.Equal((2, 0), (run.ExitCode, run.Lines.Length));
        Assert.Contains("libsofthsm2.so, is not on this machine.", run.Errors, StringComparison.Ordinal);
        Assert.Contains("apt-get install softhsm2", run.Errors, StringComparison.Ordinal);
    }

    // The line has the form: token            'jwtgrant' in FOLDER, removed at the end
    private static string FolderIn(string[] lines) =>
        lines.Single(line => line.StartsWith("token  ", StringComparison.Ordinal)).Split(" in ")[1].Split(',')[0];

    private static Task<Example.Run> RunAsync(params string[] arguments) =>
        Example.RunAsync("RemoteSigner", arguments, TestContext.Current.CancellationToken);
}
