using System.Text;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests.Mutations;

/// <summary>
/// Each valid request with one change is refused by the rule that names the change, or the change is on the list of those without effect. The changes
/// are the same in each run.
/// </summary>
public sealed class MutationTests
{
    private const int MinCount = 1000;

    private static readonly Dictionary<string, Func<Subject, IEnumerable<Mutation>>> Generators = new()
    {
        ["members"] = MemberMutations.Create,
        ["dates"] = DateMutations.Create,
        ["JSON"] = JsonMutations.Create,
        ["segments"] = SegmentMutations.Create,
        ["signatures"] = SignatureMutations.Create,
        ["form"] = FormMutations.Create,
    };

    public static TheoryData<string, AssertionRole> GeneratorsInBothRoles => TestRows.InBothRoles(Generators.Keys);

    [Theory, MemberData(nameof(GeneratorsInBothRoles))]
    public async Task A_request_with_one_change_is_refused_by_the_rule_of_the_change(string generator, AssertionRole role)
    {
        var failures = new List<string>();
        foreach (var mutation in Generators[generator](new(role)))
        {
            var response = await SendAsync(mutation);
            var isExpected = mutation.Harmless is not null ? response.Refusal is null
                : response.Refusal is { } refusal && mutation.Rules.Contains(refusal.Rule) && refusal.Explanation.Length > 0;
            if (!isExpected)
                failures.Add($"{mutation.Name}: expected {(mutation.Harmless is null ? string.Join(" or ", mutation.Rules) : "success")}, got {(response.Refusal is { } actual ? $"{actual.Rule} {actual.Explanation}" : "a token")}");
        }
        Assert.True(failures.Count == 0, $"{failures.Count} failures:\n{string.Join('\n', failures.Take(40))}");
    }

    [Fact]
    public void At_least_one_thousand_different_changes_are_generated_in_the_same_order_each_time()
    {
        string[] names = [.. CreateAll().Select(mutation => mutation.Name)];

        Assert.InRange(CreateAll().Count(mutation => mutation.Harmless is null), MinCount, int.MaxValue);
        Assert.Empty(names.GroupBy(name => name).Where(group => group.Count() > 1).Select(group => group.Key));
        Assert.Equal(names, CreateAll().Select(mutation => mutation.Name));
    }

    private static IEnumerable<Mutation> CreateAll() =>
        from role in Enum.GetValues<AssertionRole>() from generator in Generators.Values from mutation in generator(new(role)) select mutation;

    private static async Task<TestResponse> SendAsync(Mutation mutation)
    {
        var body = mutation.Body ?? Encoding.ASCII.GetBytes(await new FormUrlEncodedContent(
            mutation.Fields.Select(field => KeyValuePair.Create(field.Name, field.Value))).ReadAsStringAsync(TestContext.Current.CancellationToken));
        using var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", mutation.ContentType);
        return await TestServer.Start().PostAsync(content, [.. mutation.Headers]);
    }
}
