using JwtGrantClient;

namespace BatchJob.Demo;

/// <summary>Counts what happens while the job runs, and prints it at the end. A real job needs none of it.</summary>
internal sealed class JobStatistics : IDisposable
{
    private readonly DemoServers _servers;
    private readonly TokenMeter _meter;
    private int _requests, _downloaded, _failed, _unauthorized, _tokens, _refreshedAhead, _blocked;
    private long _rows;

    private JobStatistics(DemoServers servers)
    {
        _servers = servers;
        _meter = new TokenMeter(this);
    }

    /// <summary>Gets how many pages were downloaded.</summary>
    public int Downloaded => Volatile.Read(ref _downloaded);

    /// <summary>Gets how many tokens the client acquired.</summary>
    public int Tokens => Volatile.Read(ref _tokens);

    /// <summary>Starts to count the responses of the API and of the token endpoint, in addition to the metrics of the client.</summary>
    public static JobStatistics Start(IJwtGrantClientBuilder client, DemoServers servers)
    {
        var statistics = new JobStatistics(servers);
        client.Services.AddHttpClient("reports").AddHttpMessageHandler(() => new UnauthorizedCounter(statistics));
        client.UseTokenEndpointHandler(_ => new TokenResponseRecorder(servers.IssuedTokens)
        {
            // A handler for the token endpoint must not follow redirects.
            InnerHandler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false },
        });
        return statistics;
    }

    public int NextPage() => Interlocked.Increment(ref _requests);

    public void OnDownloaded(int rows)
    {
        Interlocked.Increment(ref _downloaded);
        Interlocked.Add(ref _rows, rows);
    }

    public void OnFailed() => Interlocked.Increment(ref _failed);

    public void OnUnauthorized() => Interlocked.Increment(ref _unauthorized);

    public void OnTokenAcquired(bool inBackground)
    {
        Interlocked.Increment(ref _tokens);
        if (inBackground)
            Interlocked.Increment(ref _refreshedAhead);
    }

    public void OnCallBlocked() => Interlocked.Increment(ref _blocked);

    /// <summary>Prints what happened, for people and, in the last line, for scripts.</summary>
    /// <returns>The exit code: 0 only if every page arrived, no call waited and no request was refused.</returns>
    public int Print()
    {
        var responses = _servers.IssuedTokens.Responses;
        var countsAgree = _servers.EmbeddedServer is not { } server || server.TokensIssued == responses;
        Console.WriteLine();
        Console.WriteLine($"Downloaded {_downloaded} of {_requests} pages, {_rows} rows. Tokens issued: {responses}.");
        Console.WriteLine(_blocked == 0
            ? $"Tokens refreshed before they expired: {_refreshedAhead}. After the first token no request waited."
            : $"Requests that waited for a token: {_blocked}.");
        if (!countsAgree)
            Console.WriteLine($"Tokens that the server issued: {_servers.EmbeddedServer!.TokensIssued}. Tokens that arrived: {responses}.");
        Console.WriteLine(
            $"requests={_requests} ok={_downloaded} tokens={responses} ahead={_refreshedAhead} blocked={_blocked} unauthorized={_unauthorized} failed={_failed}");
        return _downloaded > 0 && _downloaded == _requests && (_blocked, _unauthorized, _failed) == (0, 0, 0) && countsAgree ? 0 : 1;
    }

    public void Dispose() => _meter.Dispose();
}
