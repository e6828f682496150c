using JwtGrantClient.Testing;

namespace AuthorizationServer;

/// <summary>
/// Prints one line for each request. For a rejected request it also prints each broken rule, the reason and the RFC clause. Assertions and tokens are never printed.
/// </summary>
internal static class RequestLog
{
    public static void Write(RecordedRequest request)
    {
        var line = $"{TimeProvider.System.GetLocalNow():HH:mm:ss} {Printable(request.Method)} {Printable(request.Path)} -> {request.Status}";
        Console.WriteLine($"{line} {request.Refusal?.Error}".TrimEnd());
        if (request.Refusal is not { } refusal)
            return;
        WriteRule(new(refusal.Rule, refusal.Clause, refusal.Explanation));
        foreach (var rule in refusal.AlsoBroken)
            WriteRule(rule);
    }

    private static void WriteRule(BrokenRule rule) => Console.WriteLine($"""
                 {rule.Rule}: {Printable(rule.Explanation)}
                 See {rule.Clause}.
        """);

    // Control characters in a request must not reach the terminal.
    private static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
}
