using JwtGrantClient.Testing.Clients;

namespace JwtGrantClient.Testing.Judging;

/// <summary>What is left of an assertion that stood: who says it of whom.</summary>
internal sealed record JudgedAssertion(AssertingParty Signer, string Subject);
