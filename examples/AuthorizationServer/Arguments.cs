using System.Globalization;
using System.Net;

namespace AuthorizationServer;

/// <summary>The parsed command line.</summary>
internal sealed record Arguments(
    string ClientId, string? KeyPath, string? Secret, int Port, string? Issuer, TimeSpan Lifetime, bool Fapi, bool RequireTyp)
{
    public const string Usage = """
        Usage: AuthorizationServer --client ID (--key FILE | --secret TEXT) [options]

          --client ID         the client_id to register
          --key FILE          its public key as PEM; create it with: openssl pkey -in private.pem -pubout -out pub.pem
          --secret TEXT       its client secret; with --key as well, the client can use either
          --port N            the port on 127.0.0.1, 0 to 65535. Default: 0, any free port
          --issuer URL        the issuer identifier. Default: the address of the server
          --lifetime SECONDS  the lifetime of access tokens. Default: 300
          --fapi              enforces FAPI 2.0: PS256, ES256 or Ed25519, a single audience string, DPoP-bound tokens
          --require-typ       requires the typ client-authentication+jwt in client assertions
          --help              prints this help

        Exit codes: 0 stopped by Ctrl+C, 1 cannot start, 2 wrong usage.
        """;

    private static readonly string[] WithValue = ["--client", "--key", "--secret", "--port", "--issuer", "--lifetime"];
    private static readonly string[] Switches = ["--fapi", "--require-typ"];

    /// <summary>Returns the arguments, or null and the problem.</summary>
    public static Arguments? TryParse(string[] args, out string problem)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        problem = Collect(args, values);
        if (problem.Length > 0)
            return null;
        if (!values.TryGetValue("--client", out var client) || client.Length == 0)
            problem = "--client is required.";
        else if (!values.ContainsKey("--key") && !values.ContainsKey("--secret"))
            problem = "--key or --secret is required.";
        else if (values.FirstOrDefault(option => option.Key is "--key" or "--secret" && option.Value.Length == 0).Key is { } empty)
            problem = $"{empty} is empty.";
        else if (!TryNumber(values, "--port", IPEndPoint.MinPort, IPEndPoint.MaxPort, 0, out var port, out problem)
            || !TryNumber(values, "--lifetime", 1, int.MaxValue, 300, out var lifetime, out problem)
            || !IsIssuer(values.GetValueOrDefault("--issuer"), out problem))
            return null;
        else
            return new(
                client, values.GetValueOrDefault("--key"), values.GetValueOrDefault("--secret"), port,
                values.GetValueOrDefault("--issuer"), TimeSpan.FromSeconds(lifetime),
                values.ContainsKey("--fapi"), values.ContainsKey("--require-typ"));
        return null;
    }

    private static string Collect(string[] args, Dictionary<string, string> values)
    {
        for (var i = 0; i < args.Length; i++)
        {
            var name = args[i];
            var takesValue = WithValue.Contains(name);
            if (!takesValue && !Switches.Contains(name))
                return $"Unknown option '{name}'.";
            if (takesValue && (i + 1 == args.Length || args[i + 1].StartsWith("--", StringComparison.Ordinal)))
                return $"{name} requires a value.";
            if (!values.TryAdd(name, takesValue ? args[++i] : ""))
                return $"{name} is specified twice.";
        }
        return "";
    }

    private static bool TryNumber(
        Dictionary<string, string> values, string name, int minimum, int maximum, int defaultValue, out int number, out string problem)
    {
        (number, problem) = (defaultValue, "");
        if (values.TryGetValue(name, out var text)
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) || number < minimum || number > maximum))
            problem = $"{name} is '{text}'; expected a whole number from {minimum} to {maximum}.";
        return problem.Length == 0;
    }

    // Rejects what cannot be an issuer (RFC 8414 section 2). The value itself is used byte for byte.
    private static bool IsIssuer(string? issuer, out string problem)
    {
        var fits = issuer is null
            || (Uri.TryCreate(issuer, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
                && issuer.AsSpan().IndexOfAny('?', '#') < 0);
        problem = fits ? "" : $"--issuer is '{issuer}'; expected an http or https URL without query and fragment.";
        return problem.Length == 0;
    }
}
