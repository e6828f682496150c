namespace JwtGrantClient.TokenEndpoint;

/// <summary>Words of a server, fit for an error message and a log line: bounded, on one line, no control characters.</summary>
internal static class SafeText
{
    private const int MaximumLength = 512;

    public static string Of(string text)
    {
        var bounded = text.Length <= MaximumLength ? text : string.Concat(text.AsSpan(0, MaximumLength), "...");
        return string.Create(bounded.Length, bounded, static (safe, source) =>
        {
            for (var i = 0; i < safe.Length; i++)
                safe[i] = char.IsControl(source[i]) || char.IsSurrogate(source[i]) ? ' ' : source[i];
        });
    }
}
