namespace JwtGrantClient.Signing;

/// <summary>The header of the key that signs now, made again when another key takes over: it has another kid.</summary>
internal sealed class CurrentHeader(IJwtSigner signer, string type)
{
    private JwsHeader _last = new(signer, type);

    /// <exception cref="JwtGrantException">The signer could not tell its key, or is not one to sign with.</exception>
    public async ValueTask<JwsHeader> GetAsync(CancellationToken cancellationToken)
    {
        try
        {
            var current = await signer.GetCurrentAsync(cancellationToken).ConfigureAwait(false);
            var header = Volatile.Read(ref _last);
            if (header.Signer != current)
                Volatile.Write(ref _last, header = new(current, type));
            return header;
        }
        catch (Exception e) when (JwsWriter.IsFailure(e, cancellationToken))
        {
            throw JwsWriter.Failed(signer, e);
        }
    }
}
