namespace JwtGrantClient.Http;

/// <summary>
/// The contents that a request may be sent again with: buffers, which write the same bytes each time. JsonContent is none of them: it serializes
/// its object again, and a sequence that can be enumerated once is empty then. A derived class may write something else, too.
/// </summary>
internal static class RepeatableContent
{
    /// <summary>Returns whether a request with this content can be sent again.</summary>
    public static bool Includes(HttpContent? content) =>
        content is null
        || content.GetType() is var type
        && (type == typeof(StringContent) || type == typeof(FormUrlEncodedContent) || type == typeof(ByteArrayContent) || type == typeof(ReadOnlyMemoryContent));
}
