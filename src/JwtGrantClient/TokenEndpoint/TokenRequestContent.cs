using System.Net;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// The form as a body that can be sent once. A handler that retried below us, or followed a 307, would replay the assertion, which the
/// server must refuse as a second sight of its <c>jti</c>; it gets this error instead, and our own retry makes a new assertion.
/// </summary>
internal sealed class TokenRequestContent : HttpContent
{
    // Not from a pool: a handler may still be writing it when the request is given up.
    private readonly byte[] _form;
    private int _sent;

    public TokenRequestContent(TokenRequestForm form)
    {
        _form = form.Encode();
        Headers.TryAddWithoutValidation("Content-Type", "application/x-www-form-urlencoded");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _sent, 1) == 1)
            throw new JwtGrantException(
                JwtGrantErrorKind.Configuration, "assertion_replay_prevented",
                "A handler below the token endpoint client tried to send the same token request twice, as a retry or to follow a " +
                "redirect; " +
                "its assertion is single-use. Take retries and redirects off the token endpoint's handler: this library retries by " +
                "itself, " +
                "with a fresh assertion each time.");
        return stream.WriteAsync(_form, cancellationToken).AsTask();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _form.Length;
        return true;
    }
}
