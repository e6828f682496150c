using System.Runtime.CompilerServices;

namespace JwtGrantClient.Diagnostics;

/// <summary>
/// A counter that threads increment without a lock and without an atomic operation, which costs more than a cached token. Each of the first threads owns a
/// cell, so that no count is lost; further threads share cells by atomic operations. A metric reads the sum.
/// </summary>
internal sealed class StripedCounter
{
    // A cache line of 64 bytes, so that cells of different threads are not in one.
    private const int CellLength = 8;

    // More threads than cores are rarely busy with tokens. The limit keeps a client small on a machine with many cores.
    private static readonly int Cells = (int)uint.Min(System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount * 2), 16);

    private readonly long[] _owned = new long[(Cells + 1) * CellLength];
    private long[]? _shared;

    /// <summary>Gets the sum.</summary>
    public long Value
    {
        get
        {
            var sum = Sum(_owned);
            return Volatile.Read(ref _shared) is { } shared ? sum + Sum(shared) : sum;
        }
    }

    /// <summary>Adds one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Increment()
    {
        var number = ThreadNumber.Current;
        var at = number * CellLength;
        var owned = _owned;
        // The cell of the number 0, which a thread has before its first call, is not used.
        if (number != 0 && (uint)at < (uint)owned.Length)
            owned[at]++;
        else
            IncrementSlowly(number);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void IncrementSlowly(int number)
    {
        if (number == 0)
        {
            ThreadNumber.Assign();
            Increment();
            return;
        }
        var shared = Volatile.Read(ref _shared) ?? Interlocked.CompareExchange(ref _shared, new long[Cells * CellLength], null) ?? _shared!;
        Interlocked.Increment(ref shared[number % Cells * CellLength]);
    }

    private static long Sum(long[] cells)
    {
        var sum = 0L;
        for (var at = 0; at < cells.Length; at += CellLength)
            sum += Interlocked.Read(ref cells[at]);
        return sum;
    }
}

/// <summary>Small numbers of the threads that count: 1 for the first. The number of a thread that has ended is assigned again.</summary>
internal static class ThreadNumber
{
    [ThreadStatic]
    private static int _current;

    [ThreadStatic]
    private static Owner? _owner;

    /// <summary>Gets the number of this thread; 0 before <see cref="Assign"/>.</summary>
    public static int Current => _current;

    /// <summary>Assigns a number to this thread.</summary>
    public static void Assign()
    {
        _owner = new();
        _current = _owner.Number;
    }

    /// <summary>Holds the number of a thread. The garbage collector finalizes it when the thread has ended.</summary>
    private sealed class Owner
    {
        private static readonly List<bool> Taken = [true];

        public Owner()
        {
            lock (Taken)
            {
                Number = Taken.IndexOf(false);
                if (Number < 0)
                {
                    Number = Taken.Count;
                    Taken.Add(true);
                }
                Taken[Number] = true;
            }
        }

        ~Owner()
        {
            lock (Taken)
                Taken[Number] = false;
        }

        public int Number { get; }
    }
}
