using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;

namespace JwtGrantClient.Signing;

/// <summary>
/// Writes the JWS compact form (RFC 7515 section 3.1) for local and remote signers alike. Ours because signing is asynchronous;
/// the keys and their parsing are the platform's.
/// </summary>
internal static class JwsWriter
{
    /// <summary>A JWT is no HTML: the plus sign of <c>client-authentication+jwt</c> needs no escape.</summary>
    public static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>Signs the payload under a header, with the signer that the header tells of, and returns header.payload.signature.</summary>
    /// <exception cref="JwtGrantException">The signer failed, or returned nothing.</exception>
    public static async ValueTask<string> SignAsync(JwsHeader header, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        var (signer, encodedHeader) = (header.Signer, header.Encoded);
        var length = encodedHeader.Length + 1 + Base64Url.GetEncodedLength(payload.Length);
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            encodedHeader.CopyTo(buffer, 0);
            buffer[encodedHeader.Length] = (byte)'.';
            Base64Url.EncodeToUtf8(payload.Span, buffer.AsSpan(encodedHeader.Length + 1));
            var signature = await signer.SignAsync(buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            if (signature.IsEmpty)
                throw new JwtGrantException(
                    JwtGrantErrorKind.Signing, "signature_empty", $"The {signer.Algorithm} signer returned an empty signature; expected " +
                        "its raw bytes.");
            return Join(buffer, length, signature);
        }
        catch (Exception e) when (IsFailure(e, cancellationToken))
        {
            throw Failed(signer, e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>
    /// A key service's client whose own time is up also throws OperationCanceledException, though nobody cancelled: it failed.
    /// </summary>
    public static bool IsFailure(Exception thrown, CancellationToken cancellationToken) =>
        thrown is not JwtGrantException && !(thrown is OperationCanceledException && cancellationToken.IsCancellationRequested);

    /// <summary>Whatever a key service's own client throws, callers see one family of errors, and the cause inside it.</summary>
    public static JwtGrantException Failed(IJwtSigner signer, Exception cause) => new(
        JwtGrantErrorKind.Signing, "signing_failed",
        $"The {signer.Algorithm} signer{(signer.KeyId is { } id ? $" with the key '{id}'" : "")} failed: {cause.GetType().Name}. " +
        "The inner exception says why; check the key, or the service that holds it.",
        cause);

    private static string Join(byte[] signingInput, int length, ReadOnlyMemory<byte> signature) =>
        string.Create(length + 1 + Base64Url.GetEncodedLength(signature.Length), (signingInput, length, signature), static (jws, parts) =>
        {
            Encoding.ASCII.GetChars(parts.signingInput.AsSpan(0, parts.length), jws);
            jws[parts.length] = '.';
            Base64Url.EncodeToChars(parts.signature.Span, jws[(parts.length + 1)..]);
        });
}
