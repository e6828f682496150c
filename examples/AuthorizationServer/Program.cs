using System.Runtime.InteropServices;
using AuthorizationServer;
using JwtGrantClient.Testing;

const int Stopped = 0, CannotStart = 1, WrongUsage = 2;

if (args.Contains("--help"))
{
    Console.WriteLine(Arguments.Usage);
    return Stopped;
}
if (Arguments.TryParse(args, out var problem) is not { } arguments)
{
    await Console.Error.WriteLineAsync($"{problem}\n\n{Arguments.Usage}");
    return WrongUsage;
}

// The handlers are registered before the addresses are printed, so that Ctrl+C works from then on.
var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

try
{
    var client = new ClientRegistration
    {
        Id = arguments.ClientId,
        PublicKeyPem = arguments.KeyPath is null ? null : await File.ReadAllTextAsync(arguments.KeyPath),
        ClientSecret = arguments.Secret,
    };
    await using var server = await StrictAuthorizationServer.StartAsync(new()
    {
        Port = arguments.Port,
        Issuer = arguments.Issuer,
        TokenLifetime = arguments.Lifetime,
        FapiMode = arguments.Fapi,
        RequireExplicitTyp = arguments.RequireTyp,
        OnRequest = RequestLog.Write,
    });
    server.RegisterClient(client);
    Console.WriteLine(Banner.For(server, client));
    await stop.Task;
    Console.WriteLine($"Stopped after {server.Requests.Count} requests; {server.TokensIssued} tokens issued.");
    return Stopped;
}
// The key file is missing, unreadable or contains no public key, or the port is in use.
catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return CannotStart;
}

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.TrySetResult();
}
