using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace JwtGrantClient.Testing.Wire;

/// <summary>A response as it goes out, whichever transport takes it.</summary>
internal sealed record WireResponse(int Status)
{
    public ImmutableArray<KeyValuePair<string, string>> Headers { get; init; } = [];

    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The headers go out at once, the body when this completes.</summary>
    public Task BodyGate { get; init; } = Task.CompletedTask;

    /// <summary>Nothing goes out: the connection ends.</summary>
    public bool Dropped { get; init; }

    /// <summary>Why, where the answer is a refusal; for the record, not for the wire.</summary>
    public Refusal? Refusal { get; init; }

    public static WireResponse Json(int status, JsonNode body) =>
        new WireResponse(status) { Body = System.Text.Encoding.UTF8.GetBytes(body.ToJsonString()) }.With("Content-Type", "application/json");

    public static WireResponse Text(int status, string body, string contentType = "text/plain") =>
        new WireResponse(status) { Body = System.Text.Encoding.UTF8.GetBytes(body) }.With("Content-Type", contentType);

    public string? Header(string name) =>
        Headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>Sets a header; an earlier one of the name is gone.</summary>
    public WireResponse With(string name, string value) => Without(name) is var rest ? rest with { Headers = rest.Headers.Add(new(name, value)) } : this;

    public WireResponse Without(string name) =>
        this with { Headers = Headers.RemoveAll(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)) };
}
