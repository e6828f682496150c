namespace BatchJob;

/// <summary>The end of the run: what happened, for people and, in the last line, for scripts.</summary>
internal static class Summary
{
    /// <returns>The exit code: 0 only if every page came, nothing waited and nothing was refused.</returns>
    public static int Print(DemoServers servers)
    {
        var (tally, responses) = (servers.Tally, servers.IssuedTokens.Responses);
        var countsAgree = servers.EmbeddedServer is not { } server || server.TokensIssued == responses;
        Console.WriteLine();
        Console.WriteLine($"Downloaded {tally.Ok} of {tally.Requests} pages, {tally.Rows} rows, with {responses} tokens.");
        Console.WriteLine(tally.Blocked == 0
            ? $"{tally.Ahead} tokens were renewed ahead of their expiry; after the first, no request waited for one."
            : $"{tally.Blocked} requests had to wait for a token.");
        if (!countsAgree)
            Console.WriteLine($"The server issued {servers.EmbeddedServer!.TokensIssued} tokens, but {responses} arrived.");
        Console.WriteLine(
            $"requests={tally.Requests} ok={tally.Ok} tokens={responses} ahead={tally.Ahead} blocked={tally.Blocked} " +
            $"unauthorized={tally.Unauthorized} failed={tally.Failures}");
        var isGood = tally.Ok > 0 && tally.Ok == tally.Requests && tally is { Blocked: 0, Unauthorized: 0, Failures: 0 } && countsAgree;
        return isGood ? 0 : 1;
    }
}
