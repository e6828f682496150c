using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Caching;

/// <summary>
/// Determines whom a failure concerns: the server or the client, and so all token requests, or a single request, such as that of a user whom the server
/// does not know.
/// </summary>
internal static class FailureScope
{
    /// <summary>Returns whether a failure concerns a single request only.</summary>
    public static bool IsOfOneRequest(JwtGrantException error) => error.Kind switch
    {
        JwtGrantErrorKind.Refused => !ConcernsClient(error.StatusCode ?? 0, error.Error),
        // The subject, the claims or the parameters of the request do not fit.
        JwtGrantErrorKind.Configuration => error.Code is
            "subject_without_assertion" or "token_file_not_ours" or "form_field_twice" or "saml_assertion_incomplete" or "saml_text_unusable"
                or "input_token_missing" or "input_token_not_used" or "input_token_expired" or "request_not_signed",
        _ => false,
    };

    private static bool ConcernsClient(int status, string? error) => status >= 500
        || error is null or "invalid_client" or "unauthorized_client" or "unsupported_grant_type" or "use_dpop_nonce" or "invalid_dpop_proof"
        || TransientErrors.IsTransientError(status, error);
}
