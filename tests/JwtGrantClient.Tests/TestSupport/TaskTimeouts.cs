namespace JwtGrantClient.Tests.TestSupport;

/// <summary>Turns a test that would hang into one that fails. Nothing waits for this long when all is well.</summary>
internal static class TaskTimeouts
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static Task WithTimeout(this Task task) => task.WaitAsync(Limit, TestContext.Current.CancellationToken);

    public static Task<T> WithTimeout<T>(this Task<T> task) => task.WaitAsync(Limit, TestContext.Current.CancellationToken);
}
