using System.Net.Http.Headers;
using System.Text.Json;
using JwtGrantClient.Testing.Jose;
using JwtGrantClient.Testing.TokenExchange;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>
/// Reads a token request that is JSON, with the fields of a form as members. It is not standardized, so it is accepted only with
/// <see cref="StrictAuthorizationServerOptions.AcceptJsonRequests"/>, and it has only one interpretation: a member is a string, or an array of strings for a
/// field that may occur more than once.
/// </summary>
internal static class JsonRequestReader
{
    private const string Type = "application/json", Details = "authorization_details", Clause = "a rule of this server, because no RFC defines token requests in JSON";

    /// <summary>Returns whether a Content-Type is JSON in UTF-8.</summary>
    public static bool IsJson(string? contentType) => contentType == Type
        || (MediaTypeHeaderValue.TryParse(contentType, out var type) && Type.Equals(type.MediaType, StringComparison.OrdinalIgnoreCase)
            && type.Parameters.All(parameter => !parameter.Name.Equals("charset", StringComparison.OrdinalIgnoreCase)
                || "utf-8".Equals(parameter.Value?.Trim('"'), StringComparison.OrdinalIgnoreCase)));

    /// <exception cref="RefusedException">The body is not strict JSON, or a member has the wrong type.</exception>
    public static List<KeyValuePair<string, string>> Read(byte[] body)
    {
        var json = StrictJson.TryParse(body, out var problem)
            ?? throw RefusedException.InvalidRequest("S01", "RFC 8259 section 4", $"The request {problem}.");
        var isExchange = json.GetStringOrNull("grant_type") == TokenExchangeGrant.Type;
        var fields = new List<KeyValuePair<string, string>>(8);
        foreach (var member in json.EnumerateObject())
            AddMember(fields, member, isExchange);
        return fields;
    }

    /// <summary>Returns all fields in their order; empty if the body is not such a request.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> ReadOrEmpty(byte[] body)
    {
        try
        {
            return Read(body);
        }
        catch (RefusedException)
        {
            return [];
        }
    }

    private static void AddMember(List<KeyValuePair<string, string>> fields, JsonProperty member, bool isExchange)
    {
        var (name, value) = (member.Name, member.Value);
        if (value.ValueKind == JsonValueKind.String && name != Details)
            fields.Add(new(name, value.GetString()!));
        else if (value.ValueKind == JsonValueKind.Array && name == Details)
            fields.Add(new(name, value.GetRawText()));
        else if (value.ValueKind == JsonValueKind.Array && TokenForm.MayRepeat(name, isExchange)
            && value.EnumerateArray().All(element => element.ValueKind == JsonValueKind.String))
            fields.AddRange(value.EnumerateArray().Select(element => new KeyValuePair<string, string>(name, element.GetString()!)));
        else
            throw RefusedException.InvalidRequest("S01", Clause, $"The request has '{name}' as a JSON {StrictJson.DescribeKind(value)}; expected {Expect(name, isExchange)}.");
    }

    private static string Expect(string name, bool isExchange) => name == Details ? "an array"
        : TokenForm.MayRepeat(name, isExchange) ? "a string or an array of strings"
        : "a string";
}
