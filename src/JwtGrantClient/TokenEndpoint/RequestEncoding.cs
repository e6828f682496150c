namespace JwtGrantClient;

/// <summary>How the body of a token request is written.</summary>
public enum RequestEncoding
{
    /// <summary>A form (RFC 6749 section 3.2).</summary>
    Form,

    /// <summary>
    /// A JSON object with the same fields, which is not standardized: for the workload identity federation of some AI providers. A field with several values is
    /// an array, and <c>authorization_details</c> are JSON.
    /// </summary>
    Json,
}
