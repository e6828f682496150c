namespace BatchJob.Demo;

/// <summary>The load of the demo: downloads page after page in parallel until the time is up, and prints the progress.</summary>
internal static class DownloadLoop
{
    public static async Task RunAsync(Func<int, Task<ReportPage>> downloadAsync, IServiceProvider services, JobStatistics statistics)
    {
        var configuration = services.GetRequiredService<IConfiguration>();
        var stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var timeIsUp = new CancellationTokenSource(configuration.GetValue("Job:Duration", TimeSpan.FromSeconds(20)), TimeProvider.System);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeIsUp.Token, stopping);
        var progress = PrintProgressAsync(statistics, stop.Token);
        var parallelism = configuration.GetValue("Job:Parallelism", 4);
        await Task.WhenAll(Enumerable.Range(0, parallelism).Select(_ => DownloadPagesAsync(downloadAsync, statistics, stop.Token)));
        await progress;
    }

    private static async Task DownloadPagesAsync(Func<int, Task<ReportPage>> downloadAsync, JobStatistics statistics, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var page = statistics.NextPage();
            try
            {
                statistics.OnDownloaded((await downloadAsync(page)).Rows.Count);
            }
            catch (Exception e) when (e is HttpRequestException or JwtGrantClient.JwtGrantException or TaskCanceledException or System.Text.Json.JsonException)
            {
                statistics.OnFailed();
                await Console.Error.WriteLineAsync($"Page {page} failed: {e.Message}");
            }
        }
    }

    private static async Task PrintProgressAsync(JobStatistics statistics, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(2), TimeProvider.System);
        var started = TimeProvider.System.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
                Console.WriteLine($"{TimeProvider.System.GetElapsedTime(started).TotalSeconds,4:0} s  {statistics.Downloaded,6} pages  {statistics.Tokens,3} tokens");
        }
        catch (OperationCanceledException)
        {
            // The time is up.
        }
    }
}
