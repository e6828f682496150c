using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>Addresses whose connections a test completes. An address without an outcome does not respond.</summary>
internal sealed class FakeNetwork(ObservedTime time, params string[] addresses)
{
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly Channel<Attempt> _attempts = Channel.CreateUnbounded<Attempt>();

    /// <summary>The names that were resolved.</summary>
    public ConcurrentQueue<string> Names { get; } = new();

    public StaggeredConnect CreateConnect() => new(time, Timeout)
    {
        ResolveAsync = (name, _) =>
        {
            Names.Enqueue(name);
            return Task.FromResult(addresses.Select(IPAddress.Parse).ToArray());
        },
        OpenAsync = OpenAsync,
    };

    /// <summary>Returns the next connection that is attempted.</summary>
    public Task<Attempt> NextAsync() => _attempts.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WithTimeout();

    /// <summary>Returns whether further connections were attempted.</summary>
    public bool HasMore => _attempts.Reader.TryPeek(out _);

    /// <summary>Advances the time by the delay between two attempts, once it has begun.</summary>
    public async Task PassDelayAsync()
    {
        while (await time.NextDelayAsync() != StaggeredConnect.AttemptDelay)
        {
        }
        time.Advance(StaggeredConnect.AttemptDelay);
    }

    private async Task<Stream> OpenAsync(IPEndPoint server, CancellationToken cancellationToken)
    {
        var attempt = new Attempt(server);
        using var registration = cancellationToken.Register(attempt.Cancel);
        _attempts.Writer.TryWrite(attempt);
        return await attempt.Outcome.Task;
    }

    /// <summary>A connection that is attempted.</summary>
    internal sealed class Attempt(IPEndPoint server)
    {
        public string Address => server.Address.ToString();

        public IPEndPoint Server => server;

        public TaskCompletionSource<Stream> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Whether a connection that is made in spite of its cancellation succeeds.</summary>
        public bool IgnoresCancellation { get; set; }

        public void Cancel()
        {
            if (!IgnoresCancellation)
                Outcome.TrySetCanceled();
        }
    }

    /// <summary>A connection that reports its disposal.</summary>
    internal sealed class Connection : MemoryStream
    {
        private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Disposed => _disposed.Task;

        protected override void Dispose(bool disposing)
        {
            _disposed.TrySetResult();
            base.Dispose(disposing);
        }
    }
}
