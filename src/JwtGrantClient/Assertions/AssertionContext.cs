using System.Collections.ObjectModel;
using System.Diagnostics;
using System.Runtime.Serialization;
using System.Text.Json.Serialization;
using JwtGrantClient.Assertions;

namespace JwtGrantClient;

/// <summary>The purpose of an assertion.</summary>
public enum AssertionPurpose
{
    /// <summary>The assertion is the grant (RFC 7523 section 2.1, RFC 7522 section 2.1).</summary>
    Grant,

    /// <summary>The assertion authenticates the client (RFC 7523 section 2.2).</summary>
    ClientAuthentication,

    /// <summary>The assertion is the <c>subject_token</c> of a token exchange (RFC 8693 section 2.1).</summary>
    SubjectToken,

    /// <summary>The assertion is the <c>actor_token</c> of a token exchange (RFC 8693 section 2.1).</summary>
    ActorToken,

    /// <summary>The assertion is the access token itself (<see cref="GrantType.SelfSigned"/>).</summary>
    AccessToken,
}

/// <summary>The context in which an <see cref="AssertionProvider"/> is called.</summary>
public sealed class AssertionContext
{
    /// <summary>Gets the purpose of the assertion. Default: <see cref="AssertionPurpose.Grant"/>.</summary>
    public AssertionPurpose Purpose { get; init; }

    /// <summary>Gets the issuer of the authorization server as configured; null if only the token endpoint is configured.</summary>
    public string? Issuer { get; init; }

    /// <summary>
    /// Gets the endpoint that the assertion is sent to; null for a call of <see cref="IAssertionSource"/>, whose caller sends the assertion.
    /// </summary>
    public Uri? TokenEndpoint { get; init; }

    /// <summary>Gets the number of the attempt that the assertion is for. The first attempt is 1. Default: 1.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>Gets the <see cref="TokenRequest.Subject"/> of the token request; null if it has none.</summary>
    public string? Subject { get; init; }

    /// <summary>Gets the tokens of other clients that the request contains; null if it contains none.</summary>
    internal RequestInputs? Inputs { get; init; }

    /// <summary>Gets the <see cref="TokenRequest.Claims"/> of the token request. Default: empty.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting), IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public IReadOnlyDictionary<string, object> Claims { get; init; } = ReadOnlyDictionary<string, object>.Empty;
}

/// <summary>
/// Returns an assertion for one attempt of a token request. It is called for every attempt, because an authorization server may reject an
/// assertion that it has seen before.
/// </summary>
/// <param name="context">The purpose and the token request.</param>
/// <param name="cancellationToken">Cancels the call.</param>
/// <returns>The assertion.</returns>
public delegate ValueTask<Assertion> AssertionProvider(AssertionContext context, CancellationToken cancellationToken);
