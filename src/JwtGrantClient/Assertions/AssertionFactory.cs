using System.Buffers;
using System.Buffers.Text;
using System.Collections.ObjectModel;
using System.Text.Json;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.Protocol;
using JwtGrantClient.Signing;

namespace JwtGrantClient.Assertions;

/// <summary>
/// Creates JWT assertions (open first). Every call returns a new assertion with its own <c>jti</c> and times, so an assertion is never sent twice.
/// </summary>
/// <param name="profile">The settings that all assertions share.</param>
/// <param name="signer">Signs the assertions.</param>
/// <param name="clock">The clock for <c>iat</c> and <c>exp</c>.</param>
/// <param name="ids">Creates the <c>jti</c>.</param>
/// <param name="edit">Edits each assertion before it is signed; null for no edits.</param>
internal sealed class AssertionFactory(
    AssertionProfile profile, IJwtSigner signer, TimeProvider clock, JtiGenerator ids, Action<AssertionDraft>? edit = null)
{
    private readonly AssertionPayload _payload = new(profile);
    private readonly CachedJwsHeader _header = new(signer, profile.Type, profile.Header);

    /// <summary>Gets the metrics of the client; null to measure and trace nothing.</summary>
    public ClientMetrics? Metrics { get; init; }

    /// <summary>Gets the time from <c>iat</c> to <c>exp</c>.</summary>
    public TimeSpan Lifetime => profile.Lifetime;

    /// <summary>Creates an assertion. The method has the signature of an <see cref="AssertionProvider"/>.</summary>
    /// <exception cref="JwtGrantException">The assertion could not be signed, or the edit is not allowed.</exception>
    public async ValueTask<Assertion> ProvideAsync(AssertionContext context, CancellationToken cancellationToken)
    {
        var header = await _header.GetAsync(cancellationToken).ConfigureAwait(false);
        var payload = _payload;
        if (edit is not null)
            (header, payload) = AssertionDraft.Apply(edit, context, profile, header);
        else if (context.Claims.Count > 0)
            payload = new(profile with { Claims = NamedValues.Merge(profile.Claims, context.Claims) });
        // Rounded down: a server may reject an iat in the future (RFC 7523 section 3 item 6), and its clock may be slightly behind.
        var issuedAt = clock.GetUtcNow().ToUnixTimeSeconds() - (long)profile.Backdate.TotalSeconds;
        var expiresAt = issuedAt + (long)profile.Lifetime.TotalSeconds;
        var buffer = ArrayPool<byte>.Shared.Rent(payload.MaximumLength(context.Subject));
        try
        {
            var length = payload.Write(buffer, context.Subject, issuedAt, expiresAt, ids);
            var jwt = await JwsWriter.SignAsync(header, buffer.AsMemory(0, length), Metrics, cancellationToken).ConfigureAwait(false);
            return new Assertion(jwt, AssertionTypes.Jwt, DateTimeOffset.FromUnixTimeSeconds(expiresAt));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

/// <summary>Returns the client assertions of a provider to callers that make their own token request.</summary>
internal sealed class AssertionSource(string client, AssertionProvider provider, string? issuer) : IAssertionSource
{
    public async ValueTask<Assertion> GetAssertionAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await provider(new AssertionContext { Purpose = AssertionPurpose.ClientAuthentication, Issuer = issuer }, cancellationToken).ConfigureAwait(false);
        }
        catch (JwtGrantException e)
        {
            e.AddContext(client, endpoint: null, client.Length == 0 ? null : $"Client '{SanitizedText.From(client)}'.");
            throw;
        }
    }
}

/// <summary>
/// The claims of an assertion (RFC 7523 section 3). The claims that all assertions share are encoded once. Each assertion adds its subject,
/// times and id.
/// </summary>
internal sealed class AssertionPayload
{
    // The names of sub, iat, nbf, exp and jti, the value of jti, and times of up to 18 digits.
    private const int TimesAndIdLength = 128;

    // An escape sequence such as \u0001.
    private const int MaximumBytesPerCharacter = 6;

    private readonly byte[] _shared;
    private readonly JsonEncodedText? _subject;
    private readonly OmittedClaims _omitted;
    private readonly bool _hasNotBefore;

    public AssertionPayload(AssertionProfile profile)
    {
        var json = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(json, new() { Encoder = JwsWriter.Encoder }))
        {
            writer.WriteStartObject();
            if (profile.Issuer is not null)
                writer.WriteString("iss"u8, profile.Issuer);
            if (profile.Audience is not null)
                writer.WriteString("aud"u8, profile.Audience);
            foreach (var (name, value) in profile.Claims)
            {
                writer.WritePropertyName(name);
                JsonValues.Write(writer, value);
            }
            writer.WriteEndObject();
        }
        _shared = json.WrittenSpan[..^1].ToArray();
        _subject = profile.Subject is { } subject ? JsonEncodedText.Encode(subject, JwsWriter.Encoder) : null;
        (_omitted, _hasNotBefore) = (profile.Omitted, profile.NotBefore);
    }

    /// <summary>Returns an upper bound of the number of bytes that <see cref="Write"/> writes.</summary>
    public int MaximumLength(string? subject) => _shared.Length + TimesAndIdLength + (subject is not null ? subject.Length * MaximumBytesPerCharacter : _subject?.EncodedUtf8Bytes.Length ?? 0);

    /// <summary>Writes the payload and returns its length in bytes.</summary>
    /// <param name="destination">A buffer of at least <see cref="MaximumLength"/> bytes.</param>
    /// <param name="subject">The <c>sub</c> claim; null for the subject of the profile.</param>
    /// <param name="issuedAt">The <c>iat</c> claim, and <c>nbf</c> if there is one, in Unix seconds.</param>
    /// <param name="expiresAt">The <c>exp</c> claim in Unix seconds.</param>
    /// <param name="ids">Creates the <c>jti</c> claim.</param>
    public int Write(Span<byte> destination, string? subject, long issuedAt, long expiresAt, JtiGenerator ids)
    {
        var length = 0;
        Append(destination, ref length, _shared);
        if ((subject is null ? _subject : JsonEncodedText.Encode(subject, JwsWriter.Encoder)) is { } sub)
        {
            AppendName(destination, ref length, ",\"sub\":\""u8);
            Append(destination, ref length, sub.EncodedUtf8Bytes);
            Append(destination, ref length, "\""u8);
        }
        if ((_omitted & OmittedClaims.IssuedAt) == 0)
            AppendTime(destination, ref length, ",\"iat\":"u8, issuedAt);
        if (_hasNotBefore)
            AppendTime(destination, ref length, ",\"nbf\":"u8, issuedAt);
        AppendTime(destination, ref length, ",\"exp\":"u8, expiresAt);
        if ((_omitted & OmittedClaims.Id) == 0)
        {
            Append(destination, ref length, ",\"jti\":\""u8);
            ids.Write(destination[length..]);
            length += JtiGenerator.Length;
            Append(destination, ref length, "\""u8);
        }
        Append(destination, ref length, "}"u8);
        return length;
    }

    private static void Append(Span<byte> destination, ref int length, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(destination[length..]);
        length += bytes.Length;
    }

    // The first member has no comma.
    private static void AppendName(Span<byte> destination, ref int length, ReadOnlySpan<byte> name) =>
        Append(destination, ref length, length == 1 ? name[1..] : name);

    private static void AppendTime(Span<byte> destination, ref int length, ReadOnlySpan<byte> name, long time)
    {
        AppendName(destination, ref length, name);
        Append(destination, ref length, time);
    }

    private static void Append(Span<byte> destination, ref int length, long number)
    {
        Utf8Formatter.TryFormat(number, destination[length..], out var written);
        length += written;
    }
}

