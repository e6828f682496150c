using System.Reflection;
using JwtGrantClient.Caching;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

/// <summary>Two requests that differ never share a token: every property is part of the key, also a property that is added later.</summary>
public sealed class CacheKeyTests
{
    private static readonly TimeSpan Hour = CacheFixture.Hour;

    /// <summary>Found by reflection, so that a property that is added later is included.</summary>
    public static TheoryData<string> Properties =>
    [
        .. from property in typeof(TokenRequest).GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
           where property.CanWrite
           select property.Name,
    ];

    /// <summary>Requests that are equal to the default request.</summary>
    public static TheoryData<string> EqualToDefault => ["nothing set", "null scope", "null subject", "no resource", "no parameter", "no claim"];

    [Theory]
    [MemberData(nameof(Properties))]
    public async Task Requests_that_differ_in_one_property_do_not_share_a_token(string property)
    {
        using var cache = new CacheFixture();
        TokenRequest[] requests = [TokenRequest.Default, With(property, "one"), With(property, "two")];

        var tokens = new List<AccessToken>();
        foreach (var request in requests)
            tokens.Add(await cache.CacheTokenAsync(Hour, request));

        Assert.Equal(3, tokens.Distinct().Count());
        Assert.Equal(tokens, requests.Select(request => cache.GetWithoutWaiting(request)));
        Assert.Equal(3, cache.Source.Calls);
    }

    [Theory]
    [MemberData(nameof(Properties))]
    public async Task Equal_requests_share_one_token(string property)
    {
        using var cache = new CacheFixture();

        var token = await cache.CacheTokenAsync(Hour, With(property, "one"));

        Assert.Same(token, cache.GetWithoutWaiting(With(property, "one")));
        Assert.Equal(With(property, "one").GetHashCode(), With(property, "one").GetHashCode());
    }

