using System.Text;
using System.Text.Json;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

/// <summary>The serialized form of a token in a shared store.</summary>
public sealed class SharedTokenTests
{
    private static readonly SharedToken Entry = new(
        new AccessToken("secret", TestData.Moment.AddTicks(7), "DPoP", "read", new Dictionary<string, JsonElement> { ["instance_url"] = JsonElement.Parse("\"https://x\"") }),
        CacheFixture.Hour);

    [Fact]
    public void A_shared_token_is_the_same_after_a_round_trip()
    {
        var arrived = SharedToken.FromBytes(Entry.ToBytes())!;

        Assert.Equal((Entry.ExpiresAt, Entry.Lifetime), (arrived.ExpiresAt, arrived.Lifetime));
        var token = Assert.IsType<AccessToken>(arrived.Token);
        Assert.Equal(("secret", "DPoP", "read"), (token.Value, token.Type, token.Scope));
        Assert.Equal("https://x", token.Members["instance_url"].GetString());
    }

    [Fact]
    public void A_marker_of_a_revoked_token_is_the_same_after_a_round_trip()
    {
        var marker = SharedToken.CreateMarker("hash", TestData.Moment.AddTicks(7), CacheFixture.Hour);

        var arrived = SharedToken.FromBytes(marker.ToBytes())!;

        Assert.Equal(("hash", marker.ExpiresAt, marker.Lifetime), (arrived.RevokedHash, arrived.ExpiresAt, arrived.Lifetime));
        Assert.Null(arrived.Token);
        Assert.Equal("marker of a revoked token, expires 2026-11-23T09:00:00Z", arrived.ToString());
    }

    [Fact]
    public void ToString_does_not_reveal_the_token() => Assert.Equal("shared DPoP access token (6 characters, redacted), expires 2026-11-23T09:00:00Z", Entry.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"v":2,"t":"a","y":"Bearer","e":1,"l":1}""")]
    [InlineData("""{"v":"1","t":"a","y":"Bearer","e":1,"l":1}""")]
    [InlineData("""{"v":1,"t":null,"y":"Bearer","e":1,"l":1}""")]
    [InlineData("""{"v":1,"t":"a b","y":"Bearer","e":1,"l":1}""")]
    [InlineData("""{"v":1,"t":"a","y":"","e":1,"l":1}""")]
    [InlineData("""{"v":1,"t":"a","y":"Bearer","e":-1,"l":1}""")]
    [InlineData("""{"v":1,"t":"a","y":"Bearer","e":1.5,"l":1}""")]
    [InlineData("""{"v":1,"t":"a","y":"Bearer","e":1,"l":0}""")]
    [InlineData("""{"v":1,"r":"","e":1,"l":1}""")]
    [InlineData("""{"v":1,"r":1,"e":1,"l":1}""")]
    [InlineData("""{"v":1,"r":"hash","e":1,"l":0}""")]
    [InlineData("""{"v":1,"t":"a","y":"Bearer","e":1,"l":1,"m":[]}""")]
    public void FromBytes_returns_null_for_bytes_in_another_format(string text) => Assert.Null(SharedToken.FromBytes(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void FromBytes_returns_null_for_truncated_bytes()
    {
        var bytes = Entry.ToBytes();

        Assert.All(Enumerable.Range(0, bytes.Length), length => Assert.Null(SharedToken.FromBytes(bytes.AsSpan(0, length))));
    }
}
