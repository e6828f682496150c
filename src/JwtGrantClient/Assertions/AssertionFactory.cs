using System.Buffers;
using JwtGrantClient.Protocol;
using JwtGrantClient.Signing;

namespace JwtGrantClient.Assertions;

/// <summary>
/// Clock, id and signer in; a fresh assertion out, at every call (open first). Nothing is kept, so nothing can be sent twice.
/// </summary>
/// <param name="profile">What all its assertions have in common.</param>
/// <param name="signer">Signs them.</param>
/// <param name="clock">Gives their times.</param>
/// <param name="ids">Gives each its <c>jti</c>.</param>
/// <param name="edit">Edits each assertion before it is signed; null for no edits.</param>
internal sealed class AssertionFactory(
    AssertionProfile profile, IJwtSigner signer, TimeProvider clock, JtiGenerator ids, Action<AssertionDraft>? edit = null)
{
    private readonly AssertionPayload _payload = new(profile);
    private readonly CurrentHeader _header = new(signer, profile.Type);

    /// <summary>Makes an assertion.</summary>
    /// <exception cref="JwtGrantException">It could not be signed, or the user's edit of it is not allowed.</exception>
    public async ValueTask<Assertion> ProvideAsync(AssertionContext context, CancellationToken cancellationToken)
    {
        var header = await _header.GetAsync(cancellationToken).ConfigureAwait(false);
        var payload = _payload;
        if (edit is not null)
            (header, payload) = AssertionDraft.Apply(edit, context, profile, header);
        else if (context.Claims.Count > 0)
            payload = new(profile with { Claims = Members.Merge(profile.Claims, context.Claims) });
        // Whole seconds, rounded down: a server whose clock is a moment behind refuses an iat in its future (C13, C14).
        var issuedAt = clock.GetUtcNow().ToUnixTimeSeconds();
        var expiresAt = issuedAt + (long)profile.Lifetime.TotalSeconds;
        var buffer = ArrayPool<byte>.Shared.Rent(payload.MaximumLength(context.Subject));
        try
        {
            var length = payload.Write(buffer, context.Subject, issuedAt, expiresAt, ids);
            var jwt = await JwsWriter.SignAsync(header, buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            return new Assertion(jwt, AssertionTypes.Jwt, DateTimeOffset.FromUnixTimeSeconds(expiresAt));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

/// <summary>A provider of client assertions, for those who ask without a token request.</summary>
internal sealed class AssertionSource(AssertionProvider provider, string? issuer) : IAssertionSource
{
    public ValueTask<Assertion> GetAssertionAsync(CancellationToken cancellationToken = default) =>
        provider(new AssertionContext { Purpose = AssertionPurpose.ClientAuthentication, Issuer = issuer }, cancellationToken);
}

/// <summary>Values of <c>client_assertion_type</c>.</summary>
internal static class AssertionTypes
{
    /// <summary>RFC 7523 section 2.2.</summary>
    public const string Jwt = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
}
