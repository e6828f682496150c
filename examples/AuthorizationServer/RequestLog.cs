using JwtGrantClient.Testing;

namespace AuthorizationServer;

/// <summary>
/// Prints one line for each request. For a rejected request it also prints the rule, the reason and the RFC clause. Assertions and tokens are never printed.
/// </summary>
internal static class RequestLog
{
    public static void Write(RecordedRequest request)
    {
        var line = $"{TimeProvider.System.GetLocalNow():HH:mm:ss} {Printable(request.Method)} {Printable(request.Path)} -> {request.Status}";
        Console.WriteLine(request.Refusal is not { } refusal ? line : $"""
            {line} {refusal.Error}
                     {refusal.Rule}: {Printable(refusal.Explanation)}
                     See {refusal.Clause}.
            """);
    }

    // Control characters in a request must not reach the terminal.
    private static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
}
