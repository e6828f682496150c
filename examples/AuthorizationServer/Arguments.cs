using System.Globalization;
using System.Net;

namespace AuthorizationServer;

/// <summary>The command line, read; each problem is named as it stands there.</summary>
internal sealed record Arguments(
    string ClientId, string? KeyPath, string? Secret, int Port, string? Issuer, TimeSpan Lifetime, bool Fapi, bool RequireTyp)
{
    public const string Usage = """
        Usage: AuthorizationServer --client ID (--key FILE | --secret TEXT) [options]

          --client ID         the client_id to register
          --key FILE          its public key as PEM: "openssl pkey -in private.pem -pubout -out pub.pem" makes it
          --secret TEXT       its client secret; with --key too, it may use either
          --port N            the port on 127.0.0.1, 0 to 65535. Default: 0, a free one
          --issuer URL        the issuer identifier. Default: the address it listens on
          --lifetime SECONDS  how long access tokens live. Default: 300
          --fapi              judges by FAPI 2.0: PS256 or ES256, the audience a string, tokens bound by DPoP
          --require-typ       client assertions must have the typ client-authentication+jwt
          --help              prints this

        Exit codes: 0 stopped by Ctrl+C, 1 cannot start, 2 wrong usage.
        """;

    private static readonly string[] WithValue = ["--client", "--key", "--secret", "--port", "--issuer", "--lifetime"];
    private static readonly string[] Switches = ["--fapi", "--require-typ"];

    /// <summary>The arguments, or null and what is wrong with them.</summary>
    public static Arguments? TryParse(string[] args, out string problem)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        problem = Collect(args, given);
        if (problem.Length > 0)
            return null;
        if (!given.TryGetValue("--client", out var client) || client.Length == 0)
            problem = "--client is missing.";
        else if (!given.ContainsKey("--key") && !given.ContainsKey("--secret"))
            problem = "--key is missing, and so is --secret.";
        else if (given.FirstOrDefault(option => option.Key is "--key" or "--secret" && option.Value.Length == 0).Key is { } empty)
            problem = $"{empty} is empty.";
        else if (!TryNumber(given, "--port", IPEndPoint.MinPort, IPEndPoint.MaxPort, 0, out var port, out problem)
            || !TryNumber(given, "--lifetime", 1, int.MaxValue, 300, out var lifetime, out problem)
            || !IsIssuer(given.GetValueOrDefault("--issuer"), out problem))
            return null;
        else
            return new(
                client, given.GetValueOrDefault("--key"), given.GetValueOrDefault("--secret"), port,
                given.GetValueOrDefault("--issuer"), TimeSpan.FromSeconds(lifetime),
                given.ContainsKey("--fapi"), given.ContainsKey("--require-typ"));
        return null;
    }

    private static string Collect(string[] args, Dictionary<string, string> given)
    {
        for (var i = 0; i < args.Length; i++)
        {
            var name = args[i];
            var takesValue = WithValue.Contains(name);
            if (!takesValue && !Switches.Contains(name))
                return $"There is no option '{name}'.";
            if (takesValue && (i + 1 == args.Length || args[i + 1].StartsWith("--", StringComparison.Ordinal)))
                return $"{name} needs a value.";
            if (!given.TryAdd(name, takesValue ? args[++i] : ""))
                return $"{name} stands twice.";
        }
        return "";
    }

    private static bool TryNumber(
        Dictionary<string, string> given, string name, int minimum, int maximum, int otherwise, out int number, out string problem)
    {
        (number, problem) = (otherwise, "");
        if (given.TryGetValue(name, out var text)
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) || number < minimum || number > maximum))
            problem = $"{name} is '{text}'; expected a whole number from {minimum} to {maximum}.";
        return problem.Length == 0;
    }

    // Taken byte for byte from here on; this only keeps out what cannot be an issuer (RFC 8414 section 2).
    private static bool IsIssuer(string? issuer, out string problem)
    {
        var fits = issuer is null
            || (Uri.TryCreate(issuer, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
                && issuer.AsSpan().IndexOfAny('?', '#') < 0);
        problem = fits ? "" : $"--issuer is '{issuer}'; expected an http or https URL without query and fragment.";
        return problem.Length == 0;
    }
}
