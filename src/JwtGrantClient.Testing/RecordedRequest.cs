using System.Text;
using JwtGrantClient.Testing.Endpoints;

namespace JwtGrantClient.Testing;

/// <summary>A request and its response. It contains secrets in clear text, so that tests can check them.</summary>
public sealed class RecordedRequest
{
    // What a record takes in memory besides its texts.
    private const int FixedSize = 512;

    private readonly byte[] _body;

    internal RecordedRequest(ServerRequest request, int number)
    {
        (Method, Path, Query, Headers, Number) = (request.Method, request.Path, request.Query, request.Headers, number);
        // A body that is too long is refused, and its beginning is enough to recognize it.
        _body = request.Body.Length <= ServerRequest.MaxBodyLength ? request.Body : request.Body[..ServerRequest.MaxBodyLength];
        Size = FixedSize + _body.Length + (2 * (Path.Length + Query.Length));
        foreach (var (name, value) in Headers)
            Size += 2 * (name.Length + value.Length);
    }

    /// <summary>Gets the number of the request, from 1 in the order of arrival. The refusal of a replay names the request that was first.</summary>
    public int Number { get; }

    /// <summary>Gets the HTTP method.</summary>
    public string Method { get; }

    /// <summary>Gets the path, without the query.</summary>
    public string Path { get; }

    /// <summary>Gets the query with its question mark; empty if there is none.</summary>
    public string Query { get; }

    /// <summary>Gets all headers.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; }

    /// <summary>Gets the body as text, at most its first MiB.</summary>
    public string Body => Encoding.UTF8.GetString(_body);

    /// <summary>Gets the decoded fields of the form, or of the JSON request, in their order; empty if the body is neither.</summary>
    // It is decoded when it is read, because most records are never read.
    public IReadOnlyList<KeyValuePair<string, string>> Form =>
        IsJson ? JsonRequestReader.ReadOrEmpty(_body) : FormReader.TryDecode(_body, out _) ?? [];

    /// <summary>Gets the status of the response; 0 if the connection was closed.</summary>
    public int Status { get; internal set; }

    /// <summary>Gets why the request was rejected, or would have been if its response was not scripted; null if it is valid.</summary>
    public Refusal? Refusal { get; internal set; }

    /// <summary>Gets the rules that the request broke and a <see cref="Leniency"/> let pass, in the order of the checks; empty if there are none.</summary>
    public IReadOnlyList<BrokenRule> LetPass { get; private set; } = [];

    /// <summary>Gets the value of a form field; null if it is missing.</summary>
    public string? this[string field] => Form.FirstOrDefault(pair => pair.Key == field).Value;

    /// <summary>About how many bytes of memory the record takes.</summary>
    internal long Size { get; }

    private bool IsJson => Headers.Any(header => header.Key.Equals("Content-Type", StringComparison.OrdinalIgnoreCase) && JsonRequestReader.IsJson(header.Value));

    internal void AddLetPass(BrokenRule rule) => LetPass = [.. LetPass, rule];
}
