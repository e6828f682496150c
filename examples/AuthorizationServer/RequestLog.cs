using JwtGrantClient.Testing;

namespace AuthorizationServer;

/// <summary>
/// One line for each request; for a refusal also the rule, why, and where it stands. No assertion and no token is printed.
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

    // What a stranger sends must not steer the terminal.
    private static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
}
