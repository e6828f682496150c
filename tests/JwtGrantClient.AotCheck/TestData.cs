namespace JwtGrantClient.AotCheck;

/// <summary>The arguments of every program: the issuer of the server, its token endpoint on 127.0.0.1, and a PEM file with an RSA key.</summary>
internal sealed record TestData(string Issuer, string TokenEndpoint, string KeyFile)
{
    public const string ClientId = "batch-worker";

    public static TestData From(string[] arguments) =>
        arguments is [var issuer, var tokenEndpoint, var keyFile]
            ? new(issuer, tokenEndpoint, keyFile)
            : throw new ArgumentException("Expected three arguments: issuer, token endpoint, key file.");
}
