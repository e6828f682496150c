using System.Collections.ObjectModel;

namespace JwtGrantClient;

/// <summary>What an assertion is for.</summary>
public enum AssertionPurpose
{
    /// <summary>It is the grant (RFC 7523 section 2.1).</summary>
    Grant,

    /// <summary>It authenticates the client (RFC 7523 section 2.2).</summary>
    ClientAuthentication,

    /// <summary>It is the <c>subject_token</c> of a token exchange (RFC 8693 section 2.1).</summary>
    SubjectToken,

    /// <summary>It is the <c>actor_token</c> of a token exchange (RFC 8693 section 2.1).</summary>
    ActorToken,
}

/// <summary>What a provider of assertions is told.</summary>
public sealed class AssertionContext
{
    /// <summary>What the assertion is for.</summary>
    public AssertionPurpose Purpose { get; init; }

    /// <summary>The authorization server's issuer as configured; null where only its token endpoint is.</summary>
    public string? Issuer { get; init; }

    /// <summary>
    /// Where the assertion will be sent; null where it was asked for by <see cref="IAssertionSource"/>, so that nobody knows.
    /// </summary>
    public Uri? TokenEndpoint { get; init; }

    /// <summary>The attempt on the wire that the assertion is for: 1 for the first.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>On whose behalf, where the token request says so.</summary>
    public string? Subject { get; init; }

    /// <summary>Further claims that the token request asks for; empty where it asks for none.</summary>
    public IReadOnlyDictionary<string, object> Claims { get; init; } = ReadOnlyDictionary<string, object>.Empty;
}

/// <summary>Gives an assertion for one attempt. Called again for each, so that what is single-use can be fresh.</summary>
/// <param name="context">What it is for.</param>
/// <param name="cancellationToken">Cancels the call.</param>
public delegate ValueTask<Assertion> AssertionProvider(AssertionContext context, CancellationToken cancellationToken);
