using System.Runtime.CompilerServices;

namespace JwtGrantClient.Diagnostics;

/// <summary>
/// A counter that threads increment without a lock and without an atomic operation, which costs more than a cached token. Each thread owns a cell, so that no
/// count is lost; threads that find no free cell share one by atomic operations. A metric reads the sum. It is a struct, a field that is not copied, because an
/// object of its own would cost a memory access.
/// </summary>
/// <remarks>
/// The owner of a cell is a region of the stack, because its address is in a register, while a thread-static field costs a call. Only one thread at a time runs
/// on a stack. A thread whose stack grows into another region owns two cells. A thread that ends leaves its cells to the next one on the same stack. The end of a
/// stack can be in one region with the start of the next one, so a count can be lost while a thread has used up its stack.
/// </remarks>
internal struct StripedCounter
{
    // A cell is a cache line of 64 bytes, so that those of two threads are not in one: the owner, the count, and unused space.
    private const int Cells = 16, CellLength = 8, RegionBits = 16;

    // Until the first count of a client, which may have none.
    private static readonly long[] NoCells = new long[Cells * CellLength];

    private long[] _cells = NoCells;
    private long _shared;

    public StripedCounter()
    {
    }

    /// <summary>Gets the sum.</summary>
    public long Value
    {
        get
        {
            var sum = Interlocked.Read(ref _shared);
            var cells = Volatile.Read(ref _cells);
            for (var at = 0; at < cells.Length; at += CellLength)
                sum += Interlocked.Read(ref cells[at + 1]);
            return sum;
        }
    }

    /// <summary>Adds one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Increment()
    {
        byte local = 0;
        var region = Unsafe.ByteOffset(ref Unsafe.NullRef<byte>(), ref local) >>> RegionBits;
        // Fibonacci hashing: the four highest bits of the product, as the start of a cell.
        var at = (int)(((ulong)region * 0x9E3779B97F4A7C15) >> 57) & ((Cells - 1) * CellLength);
        var cells = _cells;
        if (cells[at] == region)
            cells[at + 1]++;
        else
            IncrementOther(region, at);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void IncrementOther(nint region, int first)
    {
        var cells = Volatile.Read(ref _cells);
        if (cells == NoCells)
        {
            var added = new long[Cells * CellLength];
            var known = Interlocked.CompareExchange(ref _cells, added, NoCells);
            cells = known == NoCells ? added : known;
        }
        // The cell of its own, and the next ones.
        for (var i = 0; i < 4; i++)
        {
            var at = (first + i * CellLength) % cells.Length;
            var owner = Interlocked.CompareExchange(ref cells[at], region, 0);
            if (owner != 0 && owner != region)
                continue;
            cells[at + 1]++;
            return;
        }
        Interlocked.Increment(ref _shared);
    }
}
