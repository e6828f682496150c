using System.Reflection;
using JwtGrantClient.Caching;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>Internal state of the cache. Fields are found by type, so that a renamed field is still found.</summary>
internal static class CacheInspector
{
    /// <summary>Returns the lock of the entry of the default request.</summary>
    public static object GetEntryLock(CachedTokenSource tokens) => GetEntry(tokens);

    /// <summary>Returns whether a refresh of the default request is in progress, also before the thread pool has started it.</summary>
    public static bool IsRefreshing(CachedTokenSource tokens) => tokens.Status().IsRefreshing;

    /// <summary>Returns the number of entries other than that of the default request.</summary>
    public static int CountEntries(CachedTokenSource tokens) => GetField<CacheEntryTable>(tokens)!.All().Count;

    private static CacheEntry GetEntry(CachedTokenSource tokens) => GetField<CacheEntry>(tokens)!;

    private static T? GetField<T>(object owner)
        where T : class =>
        (T?)owner.GetType().GetFields(BindingFlags.Instance | BindingFlags.NonPublic).Single(field => field.FieldType == typeof(T)).GetValue(owner);
}
