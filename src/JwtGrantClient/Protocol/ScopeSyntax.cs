using System.Buffers;

namespace JwtGrantClient.Protocol;

/// <summary>The syntax of a scope: case-sensitive values of %x21 / %x23-5B / %x5D-7E, separated by one space (RFC 6749 section 3.3).</summary>
internal static class ScopeSyntax
{
    private static readonly SearchValues<char> Allowed = SearchValues.Create(
        " !#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>Returns a description of what is wrong with a scope, or null if the scope is valid.</summary>
    public static string? Problem(string scope)
    {
        if (scope.Length == 0)
            return "is empty; leave it out to request the server's default scope";
        if (scope.AsSpan().IndexOfAnyExcept(Allowed) is var index and >= 0)
            return $"has the character U+{(int)scope[index]:X4} at position {index}; a scope has visible ASCII characters except quote and backslash (RFC 6749 section 3.3)";
        if (scope[0] == ' ' || scope[^1] == ' ' || scope.Contains("  ", StringComparison.Ordinal))
            return "starts or ends with a space or has two spaces in a row; scope values are separated by exactly one space (RFC 6749 section 3.3)";
        return null;
    }
}
