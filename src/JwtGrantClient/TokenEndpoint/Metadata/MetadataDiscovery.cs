using JwtGrantClient.Diagnostics;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>Finds the metadata that one client uses: the document of its issuer, if its endpoints have origins that the client allows.</summary>
/// <param name="metadata">The document of the issuer, which other clients may share.</param>
/// <param name="origins">The origins that endpoints may have.</param>
/// <param name="logger">Logs that a new document was not accepted.</param>
internal sealed class MetadataDiscovery(IssuerMetadata metadata, EndpointOrigins origins, ILogger logger)
{
    private volatile Accepted? _accepted;

    public string Issuer => metadata.Issuer;

    /// <exception cref="JwtGrantException">No metadata could be read, now or earlier, or it names an endpoint at an origin that is not allowed.</exception>
    public async ValueTask<ServerMetadata> GetAsync(CancellationToken cancellationToken)
    {
        ServerMetadata current;
        try
        {
            current = await metadata.GetAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (JwtGrantException e)
        {
            throw e.CopyForClient();
        }
        return _accepted is { } accepted && accepted.Seen == current ? accepted.Used : Accept(current, _accepted?.Used);
    }

    // If a new document is not allowed, the last one stays in use, as after any other failure to read it again.
    private ServerMetadata Accept(ServerMetadata current, ServerMetadata? last)
    {
        try
        {
            origins.EnsureAllowed(current);
            if (last is not null)
                metadata.LogChanges(last, current);
            last = current;
        }
        catch (JwtGrantException e) when (last is not null)
        {
            Log.MetadataRejected(logger, Issuer, new(e));
        }
        _accepted = new(current, last);
        return last;
    }

    private sealed record Accepted(ServerMetadata Seen, ServerMetadata Used);
}
