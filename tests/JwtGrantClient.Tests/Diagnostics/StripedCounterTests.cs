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
    public void The_number_of_a_thread_that_has_ended_is_assigned_again()
    {
        var largest = 0;
        for (var i = 0; i < 20; i++)
        {
            for (var j = 0; j < 10; j++)
            {
                var thread = new Thread(() =>
                {
                    ThreadNumber.Assign();
                    largest = Math.Max(largest, ThreadNumber.Current);
                });
                thread.Start();
                thread.Join();
            }
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        // 200 threads, besides those of other tests.
        Assert.InRange(largest, 1, 150);
    }
}
