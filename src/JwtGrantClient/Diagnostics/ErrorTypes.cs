namespace JwtGrantClient.Diagnostics;

/// <summary>
/// The values of <c>error.type</c>: the OAuth error, or the code of the error if there is none. The OAuth error is text of the server, so only the first
/// different ones are values; further ones are <see cref="Other"/>.
/// </summary>
internal sealed class ErrorTypes
{
    /// <summary>The value for everything else, as OpenTelemetry defines it.</summary>
    public const string Other = "_OTHER";

    /// <summary>An attempt that took too long.</summary>
    public const string Timeout = "timeout";

    /// <summary>An attempt or a wait that was canceled.</summary>
    public const string Canceled = "canceled";

    private const int MaxValues = 50, MaxLength = 64;

    private readonly HashSet<string> _values = new(StringComparer.Ordinal);

    /// <summary>Returns the value for a failure.</summary>
    public string Of(Exception failure) => failure switch
    {
        JwtGrantException { Error: { } error } => Limit(error),
        JwtGrantException { Code: var code } => code,
        OperationCanceledException => Canceled,
        _ => failure.GetType().FullName ?? Other,
    };

    private string Limit(string error)
    {
        if (error.Length > MaxLength)
            return Other;
        lock (_values)
            return _values.Contains(error) || (_values.Count < MaxValues && _values.Add(error)) ? error : Other;
    }
}
