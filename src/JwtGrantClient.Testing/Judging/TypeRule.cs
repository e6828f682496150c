namespace JwtGrantClient.Testing.Judging;

/// <summary>S09 and S09a: a token made for one purpose must not serve another (RFC 8725 section 3.11).</summary>
internal static class TypeRule
{
    private const string ForClients = "application/client-authentication+jwt";
    private const string Clause = "RFC 10070, RFC 8725 section 3.11, RFC 7515 section 4.1.9";

    public static void Check(string? type, AssertionUse use, bool required)
    {
        var full = type is null || type.Contains('/', StringComparison.Ordinal) ? type : $"application/{type}";
        var isForClients = ForClients.Equals(full, StringComparison.OrdinalIgnoreCase);
        var isPlain = full is null || full.Equals("application/jwt", StringComparison.OrdinalIgnoreCase);
        if (use == AssertionUse.Grant && isForClients)
            throw use.Refuse("S09a", Clause, "typ is 'client-authentication+jwt': it proves who the client is and grants nothing. Use 'JWT'.");
        if (use == AssertionUse.ClientAuthentication && required && !isForClients)
            throw use.Refuse("S09", Clause, $"typ is {(type is null ? "absent" : Quote.Of(type))}; this server is set to require 'client-authentication+jwt'.");
        if (!isPlain && !isForClients)
            throw use.Refuse(
                "S09", Clause,
                $"typ is {Quote.Of(type!)}, a token for another purpose. Expected {(use == AssertionUse.Grant ? "'JWT'" : "'client-authentication+jwt' or 'JWT'")}.");
    }
}