    [Fact]
    public async Task Requests_with_the_same_text_in_different_properties_do_not_share_a_token()
    {
        using var cache = new CacheFixture();
        var requests = Properties.Select(property => With(property.Data, "one")).ToList();

        foreach (var request in requests)
            await cache.CacheTokenAsync(Hour, request);

        Assert.Equal(requests.Count, cache.Source.Calls);
        Assert.Equal(requests.Count, requests.Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Properties))]
    public void Requests_with_the_same_hash_code_are_distinguished(string property)
    {
        var subject = new TokenRequest { Subject = "alice" };
        TokenRequest[] others = [With(property, "one"), With(property, "two", subject: "alice"), new()];

        Assert.True(new Entry(subject).IsFor(new() { Subject = "alice" }, subject.GetHashCode()));
        Assert.All(others, other => Assert.False(new Entry(subject).IsFor(other, subject.GetHashCode())));
        Assert.All(others, other => Assert.False(new Entry(other).IsFor(subject, other.GetHashCode())));
    }

    [Theory]
    [MemberData(nameof(EqualToDefault))]
    public async Task Requests_equal_to_the_default_request_share_its_token(string change)
    {
        using var cache = new CacheFixture();
        var token = await cache.CacheTokenAsync(Hour);

        Assert.Same(token, cache.GetWithoutWaiting(change switch
        {
            "null scope" => new() { Scope = null },
            "null subject" => new() { Subject = null },
            "no resource" => new() { Resource = new List<string>() },
            "no claim" => new() { Claims = new Dictionary<string, object>() },
            "no parameter" => new() { Parameters = new Dictionary<string, string>() },
            _ => new(),
        }));
    }

    [Theory]
    [InlineData("read write", "write read", true)]
    [InlineData("read write", "read write read", true)]
    [InlineData("read write", "read", false)]
    [InlineData("read write", "read Write", false)]
    [InlineData("read write", "read write admin", false)]
    public async Task Requests_share_a_token_only_if_their_scopes_are_the_same_set(string one, string other, bool share)
    {
        using var cache = new CacheFixture();
        await cache.CacheTokenAsync(Hour, new() { Scope = one });

        var second = cache.GetAsync(new() { Scope = other });

        Assert.Equal(share, second.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_refresh_sends_the_scope_as_the_first_request_wrote_it()
    {
        using var cache = new CacheFixture();
        var first = new TokenRequest { Scope = "write read" };
        await cache.CacheTokenAsync(TimeSpan.FromSeconds(4), first);
        cache.Time.Advance(TimeSpan.FromSeconds(4));

        _ = cache.GetAsync(new() { Scope = "read write" });

        Assert.Equal("write read", (await cache.Source.NextCallAsync()).Request.Scope);
    }

    [Theory]
    [InlineData("a", "b")]
    [InlineData("ab", "")]
    public async Task Parameters_with_the_same_concatenated_name_and_value_are_distinguished(string name, string value)
    {
        using var cache = new CacheFixture();
        await cache.CacheTokenAsync(Hour, new() { Parameters = new Dictionary<string, string> { [name] = value } });

        Assert.False(cache.GetAsync(new() { Parameters = new Dictionary<string, string> { ["a" + name] = value } }).IsCompleted);
        Assert.False(cache.GetAsync(new() { Parameters = new Dictionary<string, string> { [name] = value + "b" } }).IsCompleted);
    }

    [Fact]
    public async Task Changing_the_callers_collections_does_not_change_the_cache_key()
    {
        using var cache = new CacheFixture();
        List<string> resource = ["https://one.example"];
        Dictionary<string, string> parameters = new() { ["tenant"] = "one" };
        var request = new TokenRequest { Resource = resource, Parameters = parameters };
        var token = await cache.CacheTokenAsync(Hour, request);

        resource[0] = "https://two.example";
        parameters["tenant"] = "two";

        Assert.Same(token, cache.GetWithoutWaiting(request));
        Assert.Same(token, cache.GetWithoutWaiting(new()
        {
            Resource = ["https://one.example"],
            Parameters = new Dictionary<string, string> { ["tenant"] = "one" },
        }));
        Assert.False(cache.GetAsync(new() { Resource = resource, Parameters = parameters }).IsCompleted);
    }

    [Fact]
    public async Task Concurrent_callers_of_different_requests_cause_one_token_request_for_each()
    {
        using var cache = new CacheFixture();
        TokenRequest[] requests = [TokenRequest.Default, new() { Subject = "alice" }, new() { Subject = "bob" }];
        var waiting = new Task<AccessToken>[300];
        Parallel.For(0, waiting.Length, i => waiting[i] = cache.GetAsync(requests[i % 3]));

        for (var i = 0; i < requests.Length; i++)
        {
            var call = await cache.Source.NextCallAsync();
            call.Return(new AccessToken($"for-{call.Request.Subject}", cache.Time.GetUtcNow() + Hour));
        }

        var tokens = await Task.WhenAll(waiting).WithTimeout();
        Assert.All(tokens.Index(), got => Assert.Equal($"for-{requests[got.Index % 3].Subject}", got.Item.Value));
        Assert.Equal(3, cache.Source.Calls);
    }

    [Fact]
    public async Task A_failed_request_does_not_affect_other_requests()
    {
        using var cache = new CacheFixture();
        var alice = cache.GetAsync(new() { Subject = "alice" });
        await cache.FailRequestAsync(CacheFixture.Unreachable());
        await Assert.ThrowsAsync<JwtGrantException>(() => alice.WithTimeout());

        Assert.NotNull(await cache.CacheTokenAsync(Hour, new() { Subject = "bob" }));
    }

    [Fact]
    public async Task A_null_request_throws_ArgumentNullException()
    {
        using var cache = new CacheFixture();

        await Assert.ThrowsAsync<ArgumentNullException>(() => cache.Tokens.GetTokenAsync(null!, TestContext.Current.CancellationToken).AsTask());
    }

    private sealed class Entry(TokenRequest request) : CacheNode(request);

    internal static TokenRequest With(string name, string text, string? subject = null)
    {
        var property = typeof(TokenRequest).GetProperty(name, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)!;
        var request = new TokenRequest { Subject = subject };
        property.SetValue(request, property.PropertyType switch
        {
            { } type when type == typeof(string) && name == nameof(TokenRequest.AuthorizationDetails) => $$"""[{"type":"{{text}}"}]""",
            { } type when type == typeof(string) => text,
            { } type when type == typeof(TypedToken) => new TypedToken(text, TokenTypes.Jwt),
            { } type when type == typeof(IReadOnlyList<string>) => new[] { $"urn:{text}" },
            { } type when type == typeof(IReadOnlyDictionary<string, string>) => new Dictionary<string, string> { ["name"] = text },
            { } type when type == typeof(IReadOnlyDictionary<string, object>) => new Dictionary<string, object> { ["name"] = text },
            { } type => throw new NotSupportedException($"TokenRequest.{name} is a {type}. Add a case that creates two values of this type."),
        });
        return request;
    }
}
