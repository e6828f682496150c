using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// The origins that endpoints of metadata may have. Client credentials are sent to these endpoints, so that a document that somebody else can change
/// would lead them away.
/// </summary>
/// <param name="allowed">The origins, as configured; empty to allow all.</param>
internal sealed class EndpointOrigins(IEnumerable<string> allowed)
{
    public static readonly EndpointOrigins All = new([]);

    private readonly Origin[] _allowed = [.. new List<string>(allowed).ConvertAll(origin => Origin.From(new(origin)))];

    /// <summary>Returns whether the origin of an address is allowed.</summary>
    public bool Allows(Uri address) => _allowed.Length == 0 || Array.Exists(_allowed, origin => origin.Includes(address));

    /// <exception cref="JwtGrantException">An endpoint has an origin that is not allowed.</exception>
    public void EnsureAllowed(ServerMetadata metadata)
    {
        foreach (var (name, address) in metadata.Endpoints)
            if (new Uri(address) is var uri && !Allows(uri))
                throw JwtGrantException.Configuration(
                    "endpoint_origin_not_allowed",
                    $"The metadata of '{metadata.Issuer}' names a {name} at '{Origin.From(uri)}', which TokenEndpointOrigins does not contain: {string.Join<Origin>(", ", _allowed)}. Nothing was sent there. If you trust that server, add the origin to TokenEndpointOrigins.");
    }

    /// <summary>
    /// Returns the endpoints that have another origin in a new document. An endpoint that is new is compared with the token endpoint before.
    /// </summary>
    public static IEnumerable<(string Endpoint, string Before, string Now)> FindChanges(ServerMetadata before, ServerMetadata now)
    {
        var known = before.Endpoints;
        foreach (var (name, address) in now.Endpoints)
            if ((new Uri(known.GetValueOrDefault(name, before.TokenEndpoint)), new Uri(address)) is var (old, current) && !Origin.AreSame(old, current))
                yield return (name, Origin.From(old).ToString(), Origin.From(current).ToString());
    }
}
