namespace JwtGrantClient.Testing.Tests.TestSupport;

/// <summary>Tables of cases: a test's row is the name of the case, so that a failure names it.</summary>
internal static class TestRows
{
    public static TheoryData<string> Of(IEnumerable<string> names) => [.. names];

    public static TheoryData<string, AssertionRole> InBothUses(IEnumerable<string> names)
    {
        var rows = new TheoryData<string, AssertionRole>();
        foreach (var name in names)
            foreach (var use in Enum.GetValues<AssertionRole>())
                rows.Add(name, use);
        return rows;
    }
}
