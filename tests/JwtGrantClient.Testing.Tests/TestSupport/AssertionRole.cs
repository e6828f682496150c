namespace JwtGrantClient.Testing.Tests.TestSupport;

/// <summary>The role in which a test presents an assertion. It selects the error for an invalid assertion (RFC 7523 sections 3.1 and 3.2).</summary>
public enum AssertionRole
{
    Grant,
    ClientAuthentication,
}
