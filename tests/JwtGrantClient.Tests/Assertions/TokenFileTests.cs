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
    public async Task The_token_is_passed_on_unchanged_except_for_surrounding_whitespace()
    {
        var token = Token(secondsToLive: 600);
        await WriteAsync($"\n{token}\n");

        var assertion = await ProvideAsync();

        Assert.Equal(token, assertion.Value);
        Assert.Equal(Spiffe, assertion.Type);
        Assert.Equal(TestData.Moment.AddSeconds(600), assertion.ExpiresAt);
    }

    [Fact]
    public async Task A_JWT_of_another_owner_that_was_sent_is_counted_even_if_the_first_one_is_back()
    {
        string admin = Jwt.CreateFake("""{"sub":"admin","exp":4102444800}"""), guest = Jwt.CreateFake("""{"sub":"guest","exp":4102444800}""");
        await WriteAsync(admin);
        var before = await _file.ReadOwnerAsync(TestContext.Current.CancellationToken);
        await WriteAsync(guest);
        await ProvideAsync();
        await WriteAsync(admin);
        var after = await _file.ReadOwnerAsync(TestContext.Current.CancellationToken);
        await WriteAsync(Jwt.CreateFake("""{"sub":"admin","exp":4102444801,"jti":"renewed"}"""));
        await ProvideAsync();

        Assert.Equal(before!.Claims, after!.Claims);
        Assert.Equal(before.Changes + 2, after.Changes);
        Assert.Equal(after.Changes, (await _file.ReadOwnerAsync(TestContext.Current.CancellationToken))!.Changes);
    }

    [Fact]
    public async Task A_token_file_replaced_by_rename_is_picked_up()
    {
        await WriteAsync(Token(secondsToLive: 600));
        await ProvideAsync();
        var next = Token(secondsToLive: 1200);
        await File.WriteAllTextAsync(_path + ".new", next, TestContext.Current.CancellationToken);
        File.Move(_path + ".new", _path, overwrite: true);

        Assert.Equal(next, (await ProvideAsync()).Value);
    }

    [Fact]
    public async Task A_token_behind_a_swapped_Kubernetes_symbolic_link_is_picked_up()
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
    [InlineData("not a token")]
    public async Task The_last_good_token_is_used_while_the_file_is_incomplete(string text)
    {
        var token = Token(secondsToLive: 600);
        await WriteAsync(token);
        await ProvideAsync();

        await WriteAsync(text);

        Assert.Equal(token, (await ProvideAsync()).Value);
    }

    [Fact]
    public async Task The_last_good_token_is_used_while_the_file_is_missing_until_the_token_expires()
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

    public static TheoryData<string, string> UnusableContents => new()
    {
        { "", "is empty" },
        { "a.b", "does not contain a complete JWT with an exp claim" },
        { "a.!.c", "does not contain a complete JWT with an exp claim" },
        { $"{Encode("{}")}.{Encode("{}")}.{Encode("x")}", "does not contain a complete JWT with an exp claim" },
        { $"{Encode("{}")}.{Encode("[1]")}.{Encode("x")}", "does not contain a complete JWT with an exp claim" },
        { Token(secondsToLive: -60), "contains a token that expired at 2026-11-23T08:59:00Z" },
        { new string('a', 70_000), "has 70000 bytes; a token has at most 65536" },
    };

    [Theory]
    [MemberData(nameof(UnusableContents))]
    public async Task The_error_describes_what_the_file_contains_in_place_of_a_token(string text, string seen)
    {
        await WriteAsync(text);

        var error = await Assert.ThrowsAsync<JwtGrantException>(ProvideAsync);

        Assert.Equal(
            $"The token file '{_path}' {seen}. Expected one JWT that has not expired. Check the process that writes the file.", error.Message);
    }

    [Fact]
    public async Task A_folder_in_place_of_the_token_file_is_reported()
    {
        Directory.CreateDirectory(_path);

        Assert.Equal("token_file_unusable", (await Assert.ThrowsAsync<JwtGrantException>(ProvideAsync)).Code);
    }

    [Theory]
    [InlineData("subject"), InlineData("claims")]
    public async Task A_request_with_a_subject_or_claims_is_rejected_if_the_assertion_comes_from_a_file(string part)
    {
        var endpoint = new FakeTokenEndpoint();
        var options = TestClient.Options();
        (options.SigningKey.Text, options.Assertion.TokenFile) = (null, _path);
        await File.WriteAllTextAsync(_path, Jwt.CreateFake(DateTimeOffset.MaxValue.AddYears(-7000)), TestContext.Current.CancellationToken);
        await using var client = JwtGrantTokenSource.Create(options, tokenEndpointHandler: endpoint.Handler);
        var request = part == "subject"
            ? new TokenRequest { Subject = "alice" }
            : new TokenRequest { Claims = new Dictionary<string, object> { ["tenant"] = "t" } };

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.GetTokenAsync(request, TestContext.Current.CancellationToken).AsTask());

        Assert.Equal((JwtGrantErrorKind.Configuration, "token_file_not_ours"), (error.Kind, error.Code));
        Assert.Equal(0, endpoint.Requests);
        Assert.Equal("token-1", (await client.GetTokenAsync(TestContext.Current.CancellationToken)).Value);
    }

    private static string Token(int secondsToLive) => Jwt.CreateFake(TestData.Moment.AddSeconds(secondsToLive));

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private Task WriteAsync(string text) => File.WriteAllTextAsync(_path, text, TestContext.Current.CancellationToken);

    private Task<Assertion> ProvideAsync() => _file.ProvideAsync(new AssertionContext(), TestContext.Current.CancellationToken).AsTask();
}
