namespace JwtGrantClient.Tests.TestSupport;

/// <summary>Makes a test that would hang fail. The timeout is never reached in a successful test.</summary>
internal static class TaskTimeouts
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    public static Task WithTimeout(this Task task) => task.WaitAsync(Timeout, TestContext.Current.CancellationToken);

    public static Task<T> WithTimeout<T>(this Task<T> task) => task.WaitAsync(Timeout, TestContext.Current.CancellationToken);
}
