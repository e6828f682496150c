namespace JwtGrantClient.Caching;

/// <summary>A token source that replaces a token after an API rejected it, in this process only: one API must not take the token from the whole fleet.</summary>
internal interface ITokenRejectionListener
{
    /// <summary>Replaces the token if it is still the cached one. Unlike <see cref="ITokenSource.InvalidateAsync"/>, other processes may still adopt it.</summary>
    void OnTokenRejected(TokenRequest request, AccessToken rejected);
}
