namespace JwtGrantClient.Testing;

/// <summary>A request and its response. It contains secrets in clear text, so that tests can check them.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path, without the query.</param>
/// <param name="Query">The query with its question mark; empty if there is none.</param>
/// <param name="Headers">All headers.</param>
/// <param name="Body">The body as text.</param>
/// <param name="Form">The decoded fields of the form, in their order; empty if the body is not a form.</param>
public sealed record RecordedRequest(
    string Method,
    string Path,
    string Query,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    string Body,
    IReadOnlyList<KeyValuePair<string, string>> Form)
{
    /// <summary>Gets the number of the request, from 1 in the order of arrival. The refusal of a replay names the request that was first.</summary>
    public int Number { get; internal init; }

    /// <summary>Gets the status of the response; 0 if the connection was closed.</summary>
    public int Status { get; internal set; }

    /// <summary>Gets why the request was rejected, or would have been if its response was not scripted; null if it is valid.</summary>
    public Refusal? Refusal { get; internal set; }

    /// <summary>Gets the value of a form field; null if it is missing.</summary>
    public string? this[string field] => Form.FirstOrDefault(pair => pair.Key == field).Value;
}
