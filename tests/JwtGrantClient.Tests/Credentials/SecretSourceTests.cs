using System.Text;
using System.Text.Json;
using JwtGrantClient.Credentials;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Credentials;

public sealed class SecretSourceTests : IDisposable
{
    private const string Variable = "JWTGRANT_TEST_SECRET_SOURCE";

    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        _folder.Dispose();
    }

    [Fact]
    public async Task A_secret_is_read_from_a_value_a_variable_or_a_file()
    {
        Environment.SetEnvironmentVariable(Variable, "from the variable");
        var file = _folder.Write("secret", "from the file\r\n");

        foreach (var (source, secret) in new[]
        {
            (Source(value: "from the value"), "from the value"),
            (Source(variable: Variable), "from the variable"),
            (Source(file: file), "from the file"),
        })
        {
            Assert.True(source.IsSet);
            Assert.Equal(secret, source.Read());
            Assert.Equal(secret, await source.ReadAsync(TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task A_secret_without_any_setting_is_null()
    {
        var source = Source();

        Assert.False(source.IsSet);
        Assert.Null(source.Read());
        Assert.Null(source.ReadBytes());
        Assert.Null(await source.ReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void ReadBytes_returns_the_bytes_of_a_file_unchanged()
    {
        byte[] content = [0x30, 0x00, 0xFF, (byte)'\r', (byte)'\n'];

        Assert.Equal(content, Source(file: _folder.Write("secret", content)).ReadBytes());
        Assert.Equal("ü"u8.ToArray(), Source(value: "ü").ReadBytes());
    }

    [Theory]
    [InlineData("utf-8"), InlineData("utf-16"), InlineData("utf-16BE")]
    public void A_byte_order_mark_in_a_file_is_not_part_of_the_secret(string name)
    {
        var encoding = Encoding.GetEncoding(name);

        Assert.Equal("sécret", Source(file: _folder.Write("secret", [.. encoding.GetPreamble(), .. encoding.GetBytes("sécret\n")])).Read());
    }

    [Theory]
    [InlineData("a", "b", null, "Value, EnvironmentVariable")]
    [InlineData("a", null, "c", "File, Value")]
    [InlineData("a", "b", "c", "File, Value, EnvironmentVariable")]
    public void More_than_one_setting_is_rejected_with_the_names_of_those_that_are_set(string? value, string? variable, string? file, string names)
    {
        var source = Source(value, variable, file);

        Assert.Equal($"ambiguous: {names}", Assert.Throws<JwtGrantException>(source.Read).Message);
        Assert.Equal($"ambiguous: {names}", Assert.Throws<JwtGrantException>(source.Resolve).Message);
    }

    [Fact]
    public void The_error_names_a_variable_that_is_not_set() =>
        Assert.Equal($"not set: {Variable}", Assert.Throws<JwtGrantException>(Source(variable: Variable).Read).Message);

    [Fact]
    public void A_resolved_source_keeps_the_value_of_a_variable_but_reads_a_file_again()
    {
        Environment.SetEnvironmentVariable(Variable, "first");
        var file = _folder.Write("secret", "first");
        var (variable, fromFile) = (Source(variable: Variable).Resolve(), Source(file: file).Resolve());

        Environment.SetEnvironmentVariable(Variable, null);
        _folder.Write("secret", "second");

        Assert.Equal(("first", "second"), (variable.Read(), fromFile.Read()));
    }

    [Fact]
    public void The_error_names_the_path_of_a_missing_file()
    {
        var path = _folder.GetPath("none");

        Assert.Equal($"unreadable: Missing {path}", Assert.Throws<JwtGrantException>(Source(file: path).Read).Message);
    }

    [Fact]
    public void ToString_and_JSON_do_not_reveal_the_secret()
    {
        var source = Source(value: "s3cret");

        Assert.DoesNotContain("s3cret", $"{source} {JsonSerializer.Serialize(source)}", StringComparison.Ordinal);
    }

    private static SecretSource Source(string? value = null, string? variable = null, string? file = null) => new(value, variable, file, new(
        "Value", "EnvironmentVariable", "File")
    {
        Ambiguous = names => Problem($"ambiguous: {string.Join(", ", names)}"),
        VariableNotSet = name => Problem($"not set: {name}"),
        FileUnreadable = problem => Problem($"unreadable: {problem.Fault} {problem.Path}"),
    });

    private static JwtGrantException Problem(string message) => JwtGrantException.Configuration("test_problem", message);
}
