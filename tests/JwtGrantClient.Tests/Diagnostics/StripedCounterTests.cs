using JwtGrantClient.Diagnostics;

namespace JwtGrantClient.Tests.Diagnostics;

public sealed class StripedCounterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(40)]
    public void No_count_is_lost_however_many_threads_count(int threads)
    {
        const int Counts = 20_000;
        var counter = new StripedCounter();
        var all = Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < Counts; i++)
                counter.Increment();
        })).ToList();

        all.ForEach(thread => thread.Start());
        all.ForEach(thread => thread.Join());

        Assert.Equal(threads * (long)Counts, counter.Value);
    }

    [Fact]
    public void A_count_allocates_nothing()
    {
        var counter = new StripedCounter();
        counter.Increment();
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1000; i++)
            counter.Increment();

        Assert.Equal((before, 1001L), (GC.GetAllocatedBytesForCurrentThread(), counter.Value));
    }

    [Fact]
    public void No_count_is_lost_at_different_depths_of_the_stack()
    {
        var counter = new StripedCounter();

        CountAtDepth(ref counter, 200);

        Assert.Equal(201, counter.Value);

        static void CountAtDepth(ref StripedCounter counter, int depth)
        {
            Span<byte> frame = stackalloc byte[1024];
            frame[depth] = 1;
            counter.Increment();
            if (depth > 0)
                CountAtDepth(ref counter, depth - 1);
        }
    }
}
