using JwtGrantClient.DPoP;

namespace JwtGrantClient.Tests.DPoP;

public sealed class DPoPNoncesTests
{
    private readonly DPoPNonces _nonces = new();

    [Theory]
    [InlineData("https://api.example.com:8443/"), InlineData("https://other.example.com/"), InlineData("http://api.example.com:443/")]
    public void Each_origin_has_its_own_nonce(string other)
    {
        _nonces.Store(new("https://api.example.com/a"), "n1");
        _nonces.Store(new(other), "n2");

        Assert.Equal("n1", _nonces.Get(new("https://api.example.com:443/b?c")));
        Assert.Equal("n2", _nonces.Get(new(other)));
    }

    [Fact]
    public void The_last_nonce_of_an_origin_is_kept()
    {
        _nonces.Store(new("https://api.example.com/a"), "n1");
        _nonces.Store(new("https://API.example.com/b"), "n2");

        Assert.Equal(("n2", 1), (_nonces.Get(new("https://api.example.com/")), _nonces.Count));
    }

    [Fact]
    public void At_most_1000_origins_have_a_nonce()
    {
        for (var i = 0; i < 1000; i++)
            _nonces.Store(Api(i), $"n{i}");
        Assert.Equal(1000, _nonces.Count);
        // A known origin replaces its nonce and drops none.
        _nonces.Store(Api(7), "new");
        Assert.Equal((1000, "n0", "new"), (_nonces.Count, _nonces.Get(Api(0)), _nonces.Get(Api(7))));

        _nonces.Store(Api(1000), "n1000");

        Assert.InRange(_nonces.Count, 1, 1000);
        Assert.Equal("n1000", _nonces.Get(Api(1000)));
    }

    [Fact]
    public void Concurrent_stores_do_not_exceed_the_bound()
    {
        var most = 0;

        Parallel.For(0, 20_000, i =>
        {
            _nonces.Store(Api(i), "n");
            int count = _nonces.Count, seen;
            while ((seen = Volatile.Read(ref most)) < count)
                Interlocked.CompareExchange(ref most, count, seen);
        });

        Assert.InRange(most, 1, 1000);
    }

    private static Uri Api(int number) => new($"https://api{number}.example.com/");
}
