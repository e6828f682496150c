using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using JwtGrantClient.Protocol;

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

/// <summary>The protected header as it stands in front of the first dot: made once for each signer and type.</summary>
internal sealed class JwsHeader
{
    private static readonly IReadOnlyDictionary<string, object> None = new Dictionary<string, object>();

    /// <param name="signer">Names the algorithm and the key.</param>
    /// <param name="type">The <c>typ</c>.</param>
    /// <param name="more">Members that go before the signer's own of the same name.</param>
    /// <exception cref="JwtGrantException">The signer's algorithm proves nothing, or its header says what it may not.</exception>
    public JwsHeader(IJwtSigner signer, string type, IReadOnlyDictionary<string, object>? more = null)
    {
        SignatureAlgorithm.EnsureSafe(signer);
        Signer = signer;
        var json = new ArrayBufferWriter<byte>(128);
        using (var writer = new Utf8JsonWriter(json, new() { Encoder = JwsWriter.Encoder }))
        {
            writer.WriteStartObject();
            writer.WriteString("alg"u8, signer.Algorithm);
            writer.WriteString("typ"u8, type);
            if (signer.KeyId is { } keyId)
                writer.WriteString("kid"u8, keyId);
            foreach (var (name, value) in NamedValues.Merge(signer.Header ?? None, more ?? None))
                Write(writer, name, value);
            writer.WriteEndObject();
        }
        Encoded = Base64Url.EncodeToUtf8(json.WrittenSpan);
    }

    /// <summary>The signer that it tells of.</summary>
    public IJwtSigner Signer { get; }

    public byte[] Encoded { get; }

    private static void Write(Utf8JsonWriter writer, string name, object value)
    {
        // crit and b64 would change how the JWS is read: RFC 7515 section 4.1.11, and RFC 7797 section 7 forbids the latter in a JWT.
        if (name is "alg" or "typ" or "kid" or "crit" or "b64" || !JsonValues.CanWrite(value))
            throw JwtGrantException.Configuration(
                "signer_header_invalid",
                $"The header has '{name}', of the type {value?.GetType().ToString() ?? "null"}. " +
                $"alg, typ, kid, crit and b64 may not be named; {JsonValues.Types}.");
        writer.WritePropertyName(name);
        JsonValues.Write(writer, value);
    }
}

/// <summary>The header of the key that signs now, made again when another key takes over: it has another kid.</summary>
internal sealed class CachedJwsHeader(IJwtSigner signer, string type)
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
