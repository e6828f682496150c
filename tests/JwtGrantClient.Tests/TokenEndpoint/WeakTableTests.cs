using System.Runtime.CompilerServices;
using JwtGrantClient.TokenEndpoint;
using Microsoft.Extensions.Logging.Abstractions;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>Objects that clients share as long as one of them is in use.</summary>
public sealed class WeakTableTests
{
    [Fact]
    public void A_value_in_use_is_returned_again()
    {
        var table = new WeakTable<string, object>();

        var value = Add(table, "a");
        GC.Collect();

        Assert.Same(value, Add(table, "a"));
        Assert.NotSame(value, Add(table, "b"));
        Assert.Contains(value, table.All());
        GC.KeepAlive(value);
    }

    [Fact]
    public void Values_that_are_not_in_use_do_not_accumulate()
    {
        var table = new WeakTable<string, object>();
        var value = Add(table, "used");

        for (var i = 0; i < 100; i++)
        {
            AddMany(table, i);
            GC.Collect();
        }

        Assert.InRange(table.Count, 1, 300);
        Assert.Same(value, Add(table, "used"));
    }

    [Fact]
    public void The_limits_of_endpoints_that_no_client_uses_do_not_accumulate()
    {
        var registry = new EndpointLimitRegistry();

        for (var i = 0; i < 20; i++)
        {
            AddIssuers(registry, i);
            GC.Collect();
        }

        Assert.InRange(registry.Count, 0, 300);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddMany(WeakTable<string, object> table, int batch)
    {
        for (var i = 0; i < 100; i++)
            Add(table, $"{batch}-{i}");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddIssuers(EndpointLimitRegistry registry, int batch)
    {
        for (var i = 0; i < 100; i++)
            registry.Get($"https://as-{batch}-{i}.example.com", new(), TimeProvider.System, () => 0, NullLogger.Instance);
    }

    private static object Add(WeakTable<string, object> table, string key) => table.GetOrAdd(key, 0, static (_, _) => new object());
}
