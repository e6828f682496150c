using System.Reflection;
using JwtGrantClient.Caching;

namespace JwtGrantClient.Tests.Caching;

/// <summary>The key depends on everything that decides which token the server issues. It does not reveal secrets.</summary>
public sealed class SharedTokenKeyTests
{
    private static readonly ClientIdentity Client = new()
    {
        Name = "reports", SharingName = "blue", Settings = ["https://as.example.com", null], Defaults = new() { Scope = "read" },
    };

    public static TheoryData<string> PropertiesOfClients =>
        [.. typeof(ClientIdentity).GetProperties().Select(property => property.Name)
            .Where(name => name is not (nameof(ClientIdentity.BindingThumbprint) or nameof(ClientIdentity.IsBound) or nameof(ClientIdentity.ReadTokenFilesAsync)))];

    public static TheoryData<string> PropertiesOfRequests => CacheKeyTests.Properties;

    [Theory]
    [MemberData(nameof(PropertiesOfClients))]
    public void The_key_changes_with_each_property_of_the_client(string property)
    {
        var changed = Client with { };
        typeof(ClientIdentity).GetProperty(property)!.SetValue(changed, property switch
        {
            nameof(ClientIdentity.Settings) => new string?[] { "https://as.example.com", "" },
            nameof(ClientIdentity.Defaults) => new TokenRequest { Scope = "write" },
            nameof(ClientIdentity.Inputs) => new[] { Client },
            _ => "changed",
        });

        Assert.NotEqual(ComputeKey(Client), ComputeKey(changed));
    }

    [Theory]
    [MemberData(nameof(PropertiesOfRequests))]
    public void The_key_changes_with_each_property_of_the_request(string property)
    {
        string[] keys =
        [
            ComputeKey(Client),
            ComputeKey(Client, CacheKeyTests.With(property, "one")),
            ComputeKey(Client, CacheKeyTests.With(property, "two")),
            // The same value as a default of the client.
            ComputeKey(Client with { Defaults = CacheKeyTests.With(property, "one") }),
        ];

        Assert.Equal(4, keys.Distinct().Count());
        Assert.Equal(keys[1], ComputeKey(Client, CacheKeyTests.With(property, "one")));
    }

    [Fact]
    public void The_key_changes_with_the_thumbprint_that_tokens_are_bound_to() =>
        Assert.Equal(3, new[] { null, "one", "two" }.Select(thumbprint => SharedTokenKey.Compute(Client, [], thumbprint, TokenRequest.Default)).Distinct().Count());

    [Fact]
    public void The_key_changes_with_the_identity_of_the_token_files() =>
        Assert.Equal(4, new string?[][] { [], [null], ["one"], ["two"] }.Select(files => SharedTokenKey.Compute(Client, files, null, TokenRequest.Default)).Distinct().Count());

    [Fact]
    public void Equal_requests_have_the_same_key_in_any_order_of_scopes_and_parameters()
    {
        var one = new TokenRequest { Scope = "read write", Parameters = new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" } };
        var other = new TokenRequest { Scope = "write read write", Parameters = new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" } };

        Assert.Equal(one, other);
        Assert.Equal(ComputeKey(Client, one), ComputeKey(Client, other));
    }

    [Fact]
    public void The_key_depends_on_where_one_value_ends_and_the_next_begins()
    {
        string[] keys =
        [
            ComputeKey(Client with { Name = "ab", SharingName = "c" }),
            ComputeKey(Client with { Name = "a", SharingName = "bc" }),
            ComputeKey(Client with { Name = "abc", SharingName = "" }),
            ComputeKey(Client with { Name = "abc", SharingName = null }),
            ComputeKey(Client with { Settings = ["ab", "c"] }),
            ComputeKey(Client with { Settings = ["a", "bc"] }),
            ComputeKey(Client with { Settings = ["abc", ""] }),
            ComputeKey(Client with { Settings = ["abc", null] }),
            ComputeKey(Client with { Settings = [null, "abc"] }),
            ComputeKey(Client with { Settings = ["abc"] }),
        ];

        Assert.Equal(keys.Length, keys.Distinct().Count());
    }

    /// <summary>Processes of two versions can share tokens only if the key is the same. A change of the encoding must increase its version.</summary>
    [Fact]
    public void The_key_is_the_same_in_every_version() =>
        Assert.Equal(ExpectedKey, ComputeKey(Client, new() { Subject = "alice", Scope = "b a", Resource = ["https://api.example.com"] }));

    // Computed independently in another language.
    private const string ExpectedKey = "8b01952ce205e3d1e6d97c37c32cea719619a4d94b62a36f28d3c512b4b92ac6";

    private static string ComputeKey(ClientIdentity client, TokenRequest? request = null) => SharedTokenKey.Compute(client, ["owner"], null, request ?? TokenRequest.Default);
}
