namespace JwtGrantClient.Testing;

/// <summary>A request as it came, and what was answered. It holds secrets in clear: a test must see them.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path, without the query.</param>
/// <param name="Query">The query with its question mark; empty where there is none.</param>
/// <param name="Headers">All headers.</param>
/// <param name="Body">The body as text.</param>
/// <param name="Form">The form's fields in their order, decoded; empty where the body is no form.</param>
public sealed record RecordedRequest(
    string Method,
    string Path,
    string Query,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    string Body,
    IReadOnlyList<KeyValuePair<string, string>> Form)
{
    /// <summary>The status that was answered; 0 where the connection was dropped.</summary>
    public int Status { get; internal set; }

    /// <summary>Why the request was refused; null where it was not.</summary>
    public Refusal? Refusal { get; internal set; }

    /// <summary>The value of a form field; null where it is missing.</summary>
    public string? this[string field] => Form.FirstOrDefault(pair => pair.Key == field).Value;
}
