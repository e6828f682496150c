namespace JwtGrantClient.Assertions;

/// <summary>What all assertions of one kind have in common: validated settings, never changed.</summary>
/// <param name="Type">The <c>typ</c> header.</param>
/// <param name="Issuer">The <c>iss</c> claim.</param>
/// <param name="Subject">The <c>sub</c> claim, where a request gives no other.</param>
/// <param name="Audience">The <c>aud</c> claim: one string (C04, C05), byte for byte as configured (C07).</param>
/// <param name="Lifetime">Whole seconds from <c>iat</c> to <c>exp</c>.</param>
/// <param name="Claims">Further claims, none of them registered.</param>
internal sealed record AssertionProfile(
    string Type, string Issuer, string Subject, string Audience, TimeSpan Lifetime, IReadOnlyDictionary<string, object> Claims);
