using System.Buffers;
using JwtGrantClient.Testing.Endpoints;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Grants;

/// <summary>What a client may have (S17, S18): judged last, when it is known who asks.</summary>
internal static class GrantPolicy
{
    private static readonly SearchValues<char> ScopeCharacters = SearchValues.Create(
        [.. Enumerable.Range(0x20, 0x5F).Select(c => (char)c).Where(c => c is not ('"' or '\\'))]);

    public static RefusedException Unknown(string grantType, IEnumerable<string> known) => RefusedException.Other(
        "unsupported_grant_type", "S17", "RFC 6749 section 5.2",
        $"The grant type is '{grantType}'; this server knows {string.Join(", ", known)}.");

    public static void DemandGrantType(ClientRegistration? client, string grantType)
    {
        if (client?.AllowedGrantTypes?.Contains(grantType) == false)
            throw RefusedException.Other("unauthorized_client", "S17", "RFC 6749 section 5.2",
                $"'{client.Id}' may not use the grant type {grantType}.");
    }

    public static void DemandScope(GrantResult entitlement, IReadOnlyList<string>? supported)
    {
        if (entitlement.Scope is not { } scope)
            return;
        var values = scope.Split(' ');
        if (scope.AsSpan().ContainsAnyExcept(ScopeCharacters) || values.Any(value => value.Length == 0))
            throw Refused("The scope breaks the syntax: visible ASCII without quote and backslash, one space between values.");
        if (supported is not null && values.FirstOrDefault(value => !supported.Contains(value)) is { } unknown)
            throw Refused($"There is no scope '{unknown}' here.");
        if (entitlement.Client?.AllowedScopes is { } allowed && values.FirstOrDefault(value => !allowed.Contains(value)) is { } excessive)
            throw Refused($"'{entitlement.Client.Id}' may not have the scope '{excessive}'.");
    }

    /// <summary>The scope that was asked for, within what was granted before; without any, all of that.</summary>
    public static string? Narrow(string? asked, string? granted, string clause)
    {
        var values = granted?.Split(' ') ?? [];
        return asked?.Split(' ').FirstOrDefault(value => !values.Contains(value)) is { } wider
            ? throw RefusedException.Other(
                "invalid_scope", "S18", clause, $"The scope '{wider}' was not granted before; it cannot be widened.")
            : asked ?? granted;
    }

    /// <summary>
    /// Where a token is to be used: resources are addresses (RFC 8707 section 2), audiences names (RFC 8693 section 2.1).
    /// </summary>
    public static void DemandTargets(TokenForm form, IReadOnlyList<string>? supported)
    {
        foreach (var resource in form.Resources)
            if (!resource.Contains(':', StringComparison.Ordinal) || !Uri.TryCreate(resource, UriKind.Absolute, out _)
                || resource.Contains('#', StringComparison.Ordinal))
                throw InvalidTarget($"The resource '{resource}' is no absolute URI without fragment.");
        if (form.Audiences.FirstOrDefault(audience => audience.Any(char.IsControl)) is { } audience)
            throw InvalidTarget($"The audience '{audience}' has a control character.");
        if (form.Resources.Concat(form.Audiences).FirstOrDefault(target => supported?.Contains(target) == false) is { } unknown)
            throw InvalidTarget($"There is no target '{unknown}' here.");
    }

    private static RefusedException InvalidTarget(string explanation) =>
        RefusedException.Other("invalid_target", "S17", "RFC 8707 section 2", explanation);

    private static RefusedException Refused(string explanation) =>
        RefusedException.Other("invalid_scope", "S17", "RFC 6749 section 3.3", explanation);
}
