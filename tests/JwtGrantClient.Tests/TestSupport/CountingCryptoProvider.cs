using Microsoft.IdentityModel.Tokens;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>The crypto provider of a key vault's library: only the provider can sign. It counts its calls.</summary>
internal sealed class CountingCryptoProvider(Func<byte[], byte[]> sign) : ICryptoProvider
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _createCalls, _signCalls, _releaseCalls;

    /// <summary>The algorithms that the provider supports; null for all.</summary>
    public string[]? Algorithms { get; init; }

    public int CreateCalls => Volatile.Read(ref _createCalls);

    public int SignCalls => Volatile.Read(ref _signCalls);

    public int ReleaseCalls => Volatile.Read(ref _releaseCalls);

    /// <summary>Completes when a signature provider was released.</summary>
    public Task Released => _released.Task;

    public CryptoProviderFactory Factory => new() { CustomCryptoProvider = this };

    public bool IsSupportedAlgorithm(string algorithm, params object[] args) => Algorithms?.Contains(algorithm) ?? true;

    public object Create(string algorithm, params object[] args)
    {
        Interlocked.Increment(ref _createCalls);
        return new Provider((SecurityKey)args[0], algorithm, this);
    }

    public void Release(object cryptoInstance)
    {
        Interlocked.Increment(ref _releaseCalls);
        ((Provider)cryptoInstance).Dispose();
        _released.TrySetResult();
    }

    private byte[] Sign(byte[] input)
    {
        Interlocked.Increment(ref _signCalls);
        return sign(input);
    }

    private sealed class Provider(SecurityKey key, string algorithm, CountingCryptoProvider owner) : SignatureProvider(key, algorithm)
    {
        public override byte[] Sign(byte[] input) => owner.Sign(input);

        public override bool Verify(byte[] input, byte[] signature) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
        }
    }
}

/// <summary>A key whose private and public parts are known only to its provider.</summary>
internal sealed class VaultKey : SecurityKey
{
    public override int KeySize => 0;
}
