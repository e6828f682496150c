using System.Buffers;
using JwtGrantClient.Testing.Endpoints;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Grants;

/// <summary>Checks the grant types, scopes and targets that a client may request.</summary>
internal static class GrantPolicy
{
    private static readonly SearchValues<char> ScopeCharacters = SearchValues.Create(
        [.. Enumerable.Range(0x20, 0x5F).Select(c => (char)c).Where(c => c is not ('"' or '\\'))]);

    public static RefusedException UnsupportedGrantType(string grantType, IEnumerable<string> supported) => RefusedException.Create(
        "unsupported_grant_type", "S17", "RFC 6749 section 5.2",
        $"The grant type is '{grantType}'; this server supports {string.Join(", ", supported)}.");

    public static void CheckGrantType(ClientRegistration? client, string grantType)
    {
        if (client?.AllowedGrantTypes?.Contains(grantType) == false)
            throw RefusedException.Create("unauthorized_client", "S17", "RFC 6749 section 5.2",
                $"'{client.Id}' is not allowed to use the grant type {grantType}.");
    }

    public static void CheckScope(GrantResult grant, IReadOnlyList<string>? supported)
    {
        if (grant.Scope is not { } scope)
            return;
        if (scope.AsSpan().IndexOfAnyExcept(ScopeCharacters) is >= 0 and var offset)
            throw InvalidScope(
                $"The scope has the character '{scope[offset]}' (U+{(int)scope[offset]:X4}) at offset {offset}; expected visible ASCII without quote and backslash.");
        if (scope[0] == ' ' || scope[^1] == ' ')
            throw InvalidScope($"The scope {(scope[0] == ' ' ? "begins" : "ends")} with a space; expected one space between two values.");
        if (scope.IndexOf("  ", StringComparison.Ordinal) is >= 0 and var spaces)
            throw InvalidScope($"The scope has two spaces at offset {spaces}; expected one space between two values.");
        var values = scope.Split(' ');
        if (supported is not null && values.FirstOrDefault(value => !supported.Contains(value)) is { } unsupported)
            throw InvalidScope($"This server does not support the scope '{unsupported}'.");
        if (grant.Client?.AllowedScopes is { } allowed && values.FirstOrDefault(value => !allowed.Contains(value)) is { } excessive)
            throw InvalidScope($"'{grant.Client.Id}' is not allowed to request the scope '{excessive}'.");
    }

    /// <summary>
    /// Returns the requested scope, which must be within the scope granted before; if no scope is requested, the scope granted before.
    /// </summary>
    public static string? NarrowScope(string? requested, string? granted, string clause)
    {
        var values = granted?.Split(' ') ?? [];
        return requested?.Split(' ').FirstOrDefault(value => !values.Contains(value)) is { } wider
            ? throw RefusedException.Create(
                "invalid_scope", "S18", clause, $"The scope '{wider}' was not granted before; a scope cannot be widened.")
            : requested ?? granted;
    }

    /// <summary>
    /// Checks the targets of the requested token: a resource is a URI (RFC 8707 section 2), an audience is a name (RFC 8693 section 2.1).
    /// </summary>
    public static void CheckTargets(TokenForm form, IReadOnlyList<string>? supported)
    {
        foreach (var resource in form.Resources)
            CheckResource(resource);
        if (form.Audiences.FirstOrDefault(audience => audience.Any(char.IsControl)) is { } audience)
            throw InvalidTarget($"The audience '{audience}' has a control character.");
        if (form.Resources.Concat(form.Audiences).FirstOrDefault(target => supported?.Contains(target) == false) is { } unknown)
            throw InvalidTarget($"This server does not know the target '{unknown}'.");
    }

    private static void CheckResource(string resource)
    {
        if (!resource.Contains(':', StringComparison.Ordinal))
            throw InvalidTarget($"The resource '{resource}' has no scheme; expected an absolute URI.");
        if (!Uri.TryCreate(resource, UriKind.Absolute, out _))
            throw InvalidTarget($"The resource '{resource}' is not a URI.");
        if (resource.Contains('#', StringComparison.Ordinal))
            throw InvalidTarget($"The resource '{resource}' has a fragment. Leave out '#' and what follows.");
    }

    private static RefusedException InvalidTarget(string explanation) =>
        RefusedException.Create("invalid_target", "S17", "RFC 8707 section 2", explanation);

    private static RefusedException InvalidScope(string explanation) =>
        RefusedException.Create("invalid_scope", "S17", "RFC 6749 section 3.3", explanation);
}
