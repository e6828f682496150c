namespace JwtGrantClient.Protocol;

/// <summary>The syntax of a resource: an absolute URI without a fragment (RFC 8707 section 2).</summary>
internal static class ResourceSyntax
{
    /// <summary>Returns a description of what is wrong with a resource, or null if the resource is valid. The text is never normalized.</summary>
    public static string? Problem(string resource) =>
        // System.Uri also accepts spaces, non-ASCII letters and, on Unix, a path without a scheme; RFC 3986 allows none of them.
        resource.AsSpan().ContainsAnyExceptInRange('!', '~')
        || !Uri.TryCreate(resource, UriKind.Absolute, out var uri)
        || !resource.StartsWith(uri.Scheme + ":", StringComparison.OrdinalIgnoreCase)
            ? $"{SettingText.QuoteUrl(resource)} is not an absolute URI (RFC 8707 section 2)"
        : resource.Contains('#', StringComparison.Ordinal) ? $"{SettingText.QuoteUrl(resource)} has a fragment; remove everything from # (RFC 8707 section 2)"
        : null;
}
