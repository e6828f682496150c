using JwtGrantClient.Credentials;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Credentials;

public sealed class ReloadingValueTests
{
    /// <summary>A reader that is handed the last value returns it where nothing changed: it must be the one that was read last.</summary>
    [Fact]
    public void A_reading_that_ends_while_another_begins_is_not_overwritten_by_the_value_before()
    {
        var time = new HookedTime();
        var value = new ReloadingValue<string>(time, TimeSpan.FromSeconds(5), (_, _) => true);
        value.Get(_ => "old key");
        value.Expire();
        // Between the look at the last value and the turn to read, another caller reads the new one.
        time.OnNextTimestamp = () =>
        {
            value.Get(_ => "new key");
            value.Expire();
        };

        var read = value.Get(last => last!);

        Assert.Equal(("new key", "new key"), (read, value.LastGood));
    }

    private sealed class HookedTime() : FakeTimeProvider(TestData.Moment)
    {
        public Action? OnNextTimestamp { get; set; }

        public override long GetTimestamp()
        {
            var hook = OnNextTimestamp;
            OnNextTimestamp = null;
            hook?.Invoke();
            return base.GetTimestamp();
        }
    }
}
