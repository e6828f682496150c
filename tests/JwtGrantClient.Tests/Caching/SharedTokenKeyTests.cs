using System.Reflection;
using JwtGrantClient.Caching;

namespace JwtGrantClient.Tests.Caching;

/// <summary>Whatever decides which token the server gives is in the key, and nothing secret can be read from it.</summary>
public sealed class SharedTokenKeyTests
{
    private static readonly ClientIdentity Client = new()
    {
        Name = "reports", Issuer = "https://as.example.com", TokenEndpoint = "https://as.example.com/token", ClientId = "batch-worker",
        Grant = "JwtBearer", Authentication = "None", Assertion = ["issuer", null], Defaults = new() { Scope = "read" },
    };

    public static TheoryData<string> PropertiesOfClients =>
        [.. typeof(ClientIdentity).GetProperties().Select(property => property.Name)
            .Where(name => name is not (nameof(ClientIdentity.BindingThumbprint) or nameof(ClientIdentity.IsBound)))];

    public static TheoryData<string> PropertiesOfRequests => CacheKeyTests.Properties;

    [Theory]
    [MemberData(nameof(PropertiesOfClients))]
    public void Changes_with_each_property_of_the_client(string property)
    {
        var changed = Client with { };
        typeof(ClientIdentity).GetProperty(property)!.SetValue(changed, property switch
        {
            nameof(ClientIdentity.Assertion) => new string?[] { "issuer", "subject" },
            nameof(ClientIdentity.Defaults) => new TokenRequest { Scope = "write" },
            _ => "changed",
        });

        Assert.NotEqual(KeyOf(Client), KeyOf(changed));
    }

    [Theory]
    [MemberData(nameof(PropertiesOfRequests))]
    public void Changes_with_each_property_of_the_request(string property)
    {
        string[] keys =
        [
            KeyOf(Client),
            KeyOf(Client, CacheKeyTests.With(property, "one")),
            KeyOf(Client, CacheKeyTests.With(property, "two")),
            // The same of the client's own defaults.
            KeyOf(Client with { Defaults = CacheKeyTests.With(property, "one") }),
        ];

        Assert.Equal(4, keys.Distinct().Count());
        Assert.Equal(keys[1], KeyOf(Client, CacheKeyTests.With(property, "one")));
    }

    [Fact]
    public void Changes_with_the_key_that_tokens_are_bound_to() =>
        Assert.Equal(3, new[] { null, "one", "two" }.Select(thumbprint => SharedTokenKey.Compute(Client, thumbprint, TokenRequest.Default)).Distinct().Count());

    [Fact]
    public void Is_the_same_for_equal_requests_however_they_are_spelled()
    {
        var one = new TokenRequest { Scope = "read write", Parameters = new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" } };
        var other = new TokenRequest { Scope = "write read write", Parameters = new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" } };

        Assert.Equal(one, other);
        Assert.Equal(KeyOf(Client, one), KeyOf(Client, other));
    }

    [Fact]
    public void Tells_where_one_text_ends_and_the_next_begins()
    {
        string[] keys =
        [
            KeyOf(Client with { Issuer = "ab", TokenEndpoint = "c" }),
            KeyOf(Client with { Issuer = "a", TokenEndpoint = "bc" }),
            KeyOf(Client with { Issuer = "abc", TokenEndpoint = "" }),
            KeyOf(Client with { Issuer = "abc", TokenEndpoint = null }),
            KeyOf(Client with { Issuer = null, TokenEndpoint = "abc" }),
        ];

        Assert.Equal(keys.Length, keys.Distinct().Count());
    }

    /// <summary>Processes of two versions share tokens only while this stands: whoever changes the encoding raises its version.</summary>
    [Fact]
    public void Is_the_same_from_one_version_to_the_next() =>
        Assert.Equal(Pinned, KeyOf(Client, new() { Subject = "alice", Scope = "b a", Resource = ["https://api.example.com"] }));

    // Computed by hand in another language.
    private const string Pinned = "539558c9d2b82d91fb36fc1c07018395c72d6febfb2894fe3f49c669b25ca4cf";

    private static string KeyOf(ClientIdentity client, TokenRequest? request = null) => SharedTokenKey.Compute(client, null, request ?? TokenRequest.Default);
}
