namespace JwtGrantClient.Tests.Http.OriginAttacks;

/// <summary>Ways to lure a token to another origin or through a proxy, with a resilience handler on either side of ours or none. None may succeed.</summary>
public sealed class OriginAttackTests
{
    private static readonly Dictionary<string, Func<AttackLab, Task>> Attacks =
        new[] { RedirectAttacks.All, TargetAttacks.All, ProxyAttacks.All }.SelectMany(attacks => attacks).ToDictionary(attack => attack.Name, attack => attack.Run);

    public static TheoryData<string, ResiliencePosition> All
    {
        get
        {
            var data = new TheoryData<string, ResiliencePosition>();
            foreach (var attack in Attacks.Keys)
                foreach (var resilience in Enum.GetValues<ResiliencePosition>())
                    data.Add(attack, resilience);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task No_token_reaches_another_server(string attack, ResiliencePosition resilience)
    {
        await using var lab = await AttackLab.StartAsync(resilience);

        await Attacks[attack](lab);

        Assert.Empty(lab.Leaks);
    }

    [Fact]
    public void There_are_at_least_thirty_attacks() => Assert.InRange(Attacks.Count, 30, 1000);

    [Theory]
    [InlineData(ResiliencePosition.None), InlineData(ResiliencePosition.Outside), InlineData(ResiliencePosition.Inside)]
    public async Task The_API_receives_the_token(ResiliencePosition resilience)
    {
        await using var lab = await AttackLab.StartAsync(resilience);

        await lab.GetAsync("reports");

        Assert.Equal((1, 0), (lab.TokensAtApi, lab.Leaks.Count));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_token_at_another_server_is_noticed(bool stubbed)
    {
        await using var lab = await AttackLab.StartAsync(ResiliencePosition.None);
        using var http = stubbed ? new HttpClient(lab.Stub()) : new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", "token-1");

        using var response = await http.GetAsync(stubbed ? new("https://evil.example/") : new Uri(lab.Other), TestContext.Current.CancellationToken);

        Assert.Single(lab.Leaks);
    }
}
