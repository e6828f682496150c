namespace JwtGrantClient.Tests.Conventions.Surface;

/// <summary>The checks are checked: each tells the bad sample and leaves the good one beside it alone.</summary>
public sealed class SurfaceCheckTests
{
    [Fact]
    public void An_open_class_is_told_and_closed_ones_are_not()
    {
        var sample = Roslyn.Load("""
            class Open { sealed class Nested; class OpenNested; }
            record OpenRecord;
            sealed class Sealed { Func<int> Closure(int i) => () => i; }
            static class Static; abstract class Abstract; struct Struct; interface Interface; enum Enum { None } delegate void Delegate();
            """);

        Assert.Equal(["Open", "Open+OpenNested", "OpenRecord"], TypeRules.Open(sample).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_public_type_without_a_summary_is_told()
    {
        var sample = Roslyn.Load("""
            public class Told { public class Nested; } public class Empty; public class Missing; public class Inherited; class Own;
            """);
        const string documentation = """
            <doc><members>
              <member name="T:Told"><summary>Why.</summary></member>
              <member name="T:Told.Nested"><summary>Why.</summary></member>
              <member name="T:Empty"><summary> </summary></member>
              <member name="T:Inherited"><inheritdoc/></member>
            </members></doc>
            """;

        Assert.Equal(["Empty", "Missing"], TypeRules.Undocumented(sample, documentation).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_type_named_like_the_namespace_is_told() =>
        Assert.Equal(
            ["A.JwtGrantClient"],
            TypeRules.NamedLikeTheNamespace(Roslyn.Load("namespace A { class JwtGrantClient; class JwtGrant; }")));

    [Fact]
    public void An_async_method_without_the_suffix_and_the_suffix_without_an_awaitable_are_told()
    {
        var sample = Roslyn.Load("""
            class A
            {
                private Task Hidden() => Task.CompletedTask;
                public static ValueTask<int> Get() => default;
                IAsyncEnumerable<int> Pages() => null!;
                int CountAsync() => 0;
                Task GoodAsync() => Task.CompletedTask;
                Task Property => Task.CompletedTask;
            }
            """);

        var misnamed = AsyncRules.Misnamed(sample).Order(StringComparer.Ordinal).Select(found => found.Split(' ')[0]);

        Assert.Equal(["A.CountAsync", "A.Get", "A.Hidden", "A.Pages"], misnamed);
    }

    [Fact]
    public void A_name_that_a_framework_fixed_is_free()
    {
        var sample = Roslyn.Load("""
            using Microsoft.AspNetCore.Authentication.Cookies;

            class Events : CookieAuthenticationEvents
            {
                public override Task SignedIn(CookieSignedInContext context) => Task.CompletedTask;
            }
            """);

        Assert.Empty(AsyncRules.Misnamed(sample));
    }

    [Fact]
    public void A_cancellation_token_before_another_parameter_is_told()
    {
        var sample = Roslyn.Load("""
            class A
            {
                A(CancellationToken token, int last) { }
                Task BadAsync(CancellationToken token, int last) => Task.CompletedTask;
                Task GoodAsync(int first, CancellationToken token = default) => Task.CompletedTask;
            }
            """);

        Assert.Equal(["A..ctor", "A.BadAsync"], AsyncRules.TokenNotLast(sample).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_sync_twin_is_told_and_Dispose_is_not()
    {
        var sample = Roslyn.Load("""
            public class A
            {
                public Task GetAsync() => Task.CompletedTask;
                public void Get() { }
                public Task PutAsync() => Task.CompletedTask;
                private void Put() { }
                public ValueTask DisposeAsync() => default;
                public void Dispose() { }
            }
            """);

        Assert.Equal(["A.Get is the sync twin of GetAsync"], AsyncRules.SyncTwins(sample));
    }
}
