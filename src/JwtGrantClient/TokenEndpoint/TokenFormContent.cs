using System.Net;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// The form as a body that can be sent once. A handler that retried below us would replay the assertion, which the server must refuse
/// as a second sight of its <c>jti</c>; it gets this error instead, and our own retry makes a new assertion.
/// </summary>
internal sealed class TokenFormContent(TokenForm form) : FormUrlEncodedContent(form.Fields)
{
    private int _sent;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _sent, 1) == 1)
            throw new JwtGrantException(
                JwtGrantErrorKind.Configuration, "assertion_replay_prevented",
                "A handler below the token endpoint client tried to send the same token request twice; its assertion is single-use. " +
                "Remove retries from the token endpoint's handler: this library retries by itself, with a fresh assertion each time.");
        return base.SerializeToStreamAsync(stream, context, cancellationToken);
    }
}
