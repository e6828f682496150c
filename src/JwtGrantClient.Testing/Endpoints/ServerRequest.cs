namespace JwtGrantClient.Testing.Endpoints;

/// <summary>A request, whichever way it came: by a socket or in memory.</summary>
internal sealed record ServerRequest(
    string Method, string Path, string Query, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    public string? Header(string name) => Headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}
