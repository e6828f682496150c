using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
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
    private readonly CachedJwsHeader _header = new(signer, profile.Type);

    /// <summary>Makes an assertion.</summary>
    /// <exception cref="JwtGrantException">It could not be signed, or the user's edit of it is not allowed.</exception>
    public async ValueTask<Assertion> ProvideAsync(AssertionContext context, CancellationToken cancellationToken)
    {
        var header = await _header.GetAsync(cancellationToken).ConfigureAwait(false);
        var payload = _payload;
        if (edit is not null)
            (header, payload) = AssertionDraft.Apply(edit, context, profile, header);
        else if (context.Claims.Count > 0)
            payload = new(profile with { Claims = NamedValues.Merge(profile.Claims, context.Claims) });
        // Whole seconds, rounded down: a server whose clock is a moment behind refuses an iat in its future (RFC 7523 section 3 item 6).
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

/// <summary>
/// The claims set (RFC 7523 section 3). What never changes is written once; each assertion adds its subject, its times and its id.
/// </summary>
internal sealed class AssertionPayload
{
    private const int TimesAndId = 96;

    private readonly byte[] _fixed;
    private readonly JsonEncodedText _subject;

    public AssertionPayload(AssertionProfile profile)
    {
        var json = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(json, new() { Encoder = JwsWriter.Encoder }))
        {
            writer.WriteStartObject();
            writer.WriteString("iss"u8, profile.Issuer);
            writer.WriteString("aud"u8, profile.Audience);
            foreach (var (name, value) in profile.Claims)
            {
                writer.WritePropertyName(name);
                JsonValues.Write(writer, value);
            }
            writer.WriteEndObject();
        }
        _fixed = json.WrittenSpan[..^1].ToArray();
        _subject = JsonEncodedText.Encode(profile.Subject, JwsWriter.Encoder);
    }

    /// <summary>An upper bound of what <see cref="Write"/> writes.</summary>
    public int MaximumLength(string? subject) => _fixed.Length + TimesAndId + (subject is null ? _subject.EncodedUtf8Bytes.Length : subject.Length * 6);

    /// <summary>Writes the payload and returns its length.</summary>
    /// <param name="destination">At least <see cref="MaximumLength"/> bytes.</param>
    /// <param name="subject">The <c>sub</c> of this assertion; null for the profile's.</param>
    /// <param name="issuedAt">Unix seconds.</param>
    /// <param name="expiresAt">Unix seconds.</param>
    /// <param name="ids">Where the <c>jti</c> comes from.</param>
    public int Write(Span<byte> destination, string? subject, long issuedAt, long expiresAt, JtiGenerator ids)
    {
        var length = 0;
        Append(destination, ref length, _fixed);
        Append(destination, ref length, ",\"sub\":\""u8);
        Append(destination, ref length, (subject is null ? _subject : JsonEncodedText.Encode(subject, JwsWriter.Encoder)).EncodedUtf8Bytes);
        Append(destination, ref length, "\",\"iat\":"u8);
        Append(destination, ref length, issuedAt);
        Append(destination, ref length, ",\"exp\":"u8);
        Append(destination, ref length, expiresAt);
        Append(destination, ref length, ",\"jti\":\""u8);
        ids.Write(destination[length..]);
        length += JtiGenerator.Length;
        Append(destination, ref length, "\"}"u8);
        return length;
    }

    private static void Append(Span<byte> destination, ref int length, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(destination[length..]);
        length += bytes.Length;
    }

    private static void Append(Span<byte> destination, ref int length, long number)
    {
        Utf8Formatter.TryFormat(number, destination[length..], out var written);
        length += written;
    }
}

/// <summary>What all assertions of one kind have in common: validated settings, never changed.</summary>
/// <param name="Type">The <c>typ</c> header.</param>
/// <param name="Issuer">The <c>iss</c> claim.</param>
/// <param name="Subject">The <c>sub</c> claim, where a request gives no other.</param>
/// <param name="Audience">The <c>aud</c> claim: one string (RFC 10070), byte for byte as configured.</param>
/// <param name="Lifetime">Whole seconds from <c>iat</c> to <c>exp</c>.</param>
/// <param name="Claims">Further claims, none of them registered.</param>
internal sealed record AssertionProfile(
    string Type, string Issuer, string Subject, string Audience, TimeSpan Lifetime, IReadOnlyDictionary<string, object> Claims);
