using JwtGrantClient.Protocol;

namespace JwtGrantClient.Diagnostics;

/// <summary>
/// An error as a part of a log line, without stack trace: of the library's own errors the code, the first line of the message and the endpoint, of others
/// the type and the message. It is formatted only if the line is written.
/// </summary>
internal sealed class ErrorLine(Exception? error) : IFormattable
{
    public override string ToString() => error switch
    {
        null => "The cause is not known.",
        JwtGrantException own => Describe(own),
        _ => $"{error.GetType().Name}: {SanitizedText.ToSentence(SanitizedText.From(error.Message))}",
    };

    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    private static string Describe(JwtGrantException error)
    {
        var end = error.Text.IndexOf('\n', StringComparison.Ordinal);
        var first = SanitizedText.ToSentence(end < 0 ? error.Text : error.Text[..end]);
        return error.Endpoint is null ? $"{error.Code}: {first}" : $"{error.Code}: {first} Endpoint '{error.Endpoint}'.";
    }
}
