namespace JwtGrantClient.Testing.Tests.TestSupport;

/// <summary>Creates theory data from the names of test cases, so that a failure shows the name of its case.</summary>
internal static class TestRows
{
    public static TheoryData<string> From(IEnumerable<string> names) => [.. names];

    public static TheoryData<string, AssertionRole> InBothRoles(IEnumerable<string> names)
    {
        var rows = new TheoryData<string, AssertionRole>();
        foreach (var name in names)
            foreach (var role in Enum.GetValues<AssertionRole>())
                rows.Add(name, role);
        return rows;
    }
}
