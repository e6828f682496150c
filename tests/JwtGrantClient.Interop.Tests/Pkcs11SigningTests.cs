namespace JwtGrantClient.Interop.Tests;

/// <summary>Runs examples/RemoteSigner as a user does. SoftHSM is the token; where it is not installed, the example must say so.</summary>
public sealed class Pkcs11SigningTests
{
    private static readonly bool IsInstalled =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "softhsm2-util")));

    [Fact]
    public async Task Obtains_tokens_where_SoftHSM_is_installed_and_says_what_to_install_where_it_is_not()
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
        Assert.False(Directory.Exists(FolderIn(run.Lines)), "The token's folder is still there.");
    }

    [Fact]
    public async Task Says_what_to_install_where_the_module_is_not() => AssertInstallHint(await RunAsync("/nowhere/libsofthsm2.so"));

    private static void AssertInstallHint(Example.Run run)
    {
        Assert.Equal((2, 0), (run.ExitCode, run.Lines.Length));
        Assert.Contains("libsofthsm2.so, is not on this machine.", run.Errors, StringComparison.Ordinal);
        Assert.Contains("apt-get install softhsm2", run.Errors, StringComparison.Ordinal);
    }

    // token            'jwtgrant' in FOLDER, removed at the end
    private static string FolderIn(string[] lines) =>
        lines.Single(line => line.StartsWith("token  ", StringComparison.Ordinal)).Split(" in ")[1].Split(',')[0];

    private static Task<Example.Run> RunAsync(params string[] arguments) =>
        Example.RunAsync("RemoteSigner", arguments, TestContext.Current.CancellationToken);
}
