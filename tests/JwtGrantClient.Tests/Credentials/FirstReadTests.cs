using JwtGrantClient.Credentials;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Credentials;

/// <summary>The first read of a value, which concurrent calls share.</summary>
public sealed class FirstReadTests
{
    [Fact]
    public async Task A_call_does_not_join_a_first_read_that_is_being_canceled()
    {
        var value = new ReloadingValue<string>(new FakeTimeProvider(TestData.Moment), TimeSpan.FromSeconds(5), (_, _) => true);
        using var first = new CancellationTokenSource();
        var ended = new TaskCompletionSource();
        Func<CancellationToken, ValueTask<string>> slow = async cancellation =>
        {
            await ended.Task;
            cancellation.ThrowIfCancellationRequested();
            return "never";
        };
        var canceled = value.GetAsync(slow, first.Token).AsTask();
        await first.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => canceled);

        var next = value.GetAsync(_ => new("value"), TestContext.Current.CancellationToken).AsTask();
        ended.SetResult();

        Assert.Equal("value", await next);
    }
}
