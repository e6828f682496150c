using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.Signing;

/// <summary>
/// Writes JWTs in the JWS compact serialization (RFC 7515 section 3.1). The library has its own writer because signing is asynchronous: the JWT
/// handlers of Microsoft.IdentityModel sign synchronously.
/// </summary>
internal static class JwsWriter
{
    /// <summary>The encoder of JWTs. They are not HTML, so the plus sign in <c>client-authentication+jwt</c> is not escaped.</summary>
    public static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>Signs a payload with the signer of the header, and returns the JWT.</summary>
    /// <param name="header">The header.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="metrics">The metrics of the client; null to measure nothing.</param>
    /// <param name="cancellationToken">Cancels a remote call.</param>
    /// <exception cref="JwtGrantException">The signer failed, or returned an empty signature.</exception>
    public static ValueTask<string> SignAsync(JwsHeader header, ReadOnlyMemory<byte> payload, ClientMetrics? metrics, CancellationToken cancellationToken) =>
        metrics is not null && (metrics.MeasuresSigning || Activities.IsObserved)
            ? SignObservedAsync(header, payload, metrics, cancellationToken)
            : SignAsync(header, payload, cancellationToken);

    /// <inheritdoc cref="SignAsync(JwsHeader, ReadOnlyMemory{byte}, ClientMetrics, CancellationToken)"/>
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
                    JwtGrantErrorKind.Signing, "signature_empty",
                    $"The {signer.Algorithm} signer returned an empty signature; expected the bytes of the signature. Check the signer.");
            return Join(buffer, length, signature);
        }
        catch (Exception e) when (IsFailure(e, cancellationToken))
        {
            throw CreateException(signer, e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>
    /// Returns whether an exception is a failure of the signer. This includes an OperationCanceledException that the caller did not request: the
    /// client of a key service throws it on its own timeout.
    /// </summary>
    public static bool IsFailure(Exception thrown, CancellationToken cancellationToken) =>
        thrown is not JwtGrantException && !(thrown is OperationCanceledException && cancellationToken.IsCancellationRequested);

    /// <summary>Creates the exception for a failure of the signer, with the cause as inner exception.</summary>
    public static JwtGrantException CreateException(IJwtSigner signer, Exception cause) => new(
        JwtGrantErrorKind.Signing, "signing_failed",
        $"The {signer.Algorithm} signer{(signer.KeyId is { } id ? $" with the key {SettingText.Quote(id)}" : "")} failed: {cause.GetType().Name}. " +
        "See the inner exception; check the key, or the service that holds it.",
        cause);

    private static async ValueTask<string> SignObservedAsync(
        JwsHeader header, ReadOnlyMemory<byte> payload, ClientMetrics metrics, CancellationToken cancellationToken)
    {
        var startedAt = metrics.Timestamp;
        var algorithm = header.Signer.Algorithm;
        var activity = Activities.Start(Activities.Sign);
        activity?.SetTag(TelemetryTag.Client, metrics.Client).SetTag(TelemetryTag.Algorithm, algorithm);
        string? errorType = null;
        try
        {
            return await SignAsync(header, payload, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            errorType = metrics.ErrorTypeOf(e);
            Activities.SetError(activity, errorType, e);
            throw;
        }
        finally
        {
            metrics.OnSigned(algorithm, errorType, startedAt);
            Activities.Stop(activity);
        }
    }

    private static string Join(byte[] signingInput, int length, ReadOnlyMemory<byte> signature) =>
        string.Create(length + 1 + Base64Url.GetEncodedLength(signature.Length), (signingInput, length, signature), static (jws, parts) =>
        {
            Encoding.ASCII.GetChars(parts.signingInput.AsSpan(0, parts.length), jws);
            jws[parts.length] = '.';
            Base64Url.EncodeToChars(parts.signature.Span, jws[(parts.length + 1)..]);
        });
}

/// <summary>The encoded protected header (RFC 7515 section 2). It is created once for each signer and type.</summary>
internal sealed class JwsHeader
{
    private static readonly IReadOnlyDictionary<string, object> NoParameters = new Dictionary<string, object>();

    /// <param name="signer">The signer, which provides <c>alg</c>, <c>kid</c> and additional parameters.</param>
    /// <param name="type">The <c>typ</c> parameter.</param>
    /// <param name="additional">Additional parameters, which override those of the signer.</param>
    /// <exception cref="JwtGrantException">The algorithm of the signer is not allowed, or a parameter is not allowed.</exception>
    public JwsHeader(IJwtSigner signer, string type, IReadOnlyDictionary<string, object>? additional = null)
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
            foreach (var (name, value) in NamedValues.Merge(signer.Header ?? NoParameters, additional ?? NoParameters))
                Write(writer, name, value);
            writer.WriteEndObject();
        }
        Encoded = Base64Url.EncodeToUtf8(json.WrittenSpan);
    }

    /// <summary>Gets the signer that the header describes.</summary>
    public IJwtSigner Signer { get; }

    /// <summary>Gets the header as base64url in ASCII.</summary>
    public byte[] Encoded { get; }

    /// <summary>Returns a description of what is wrong with an additional parameter, or null if it is allowed.</summary>
    public static string? Problem(string name, object? value) =>
        // crit and b64 change how the JWS is processed (RFC 7515 section 4.1.11). b64 is not allowed in a JWT (RFC 7797 section 7).
        name is "" or "alg" or "typ" or "kid" or "crit" or "b64" || !JsonValues.CanWrite(value)
            ? $"has the parameter '{name}' of the type {value?.GetType().ToString() ?? "null"}. alg, typ, kid, crit and b64 are not allowed; {JsonValues.AllowedTypes}"
            : null;

    private static void Write(Utf8JsonWriter writer, string name, object value)
    {
        if (Problem(name, value) is { } problem)
            throw JwtGrantException.Configuration("signer_header_invalid", $"The header {problem}.");
        writer.WritePropertyName(name);
        JsonValues.Write(writer, value);
    }
}

/// <summary>Caches the header of the current signer. A new key has another <c>kid</c>, so the header is created again.</summary>
internal sealed class CachedJwsHeader(IJwtSigner signer, string type, IReadOnlyDictionary<string, object>? additional = null)
{
    private JwsHeader _last = new(signer, type, additional);

    /// <summary>Returns the header of the current signer.</summary>
    /// <exception cref="JwtGrantException">The signer could not return the current signer, or its header is not allowed.</exception>
    public async ValueTask<JwsHeader> GetAsync(CancellationToken cancellationToken)
    {
        try
        {
            var current = await signer.GetCurrentAsync(cancellationToken).ConfigureAwait(false);
            var header = Volatile.Read(ref _last);
            if (header.Signer != current)
                Volatile.Write(ref _last, header = new(current, type, additional));
            return header;
        }
        catch (Exception e) when (JwsWriter.IsFailure(e, cancellationToken))
        {
            throw JwsWriter.CreateException(signer, e);
        }
    }
}
