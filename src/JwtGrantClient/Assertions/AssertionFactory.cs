using System.Buffers;
using JwtGrantClient.Signing;

namespace JwtGrantClient.Assertions;

/// <summary>
/// Clock, id and signer in; a fresh assertion out, at every call (open first). Nothing is kept, so nothing can be sent twice.
/// </summary>
internal sealed class AssertionFactory(AssertionProfile profile, IJwtSigner signer, TimeProvider clock, JtiGenerator ids) : IAssertionSource
{
    private readonly AssertionPayload _payload = new(profile);
    private readonly CurrentHeader _header = new(signer, profile.Type);

    public ValueTask<Assertion> GetAssertionAsync(CancellationToken cancellationToken = default) => CreateAsync(null, cancellationToken);

    /// <summary>Makes an assertion for a subject; null for the profile's.</summary>
    public async ValueTask<Assertion> CreateAsync(string? subject, CancellationToken cancellationToken)
    {
        // Whole seconds, rounded down: a server whose clock is a moment behind refuses an iat in its future (C13, C14).
        var issuedAt = clock.GetUtcNow().ToUnixTimeSeconds();
        var expiresAt = issuedAt + (long)profile.Lifetime.TotalSeconds;
        var buffer = ArrayPool<byte>.Shared.Rent(_payload.MaximumLength(subject));
        try
        {
            var length = _payload.Write(buffer, subject, issuedAt, expiresAt, ids);
            var header = await _header.GetAsync(cancellationToken).ConfigureAwait(false);
            var jwt = await CompactJws.SignAsync(header, buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            return new Assertion(jwt, AssertionTypes.Jwt, DateTimeOffset.FromUnixTimeSeconds(expiresAt));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

/// <summary>Values of <c>client_assertion_type</c>.</summary>
internal static class AssertionTypes
{
    /// <summary>RFC 7523 section 2.2.</summary>
    public const string Jwt = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
}
