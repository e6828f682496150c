namespace JwtGrantClient.Benchmarks;

/// <summary>A signer that returns a constant, for measurements that first obtain up to 100,000 tokens.</summary>
internal sealed class FakeSigner : IJwtSigner
{
    public string Algorithm => "ES256";

    public string? KeyId => null;

    public ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken = default) => new(new byte[64]);
}
