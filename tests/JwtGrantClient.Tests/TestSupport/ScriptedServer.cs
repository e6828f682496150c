using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.WebUtilities;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>A server on loopback that records requests and responds in the order of a script; the last response repeats.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly ConcurrentQueue<Received> _received = new();
    private readonly RequestDelegate[] _script;
    private LoopbackServer _loopback = null!;
    private int _calls, _next;

    private ScriptedServer(RequestDelegate[] script) => _script = script;

    public string Address => _loopback.Address;

    public string TokenEndpoint => Address + "/token";

    /// <summary>The number of requests whose headers arrived, with a complete body or not.</summary>
    public int Calls => Volatile.Read(ref _calls);

    public IReadOnlyList<Received> Requests => [.. _received];

    public static Task<ScriptedServer> StartAsync(params RequestDelegate[] script) => StartAsync(script, null, null);

    /// <summary>Starts a server with TLS whose certificate a private CA has issued.</summary>
    public static Task<ScriptedServer> StartAsync(TestAuthority authority, X509Certificate2 certificate, params RequestDelegate[] script) =>
        StartAsync(script, certificate, [authority.Intermediate]);

    public ValueTask DisposeAsync() => _loopback.DisposeAsync();

    private static async Task<ScriptedServer> StartAsync(RequestDelegate[] script, X509Certificate2? certificate, X509Certificate2Collection? issuers)
    {
        var server = new ScriptedServer(script);
        server._loopback = await LoopbackServer.StartAsync(server.AnswerAsync, certificate, issuers);
        return server;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _calls);
        context.Request.EnableBuffering();
        using var reader = new StreamReader(context.Request.Body, leaveOpen: true);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        _received.Enqueue(new(
            context.Request.Method,
            context.Request.GetEncodedPathAndQuery(),
            context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body));
        await _script[Math.Min(Interlocked.Increment(ref _next), _script.Length) - 1](context);
    }
}

/// <summary>A request as the server received it.</summary>
internal sealed record Received(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Body)
{
    /// <summary>The parsed form, with all values of each field.</summary>
    public Dictionary<string, Microsoft.Extensions.Primitives.StringValues> Form => new FormReader(Body).ReadForm();

    public Jwt Assertion => Jwt.Parse(Form["assertion"].Single()!);

    public Jwt ClientAssertion => Jwt.Parse(Form["client_assertion"].Single()!);
}
