using System.Net.Http.Headers;
using System.Text.Json;
using JwtGrantClient.Assertions;
using JwtGrantClient.Protocol;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Sources;

/// <summary>
/// Obtains tokens by a declared request. Limits, retries, the size limit and the masks of secrets are those of token requests; each attempt has a body and, if
/// the library signs it, a credential of its own.
/// </summary>
/// <param name="declared">The request.</param>
/// <param name="credential">Where the bearer credential comes from.</param>
/// <param name="transport">Sends the requests.</param>
/// <param name="pipeline">Applies retries and timeouts.</param>
/// <param name="sender">The client, for errors.</param>
internal sealed class DeclaredTokenSource(
    DeclaredRequest declared, BearerCredential credential, TokenEndpointTransport transport, TokenRequestPipeline pipeline, RequestSender sender) : ITokenAcquirer
{
    private readonly Uri _url = new(declared.Url);

    /// <summary>Gets the scope of the settings; null for none.</summary>
    public string? Scope { get; init; }

    /// <summary>Gets how many bytes of other members of a response are kept.</summary>
    public int MaxMembersSize { get; init; } = 16 * 1024;

    /// <exception cref="JwtGrantException">No token could be obtained, or the request has something that is not in the declared request.</exception>
    public async Task<AccessToken> GetTokenAsync(TokenRequest request, RequestAttempts attempts, CancellationToken cancellationToken)
    {
        if (request is not { Resource.Count: 0, AuthorizationDetails: null, Parameters.Count: 0 } || (request.Scope is not null && declared.ScopeMember is null))
            throw JwtGrantException.Configuration(
                "request_not_signed",
                "The token request has a scope, resources, authorization details or parameters, which the request for this token does not contain. Leave them out, or set the values of the provider.");
        // Outside of the attempts: the earlier step has retries of its own, and its token is valid for all attempts.
        var earlier = credential.Earlier is null ? null
            : await credential.Earlier.GetTokenAsync(EarlierRequest(request), new() { IsSingle = attempts.IsSingle }, cancellationToken).ConfigureAwait(false);
        return await pipeline.ExecuteAsync(
            (attempts, cancellationToken) => AttemptAsync(request, earlier?.Value, attempts, cancellationToken), attempts, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<AccessToken> AttemptAsync(TokenRequest request, string? earlier, RequestAttempts attempts, CancellationToken cancellationToken)
    {
        var context = new AssertionContext
        {
            Purpose = AssertionPurpose.AccessToken, TokenEndpoint = _url, Attempt = attempts.BeginAttempt(), Subject = request.Subject, Claims = request.Claims,
        };
        var bearer = earlier ?? (await credential.Sign!(context, cancellationToken).ConfigureAwait(false)).Value;
        using var message = new HttpRequestMessage(HttpMethod.Post, _url) { Content = new TokenRequestContent(declared.CreateBody(request.Scope ?? Scope), RequestEncoding.Json) };
        message.Headers.TryAddWithoutValidation("Accept", declared.Accept);
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        attempts.BeforeSending(cancellationToken);
        var response = await transport.SendAsync(message, cancellationToken).ConfigureAwait(false);
        // The token of an earlier step has no time of the local clock.
        if (earlier is null)
            transport.ServerClock?.Observe(response.ClockAhead, response.Status is 200 or 201);
        return DeclaredResponseReader.Read(response, declared, MaxMembersSize, sender);
    }

    private TokenRequest EarlierRequest(TokenRequest request) =>
        declared.EarlierScope is { } scope ? request.WithScope(scope, claim: null) : request;
}

/// <summary>The bearer credential of a declared request: an assertion that the library signs, or the token of an earlier step.</summary>
/// <param name="Sign">Signs an assertion for an attempt; null if there is an earlier step.</param>
/// <param name="Earlier">The earlier step; null if the library signs an assertion.</param>
internal sealed record BearerCredential(AssertionProvider? Sign, ITokenAcquirer? Earlier);

/// <summary>Reads the response to a declared request. It is a pure function, and its only exception is <see cref="JwtGrantException"/>.</summary>
internal static class DeclaredResponseReader
{
    /// <exception cref="JwtGrantException">The server rejected the request, or its response is not a token.</exception>
    public static AccessToken Read(TokenHttpResponse response, DeclaredRequest declared, int maxMembersSize, RequestSender? sender)
    {
        if (response.IsRedirect)
            throw TokenErrorReader.Redirect(response);
        using var json = JsonObjectReader.TryParse(response.Body, out var problem);
        if (response.Status is not (200 or 201))
            throw TokenErrorReader.Read(response, json?.RootElement, sender, hasMessages: true);
        if (json is null)
            throw TokenResponseReader.Malformed(response, $"the body {problem} (Content-Type: {response.ContentType ?? "none"})");
        var members = json.RootElement;
        if (members.Text(declared.TokenMember) is not { } value || !AccessToken.IsValidValue(value))
            throw TokenResponseReader.Malformed(response, $"{declared.TokenMember} {TokenResponseReader.Seen(members, declared.TokenMember)}; expected a token");
        if (!members.TryGetProperty(declared.ExpiryMember, out var expiry) || expiry.ValueKind != JsonValueKind.String || !expiry.TryGetDateTimeOffset(out var expiresAt))
            throw TokenResponseReader.Malformed(response, $"{declared.ExpiryMember} {TokenResponseReader.Seen(members, declared.ExpiryMember)}; expected a date and time such as 2026-11-23T10:00:00Z (RFC 3339)");
        // By the clock of the server, so that an offset of the local clock does not matter.
        var lifetime = TimeSpan.FromTicks(Math.Max(0, (expiresAt - (response.Headers.Date ?? response.RequestedAt)).Ticks));
        return new AccessToken(value, response.RequestedAt + lifetime, "Bearer", scope: null, TokenResponseReader.OtherMembers(members, maxMembersSize, [declared.TokenMember, declared.ExpiryMember]))
        {
            Lifetime = lifetime,
        };
    }
}
