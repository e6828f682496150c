namespace JwtGrantClient.Tests.Conventions.Documentation;

/// <summary>Tests that the check of code references reports what is stale, and only that.</summary>
public sealed class CodeReferencesTests
{
    private static readonly CodeReferences Checks = new(
        DocumentTree.Create(
            ("src/P/Signer.cs", "namespace P;\npublic sealed class Signer\n{\n    private enum Kind;\n}\ninternal delegate void Signed();\n"),
            ("examples/Batch/Program.cs", "")),
        CodeNames.Source);

    [Theory]
    [InlineData("`src/P/Signer.cs` and `examples/Batch/`")]
    [InlineData("`src/*/README.md` and `tests/...`")]
    [InlineData("[Signer](src/P/Signer.cs), [`Kind`](src/P/Signer.cs) and [Signed](src/P/Signer.cs)")]
    [InlineData("[the signer of a client](src/P/Signer.cs) and [Program.cs](examples/Batch/Program.cs)")]
    [InlineData("`JwtGrantOptions.Retry`, `Grant.RefreshToken` and `StrictAuthorizationServer.StartAsync()`")]
    [InlineData("`JwtSigner.Remote(...)` and `JwtGrantErrorKind.Signing`")]
    [InlineData("`Base64Url.EncodeToString` and `HttpClient.SendAsync`")]
    [InlineData("`JwtGrantClient.Testing`, `JwtGrantClient`, `JwtGrantException`, `AddJwtGrantToken` and `UseSigner(...)`")]
    [InlineData("`JwtGrantClient.Hosting.WarmUp` and `JwtGrant__Reports__ClientId`")]
    [InlineData("`Refresh:ExpiryMargin`, `JwtGrant:Reports:SigningKey:Path`, `JwtGrant:Reports` and `ClientAssertion:SigningKey:KeyId`")]
    [InlineData("`Assertion:Claims:scope`, `Resource:0` and `Reports:BaseAddress`")]
    [InlineData("```sh\ndotnet run --project examples/Batch -- --key FILE\n```")]
    [InlineData("```text\nsrc/Nowhere\n```")]
    [InlineData("`application/json`, `https://as.example.com`, `urn:example:device` and `Content-Type: text/plain`")]
    public void A_reference_that_is_current_is_not_reported(string markdown) => Assert.Empty(Checks.Stale("A.md", markdown));

    [Theory]
    [InlineData("`src/P/Other.cs`", "`src/P/Other.cs`: there is no such file or folder")]
    [InlineData("`tests/P`", "`tests/P`: there is no such file or folder")]
    [InlineData("[Other](src/P/Signer.cs)", "[Other]: 'src/P/Signer.cs' declares no type 'Other'")]
    [InlineData("[`Other`](src/P/Signer.cs)", "[Other]: 'src/P/Signer.cs' declares no type 'Other'")]
    [InlineData("`JwtGrantOptions.Retries`", "`JwtGrantOptions.Retries`: the type 'JwtGrantOptions' has no member 'Retries'")]
    [InlineData("`Grant.Password(...)`", "`Grant.Password(...)`: the type 'Grant' has no member 'Password'")]
    [InlineData("`JwtGrantClient.Redis`", "`JwtGrantClient.Redis`: there is no such type or member")]
    [InlineData("`AddJwtGrantTokens`", "`AddJwtGrantTokens`: there is no such type or member")]
    [InlineData("`UseSigners()`", "`UseSigners()`: there is no such type or member")]
    [InlineData("`ITokenCache`", "`ITokenCache`: there is no such type or member")]
    [InlineData("`Refresh:Margin`", "`Refresh:Margin`: there is no such setting")]
    [InlineData("`Reload:Interval`", "`Reload:Interval`: there is no such setting")]
    [InlineData("`JwtGrant:Reports:Isuer`", "`JwtGrant:Reports:Isuer`: there is no such setting")]
    [InlineData("`Refresh:ExpiryMargin:Seconds`", "`Refresh:ExpiryMargin:Seconds`: there is no such setting")]
    public void A_reference_that_is_stale_is_reported(string markdown, string finding) =>
        Assert.Equal([$"A.md:1 {finding}"], Checks.Stale("A.md", markdown));

    [Fact]
    public void A_stale_path_in_a_shell_block_is_reported_with_its_line() => Assert.Equal(
        ["A.md:4 examples/Gone: there is no such file or folder"],
        Checks.Stale("A.md", "# A\n```sh\nls\ndotnet run --project examples/Gone\n```\n"));
}
