using System.Collections.Immutable;

namespace JwtGrantClient.Testing.Wire;

/// <summary>A request as it arrived, whichever transport brought it. The target keeps its escapes.</summary>
internal sealed record WireRequest(
    string Method, string Target, ImmutableArray<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Body)
{
    /// <summary>More than any honest token request needs. Transports read one byte more, so that the excess shows.</summary>
    public const int MaximumBody = 1 << 20;

    public string Path => Target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at ? Target[..at] : Target;

    public string Query => Target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at ? Target[(at + 1)..] : "";

    public IEnumerable<string> Header(string name) =>
        Headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value);
}
