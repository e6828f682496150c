using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>Writes JSON to a buffer that each thread uses again, because the server writes JSON for each request.</summary>
internal static class JsonBytes
{
    // Developers read this JSON. The default encoder writes at+jwt as at\u002Bjwt, which only HTML needs.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    /// <summary>Writes an object. The result is valid until the next call on this thread.</summary>
    public static ReadOnlySpan<byte> WriteObject<TState>(TState state, Action<Utf8JsonWriter, TState> writeMembers)
    {
        var buffer = _buffer ??= new(1024);
        var writer = _writer ??= new(buffer, Readable);
        buffer.ResetWrittenCount();
        writer.Reset(buffer);
        writer.WriteStartObject();
        writeMembers(writer, state);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan;
    }
}
