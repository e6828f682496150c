using System.Reflection;
using JwtGrantClient.Caching;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>What no caller can see: found by type, so that a renamed field stays found.</summary>
internal static class CacheInspector
{
    /// <summary>The lock of the entry of the default request.</summary>
    public static object GetEntryLock(CachedTokenSource tokens) => GetEntry(tokens);

    /// <summary>Whether a token request is under way: known from the moment of the decision, before the thread pool has begun it.</summary>
    public static bool IsRefreshing(CachedTokenSource tokens) => tokens.Status().IsRefreshing;

    /// <summary>How many entries there are beside the default request's.</summary>
    public static int CountEntries(CachedTokenSource tokens) => GetField<CacheEntryTable>(tokens)!.All().Count;

    private static CacheEntry GetEntry(CachedTokenSource tokens) => GetField<CacheEntry>(tokens)!;

    private static T? GetField<T>(object owner)
        where T : class =>
        (T?)owner.GetType().GetFields(BindingFlags.Instance | BindingFlags.NonPublic).Single(field => field.FieldType == typeof(T)).GetValue(owner);
}
