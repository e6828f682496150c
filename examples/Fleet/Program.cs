using Fleet;

// Several processes share their tokens in one Redis, so that together they make one token request.
// dotnet run --project examples/Fleet -- [number of pods] [host:port of a Redis; default: a Garnet server that the example starts]
if (args is ["pod", var number])
    return await Pod.RunAsync(number);

var pods = args.Length > 0 ? int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture) : 5;
await using var servers = await DemoServers.StartAsync(redis: args.Length > 1 ? args[1] : null);
Console.WriteLine($"Authorization server {servers.Server.Issuer}, store {servers.Redis}");
for (var pod = 1; pod <= pods; pod++)
    Console.WriteLine(await servers.StartPodAsync(pod));

var requests = servers.Server.TokensIssued;
Console.WriteLine($"{pods} pods made {requests} token request{(requests == 1 ? "" : "s")}.");
return requests == 1 ? 0 : 1;
