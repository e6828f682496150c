namespace JwtGrantClient.Testing.Tests.TestSupport;

/// <summary>What a test presents an assertion as. The answer to a bad one differs (RFC 7523 sections 3.1 and 3.2).</summary>
public enum AssertionRole
{
    Grant,
    ClientAuthentication,
}
