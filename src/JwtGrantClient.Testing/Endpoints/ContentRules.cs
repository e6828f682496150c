using System.Net.Http.Headers;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>Checks the headers that describe the body: it is a form in UTF-8 (RFC 6749 section 3.2 and appendix B) without a content coding.</summary>
internal static class ContentRules
{
    private const string Form = "application/x-www-form-urlencoded";

    /// <exception cref="RefusedException">The body is declared as something else.</exception>
    public static void Check(ServerRequest request, bool isJson)
    {
        if (!isJson)
            CheckType(request.Header("Content-Type"));
        if (request.Header("Content-Encoding") is { } coding && !coding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            throw RefusedException.InvalidRequest("S01", "RFC 9110 section 8.4",
                $"The Content-Encoding is '{coding}'; this server accepts only a body that is not compressed. Leave the header out.", 415);
    }

    private static void CheckType(string? contentType)
    {
        if (contentType == Form)
            return;
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type) || !Form.Equals(type.MediaType, StringComparison.OrdinalIgnoreCase))
            throw RefusedException.InvalidRequest(
                "S01", "RFC 6749 section 3.2", $"The Content-Type is '{contentType ?? "missing"}'; expected {Form}.");
        var charset = type.Parameters.FirstOrDefault(parameter => parameter.Name.Equals("charset", StringComparison.OrdinalIgnoreCase)
            && !"utf-8".Equals(parameter.Value?.Trim('"'), StringComparison.OrdinalIgnoreCase));
        if (charset is not null)
            throw RefusedException.InvalidRequest(
                "S01", "RFC 6749 appendix B", $"The charset of the Content-Type is '{charset.Value}'; a form is UTF-8. Leave the charset out.");
    }
}
