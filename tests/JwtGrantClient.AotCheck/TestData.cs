namespace JwtGrantClient.AotCheck;

/// <summary>
/// The arguments of every program: the issuer of the server, its token endpoint on 127.0.0.1, a PEM file with an RSA key, and, if the endpoint has https, a
/// file with the CA of its certificate.
/// </summary>
internal sealed record TestData(string Issuer, string TokenEndpoint, string KeyFile, string? TrustedFile = null)
{
    public const string ClientId = "batch-worker";

    public static TestData From(string[] arguments) =>
        arguments is [var issuer, var tokenEndpoint, var keyFile, .. { Length: <= 1 } trustedFile]
            ? new(issuer, tokenEndpoint, keyFile, trustedFile is [var path] ? path : null)
            : throw new ArgumentException("Expected three arguments, and a fourth for https: issuer, token endpoint, key file, file of the CA.");
}
