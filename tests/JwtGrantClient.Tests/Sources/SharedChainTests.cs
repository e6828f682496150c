using System.Security.Cryptography;
using JwtGrantClient.Caching;
using JwtGrantClient.Setup;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Tests.Sources;

/// <summary>Processes share the token of a chain only if the clients of all steps have the same identity.</summary>
public sealed class SharedChainTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_identity_of_each_step_is_part_of_the_key()
    {
        string?[] keys =
        [
            await ComputeKeyAsync(_ => { }),
            await ComputeKeyAsync(options => options.Assertion.Subject = "another"),
            await ComputeKeyAsync(options => options.Scope = "admin"),
            await ComputeKeyAsync(options => options.Cache.SharingName = "green"),
            await ComputeKeyAsync(options => options.Assertion.TokenFile = _folder.Write("alice.jwt", Jwt.CreateFake("""{"sub":"alice","exp":4102444800}"""))),
            await ComputeKeyAsync(options => options.Assertion.TokenFile = _folder.Write("bob.jwt", Jwt.CreateFake("""{"sub":"bob","exp":4102444800}"""))),
        ];

        Assert.Equal(keys.Length, keys.OfType<string>().Distinct().Count());
        Assert.Equal(keys[0], await ComputeKeyAsync(options => options.Retry.MaxRetryAttempts = 5));
    }

    [Fact]
    public async Task If_the_owner_of_the_token_of_a_step_is_not_known_nothing_is_shared() =>
        Assert.Null(await ComputeKeyAsync(options => options.Assertion.TokenFile = _folder.GetPath("missing.jwt")));

    [Fact]
    public async Task The_second_process_gets_the_token_of_the_chain_from_the_store()
    {
        var store = new InMemoryTokenStore();
        var stored = new TaskCompletionSource();
        store.OnStored = stored.SetResult;
        await using TokenChain one = Create(store), two = Create(store);
        await one.GetAsync();
        await stored.Task.WithTimeout();

        await two.GetAsync();

        Assert.Equal((1, 1, 0, 0), (one.Inner.Requests, one.Outer.Requests, two.Inner.Requests, two.Outer.Requests));
    }

    [Fact]
    public async Task If_code_decides_about_the_token_of_a_step_a_sharing_name_is_required()
    {
        await using var chain = new TokenChain("Assertion:From", add: services =>
        {
            services.ConfigureJwtGrantClient("inner").EditAssertions(draft => draft.Claims["tenant"] = "t1");
            services.ConfigureJwtGrantClient("outer").UseSharedTokenStore(_ => new InMemoryTokenStore());
        });

        var error = Assert.Throws<JwtGrantException>(() => chain["outer"]);

        Assert.Contains("Cache:SharingName is missing.", error.Message, StringComparison.Ordinal);
        Assert.Contains("(EditAssertions of the client 'inner')", error.Message, StringComparison.Ordinal);
    }

    private static TokenChain Create(InMemoryTokenStore store) => new(
        "Assertion:From", add: services => services.ConfigureJwtGrantClient("outer").UseSharedTokenStore(_ => store));

    private static async Task<string?> ComputeKeyAsync(Action<JwtGrantOptions> configureInner)
    {
        await using var chain = new TokenChain("Assertion:From", add: services => services.Configure("inner", configureInner));
        var options = TestClient.Options();
        options.Assertion.From = "inner";
        var dependencies = ClientDependencies.Create("outer", chain.Services.GetServices<DependencyRegistration>(), chain.Services);
        var identity = IdentityComposition.Create("outer", options, dependencies, new ClientKeys(null, null, null, null, new(RandomNumberGenerator.Fill), new(dependencies.Time, mayCorrect: true)));
        var owner = await identity.ReadTokenFilesAsync(TestContext.Current.CancellationToken);
        return owner is null ? null : SharedTokenKey.Compute(identity, owner.Claims, null, TokenRequest.Default);
    }
}
