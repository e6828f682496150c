using System.Text;
using JwtGrantClient.Testing.Judging;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>Reads a form (RFC 6749 appendix B) and refuses what is ambiguous (S01).</summary>
internal static class FormReader
{
    private const string Clause = "RFC 6749 section 3.2";

    /// <summary>All fields as they came, for the record.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Fields(byte[] body) =>
    [
        .. Encoding.UTF8.GetString(body).Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .Select(pair => new KeyValuePair<string, string>(Decode(pair[0]), pair.Length > 1 ? Decode(pair[1]) : "")),
    ];

    /// <summary>The fields that count: each once, save <c>resource</c>; an empty value is an omitted one.</summary>
    /// <exception cref="RefusedException">The request is no form, or names a field twice.</exception>
    public static TokenForm Read(ServerRequest request, IReadOnlyList<KeyValuePair<string, string>> fields)
    {
        if (request.Method != "POST")
            throw RefusedException.Request("S01", Clause, $"The method is {request.Method}; a token request is a POST.");
        var mediaType = request.Header("Content-Type")?.Split(';')[0].Trim();
        if (!string.Equals(mediaType, "application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
            throw RefusedException.Request("S01", Clause, $"The Content-Type is '{mediaType ?? "missing"}'; expected application/x-www-form-urlencoded.");
        var twice = fields.Where(field => field.Key != "resource").GroupBy(field => field.Key).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
            throw RefusedException.Request("S01", Clause, $"The field '{twice.Key}' stands {twice.Count()} times; it may stand once.");
        return new([.. fields.Where(field => field.Value.Length > 0)]);
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}

/// <summary>The fields of a token request.</summary>
internal sealed record TokenForm(IReadOnlyList<KeyValuePair<string, string>> Fields)
{
    public string? this[string name] => Fields.FirstOrDefault(field => field.Key == name).Value;

    public IReadOnlyList<string> Resources => [.. Fields.Where(pair => pair.Key == "resource").Select(pair => pair.Value)];

    /// <exception cref="RefusedException">The field is missing.</exception>
    public string Required(string name) => this[name]
        ?? throw RefusedException.Request("S01", "RFC 6749 section 5.2", $"The field '{name}' is missing; this grant needs it.");
}