/// <summary>The validated settings that all assertions of a factory share. Immutable.</summary>
/// <param name="Type">The <c>typ</c> header parameter.</param>
/// <param name="Issuer">The <c>iss</c> claim; null to leave it out.</param>
/// <param name="Subject">The <c>sub</c> claim of an assertion whose token request has no subject; null to leave it out.</param>
/// <param name="Audience">The <c>aud</c> claim: one string (RFC 10070), exactly as configured; null to leave it out.</param>
/// <param name="Lifetime">The time from <c>iat</c> to <c>exp</c>, in whole seconds.</param>
/// <param name="Claims">Additional claims. None of them is a registered claim.</param>
internal sealed record AssertionProfile(
    string Type, string? Issuer, string? Subject, string? Audience, TimeSpan Lifetime, IReadOnlyDictionary<string, object> Claims)
{
    /// <summary>Gets the claims of each assertion that are left out.</summary>
    public OmittedClaims Omitted { get; init; }

    /// <summary>Gets whether the assertion has <c>nbf</c>, with the value of <c>iat</c>.</summary>
    public bool NotBefore { get; init; }

    /// <summary>Gets how long before the current time <c>iat</c> is, in whole seconds.</summary>
    public TimeSpan Backdate { get; init; }

    /// <summary>Gets additional header parameters, which override those of the signer.</summary>
    public IReadOnlyDictionary<string, object> Header { get; init; } = ReadOnlyDictionary<string, object>.Empty;
}
