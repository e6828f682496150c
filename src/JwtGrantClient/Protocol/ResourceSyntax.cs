namespace JwtGrantClient.Protocol;

/// <summary>RFC 8707 section 2: a resource is an absolute URI without a fragment.</summary>
internal static class ResourceSyntax
{
    /// <summary>What is wrong with the resource, or null where nothing is. The text is judged, never rewritten.</summary>
    public static string? Problem(string resource) =>
        // System.Uri also takes spaces, letters beyond ASCII and, on Unix, a bare path; RFC 3986 takes none of them.
        resource.AsSpan().ContainsAnyExceptInRange('!', '~')
        || !Uri.TryCreate(resource, UriKind.Absolute, out var uri)
        || !resource.StartsWith(uri.Scheme + ":", StringComparison.OrdinalIgnoreCase)
            ? $"'{resource}' is not an absolute URI (RFC 8707 section 2)"
        : resource.Contains('#', StringComparison.Ordinal) ? $"'{resource}' has a fragment; remove everything from # (RFC 8707 section 2)"
        : null;
}
