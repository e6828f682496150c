using System.Buffers.Text;
using System.Text;
using JwtGrantClient.Assertions;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Assertions;

public sealed class TokenFileTests : IDisposable
{
    private const string Spiffe = "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("jwtgrant-token-");
    private readonly FakeTimeProvider _clock = new(TestData.Moment);
    private readonly string _path;
    private readonly TokenFile _file;

    public TokenFileTests()
    {
        _path = Path.Combine(_folder.FullName, "token");
        _file = new(_path, Spiffe, _clock);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Passes_the_token_on_unchanged_but_for_white_space_around_it()
    {
        var token = Token(secondsToLive: 600);
        await WriteAsync($"\n{token}\n");

        var assertion = await ProvideAsync();

        Assert.Equal(token, assertion.Value);
        Assert.Equal(Spiffe, assertion.Type);
        Assert.Equal(TestData.Moment.AddSeconds(600), assertion.ExpiresAt);
    }

    [Fact]
    public async Task Follows_a_file_that_is_replaced_by_rename()
    {
        await WriteAsync(Token(secondsToLive: 600));
        await ProvideAsync();
        var next = Token(secondsToLive: 1200);
        await File.WriteAllTextAsync(_path + ".new", next, TestContext.Current.CancellationToken);
        File.Move(_path + ".new", _path, overwrite: true);

        Assert.Equal(next, (await ProvideAsync()).Value);
    }

    [Fact]
    public async Task Follows_a_link_that_Kubernetes_turns_to_another_folder()
    {
        var (first, second) = (Token(secondsToLive: 600), Token(secondsToLive: 1200));
        foreach (var (folder, token) in new[] { ("..2026_1", first), ("..2026_2", second) })
            await File.WriteAllTextAsync(
                Path.Combine(_folder.CreateSubdirectory(folder).FullName, "token"), token, TestContext.Current.CancellationToken);
        var data = Path.Combine(_folder.FullName, "..data");
        Directory.CreateSymbolicLink(data, "..2026_1");
        File.CreateSymbolicLink(_path, Path.Combine("..data", "token"));
        Assert.Equal(first, (await ProvideAsync()).Value);

        Directory.Delete(data);
        Directory.CreateSymbolicLink(data, "..2026_2");

        Assert.Equal(second, (await ProvideAsync()).Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("eyJhbGciOiJSUzI1NiJ9.eyJzdWIi")]
    [InlineData("not a token at all")]
    public async Task Keeps_the_last_good_token_while_the_file_is_not_whole(string text)
    {
        var token = Token(secondsToLive: 600);
        await WriteAsync(token);
        await ProvideAsync();

        await WriteAsync(text);

        Assert.Equal(token, (await ProvideAsync()).Value);
    }

    [Fact]
    public async Task Keeps_the_last_good_token_while_there_is_no_file_but_not_beyond_its_end()
    {
        await WriteAsync(Token(secondsToLive: 600));
        var token = await ProvideAsync();
        File.Delete(_path);
        _clock.Advance(TimeSpan.FromSeconds(600) - TimeSpan.FromTicks(1));
        Assert.Same(token, await ProvideAsync());

        _clock.Advance(TimeSpan.FromTicks(1));

        var error = await Assert.ThrowsAsync<JwtGrantException>(ProvideAsync);
        Assert.Equal((JwtGrantErrorKind.Signing, "token_file_unusable"), (error.Kind, error.Code));
        Assert.StartsWith($"The token file '{_path}' cannot be read: Could not find file", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Unusable => new()
    {
        { "", "is empty" },
        { "a.b", "holds no whole JWT with an exp" },
        { "a.!.c", "holds no whole JWT with an exp" },
        { $"{Encode("{}")}.{Encode("{}")}.{Encode("x")}", "holds no whole JWT with an exp" },
        { $"{Encode("{}")}.{Encode("[1]")}.{Encode("x")}", "holds no whole JWT with an exp" },
        { Token(secondsToLive: -60), "holds a token that expired at 2026-11-23 08:59:00Z" },
        { new string('a', 70_000), "has 70000 bytes; a token has at most 65536" },
    };

    [Theory]
    [MemberData(nameof(Unusable))]
    public async Task Says_what_is_in_the_file_in_place_of_a_token(string text, string seen)
    {
        await WriteAsync(text);

        var error = await Assert.ThrowsAsync<JwtGrantException>(ProvideAsync);

        Assert.Equal(
            $"The token file '{_path}' {seen}. Expected one JWT that is still valid; check what is to write and renew it.", error.Message);
    }

    [Fact]
    public async Task Says_so_where_a_folder_stands_in_place_of_the_file()
    {
        Directory.CreateDirectory(_path);

        Assert.Equal("token_file_unusable", (await Assert.ThrowsAsync<JwtGrantException>(ProvideAsync)).Code);
    }

    private static string Token(int secondsToLive) => Jwt.CreateFake(TestData.Moment.AddSeconds(secondsToLive));

    [Theory]
    [InlineData("subject"), InlineData("claims")]
    public async Task A_request_for_another_subject_or_with_claims_is_refused_for_the_token_speaks_for_itself(string what)
    {
        var endpoint = new FakeTokenEndpoint();
        var options = TestClient.Options();
        (options.SigningKey.Text, options.Assertion.TokenFile) = (null, _path);
        await File.WriteAllTextAsync(_path, Jwt.CreateFake(DateTimeOffset.MaxValue.AddYears(-7000)), TestContext.Current.CancellationToken);
        await using var client = JwtGrantTokenSource.Create(options, tokenEndpointHandler: endpoint.Handler);
        var request = what == "subject"
            ? new TokenRequest { Subject = "alice" }
            : new TokenRequest { Claims = new Dictionary<string, object> { ["tenant"] = "t" } };

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.GetTokenAsync(request, TestContext.Current.CancellationToken).AsTask());

        Assert.Equal((JwtGrantErrorKind.Configuration, "token_file_not_ours"), (error.Kind, error.Code));
        Assert.Equal(0, endpoint.Requests);
        Assert.Equal("token-1", (await client.GetTokenAsync(TestContext.Current.CancellationToken)).Value);
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private Task WriteAsync(string text) => File.WriteAllTextAsync(_path, text, TestContext.Current.CancellationToken);

    private Task<Assertion> ProvideAsync() => _file.ProvideAsync(new AssertionContext(), TestContext.Current.CancellationToken).AsTask();
}
