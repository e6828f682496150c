namespace JwtGrantClient.Testing.Tests.Mutations;

/// <summary>A valid token request with one change.</summary>
/// <param name="Name">What is changed.</param>
/// <param name="Rules">The rules of which one must be the reason of the refusal; empty for a change without effect.</param>
/// <param name="Fields">The form of the request.</param>
internal sealed record Mutation(string Name, IReadOnlyList<string> Rules, IReadOnlyList<(string Name, string Value)> Fields)
{
    /// <summary>Why the change has no effect; null if the request must be refused.</summary>
    public string? Harmless { get; init; }

    /// <summary>The headers of the request, without its Content-Type.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    public string ContentType { get; init; } = "application/x-www-form-urlencoded";

    /// <summary>The octets of the body; null for the encoded fields.</summary>
    public byte[]? Body { get; init; }
}
