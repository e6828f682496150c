using JwtGrantClient.Testing.Endpoints;

namespace JwtGrantClient.Testing.Grants;

/// <summary>What a grant is judged by: the form, and the client where it proved itself.</summary>
internal sealed record GrantRequest(TokenForm Form, ClientRegistration? AuthenticatedClient);

/// <summary>What a good grant entitles to.</summary>
internal sealed record Entitlement(ClientRegistration? Client, string ClientId, string Subject, string? Scope);
