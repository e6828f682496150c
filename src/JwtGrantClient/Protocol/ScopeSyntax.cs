using System.Buffers;

namespace JwtGrantClient.Protocol;

/// <summary>RFC 6749 section 3.3: tokens of %x21 / %x23-5B / %x5D-7E, one space between them, case-sensitive.</summary>
internal static class ScopeSyntax
{
    private static readonly SearchValues<char> Allowed = SearchValues.Create(
        [.. Enumerable.Range(0x20, 0x5F).Select(c => (char)c).Where(c => c is not ('"' or '\\'))]);

    /// <summary>What is wrong with the scope, or null where nothing is.</summary>
    public static string? Problem(string scope)
    {
        if (scope.Length == 0)
            return "is empty; leave it out to ask for the server's default scope";
        if (scope.AsSpan().IndexOfAnyExcept(Allowed) is var at and >= 0)
            return $"has the character U+{(int)scope[at]:X4} at position {at}; a scope is visible ASCII without quote and backslash " +
                "(RFC 6749 section 3.3)";
        if (scope[0] == ' ' || scope[^1] == ' ' || scope.Contains("  ", StringComparison.Ordinal))
            return "begins or ends with a space or has two in a row; scope values are separated by exactly one (RFC 6749 section 3.3)";
        return null;
    }
}
