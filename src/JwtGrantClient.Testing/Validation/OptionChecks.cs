using System.Buffers;

namespace JwtGrantClient.Testing.Validation;

/// <summary>Checks options and arguments when they are set, so that a mistake does not fail each request later.</summary>
internal static class OptionChecks
{
    // RFC 3986 section 2, without the characters that begin a query or a fragment.
    private static readonly SearchValues<char> UrlCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/[]@!$&'()*+,;=%");

    private static readonly SearchValues<char> Base64UrlCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    // Longer times would be beyond the last date of the platform.
    private static readonly TimeSpan MaxTime = TimeSpan.FromDays(3650);

    // The length of a SHA-256 in base64url.
    private const int Sha256Length = 43;

    public static void CheckIssuer(string issuer)
    {
        if (!Uri.TryCreate(issuer, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || issuer.AsSpan().ContainsAny('?', '#'))
            throw new ArgumentException($"Issuer is '{issuer}'; expected an http or https URL without query and fragment.");
        if (issuer.AsSpan().IndexOfAnyExcept(UrlCharacters) is >= 0 and var at)
            throw new ArgumentException($"Issuer is '{issuer}'; '{issuer[at]}' is no character of a URL. Percent-encode it, or leave it out.");
        if (uri.UserInfo.Length > 0)
            throw new ArgumentException("Issuer has a user name; expected an http or https URL without it.");
        // A client that is written in .NET sends the normalized path, and this server compares paths byte for byte.
        var path = issuer.IndexOf('/', issuer.IndexOf("://", StringComparison.Ordinal) + 3) is >= 0 and var start ? issuer[start..] : "";
        if (path.TrimEnd('/') != uri.AbsolutePath.TrimEnd('/'))
            throw new ArgumentException($"Issuer is '{issuer}'; requests to it would have the path '{uri.AbsolutePath}'. Use that path.");
    }

    public static void CheckTime(string name, TimeSpan time, bool allowsZero)
    {
        if (time < TimeSpan.Zero || (time == TimeSpan.Zero && !allowsZero) || time > MaxTime)
            throw new ArgumentException($"{name} is {time}; expected {(allowsZero ? "zero or more" : "more than zero")}, and at most {MaxTime.TotalDays:0} days.");
    }

    /// <summary>Checks that each value is one scope value (RFC 6749 section 3.3).</summary>
    public static void CheckScopeValues(string name, IEnumerable<string>? values)
    {
        if (values?.FirstOrDefault(value => value.Length == 0 || value.Any(c => c is <= ' ' or '"' or '\\' or > '~')) is { } invalid)
            throw new ArgumentException($"{name} has '{invalid}'; expected visible ASCII without space, quote and backslash. Each scope value is an element of its own.");
    }

    /// <summary>Checks an S256 code challenge or a JWK thumbprint: a SHA-256 in base64url without padding.</summary>
    public static void CheckSha256(string name, string? value)
    {
        if (value is not null && (value.Length != Sha256Length || value.AsSpan().ContainsAnyExcept(Base64UrlCharacters)))
            throw new ArgumentException($"{name} is '{value}'; expected a SHA-256 in base64url, {Sha256Length} characters.");
    }

    public static void CheckNotEmpty(string name, string? value)
    {
        if (value is "")
            throw new ArgumentException($"{name} is empty. A parameter without a value counts as omitted (RFC 6749 section 3.2).");
    }
}
