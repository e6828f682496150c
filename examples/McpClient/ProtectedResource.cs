using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Agent;

/// <summary>What an MCP server says about the tokens that it accepts: its protected resource metadata (RFC 9728).</summary>
/// <param name="Identifier">The <c>resource</c> of token requests, exactly as published (RFC 8707).</param>
/// <param name="AuthorizationServers">The issuers whose tokens the server accepts.</param>
/// <param name="Scope">The scope that the server asks for; null for none.</param>
internal sealed partial record ProtectedResource(string Identifier, IReadOnlyList<string> AuthorizationServers, string? Scope)
{
    /// <summary>Reads the metadata of an MCP server from where its challenge points to, or else from the well-known locations.</summary>
    public static async Task<ProtectedResource> DiscoverAsync(HttpClient http, Uri endpoint)
    {
        var challenge = await GetChallengeAsync(http, endpoint);
        // The metadata must be about what is called (RFC 9728 section 3.3). Otherwise an MCP server would get tokens for another one.
        string[] own = [endpoint.OriginalString, Origin(endpoint), Origin(endpoint) + "/"];
        foreach (var location in challenge.Metadata is { } named ? [named] : WellKnownLocations(endpoint))
        {
            using var response = await http.GetAsync(location);
            if (!response.IsSuccessStatusCode)
                continue;
            var metadata = await response.Content.ReadFromJsonAsync<JsonElement>();
            var identifier = metadata.GetProperty("resource").GetString()!;
            if (!own.Contains(identifier))
                throw new InvalidOperationException($"The metadata at {location} is about {identifier}, not about {endpoint}.");
            var scope = challenge.Scope ?? Join(Strings(metadata, "scopes_supported"));
            return new(identifier, Strings(metadata, "authorization_servers"), scope);
        }
        throw new InvalidOperationException($"{endpoint} has no protected resource metadata (RFC 9728).");
    }

    /// <summary>Calls the server without a token. A ping changes nothing if it does not need one.</summary>
    private static async Task<(Uri? Metadata, string? Scope)> GetChallengeAsync(HttpClient http, Uri endpoint)
    {
        using var ping = new HttpRequestMessage(HttpMethod.Post, endpoint)
        {
            Content = JsonContent.Create(new { jsonrpc = "2.0", id = 0, method = "ping" }),
            Headers = { Accept = { new("application/json"), new("text/event-stream") } },
        };
        using var response = await http.SendAsync(ping, HttpCompletionOption.ResponseHeadersRead);
        if (response.StatusCode != HttpStatusCode.Unauthorized)
            return default;
        var parameters = response.Headers.WwwAuthenticate.SelectMany(challenge => Parameter().Matches(challenge.Parameter ?? ""))
            .ToLookup(match => match.Groups["name"].Value, match => match.Groups["value"].Value, StringComparer.OrdinalIgnoreCase);
        var metadata = parameters["resource_metadata"].FirstOrDefault();
        return (metadata is null ? null : new Uri(metadata), parameters["scope"].FirstOrDefault());
    }

    // RFC 9728 section 3.1: the well-known path is inserted before the path of the resource. MCP servers may publish it for their whole
    // origin instead.
    private static IEnumerable<Uri> WellKnownLocations(Uri endpoint)
    {
        const string wellKnown = "/.well-known/oauth-protected-resource";
        if (endpoint.AbsolutePath != "/")
            yield return new Uri(Origin(endpoint) + wellKnown + endpoint.AbsolutePath);
        yield return new Uri(Origin(endpoint) + wellKnown);
    }

    private static string Origin(Uri uri) => uri.GetLeftPart(UriPartial.Authority);

    private static string[] Strings(JsonElement metadata, string name) =>
        metadata.TryGetProperty(name, out var array) ? [.. array.EnumerateArray().Select(item => item.GetString()!)] : [];

    private static string? Join(string[] scopes) => scopes is [] ? null : string.Join(' ', scopes);

    [GeneratedRegex("""(?<name>\w+)\s*=\s*"(?<value>[^"]*)"|(?<name>\w+)\s*=\s*(?<value>[^\s",]+)""")]
    private static partial Regex Parameter();
}
