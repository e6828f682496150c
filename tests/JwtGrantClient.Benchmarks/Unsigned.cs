namespace JwtGrantClient.Benchmarks;

/// <summary>Signs nothing: for what is measured after the tokens are there, of which there may be 100,000.</summary>
internal sealed class Unsigned : IJwtSigner
{
    public string Algorithm => "ES256";

    public string? KeyId => null;

    public ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken = default) => new(new byte[64]);
}
