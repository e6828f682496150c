using System.Net.Http.Json;
using JwtGrantClient;

namespace BatchJob;

/// <summary>Downloads page after page with some parallelism until its time is up. It knows nothing of tokens.</summary>
internal sealed class DownloadJob(IHttpClientFactory clients, IConfiguration configuration, TimeProvider time, Tally tally)
{
    private readonly TimeSpan _duration = configuration.GetValue("Job:Duration", TimeSpan.FromSeconds(20));
    private readonly int _parallelism = configuration.GetValue("Job:Parallelism", 4);

    public async Task RunAsync(CancellationToken stopping)
    {
        using var timeIsUp = new CancellationTokenSource(_duration, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeIsUp.Token, stopping);
        var progress = ReportProgressAsync(stop.Token);
        await Task.WhenAll(Enumerable.Range(0, _parallelism).Select(_ => DownloadAsync(stop.Token)));
        await progress;
    }

    private async Task DownloadAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var page = tally.NextPage();
            try
            {
                // A client per page, as a scope per work item would have it: the factory shares the handlers, the handlers share the token.
                using var http = clients.CreateClient("reports");
                // The page under way is finished when the time is up.
                var report = await http.GetFromJsonAsync<ReportPage>(new Uri($"reports?page={page}", UriKind.Relative), CancellationToken.None);
                tally.Downloaded(report?.Rows.Count ?? 0);
            }
            catch (Exception e) when (e is HttpRequestException or JwtGrantException or TaskCanceledException or System.Text.Json.JsonException)
            {
                tally.Failed();
                await Console.Error.WriteLineAsync($"Page {page} failed: {e.Message}");
            }
        }
    }

    private async Task ReportProgressAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(2), time);
        var started = time.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
                Console.WriteLine($"{time.GetElapsedTime(started).TotalSeconds,4:0} s  {tally.Ok,6} pages  {tally.Tokens,3} tokens");
        }
        catch (OperationCanceledException)
        {
            // The time is up.
        }
    }
}

/// <summary>A page of the report, as the API sends it.</summary>
internal sealed record ReportPage(int Page, IReadOnlyList<string> Rows);
