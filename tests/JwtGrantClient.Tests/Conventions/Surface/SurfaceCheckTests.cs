namespace JwtGrantClient.Tests.Conventions.Surface;

/// <summary>Tests of the surface checks: each reports the invalid sample and allows the valid ones.</summary>
public sealed class SurfaceCheckTests
{
    [Fact]
    public void A_class_that_is_not_sealed_static_or_abstract_is_reported()
    {
        var sample = Roslyn.Load("""
            class Open { sealed class Nested; class OpenNested; }
            record OpenRecord;
            sealed class Sealed { Func<int> Closure(int i) => () => i; }
            static class Static; abstract class Abstract; struct Struct; interface Interface; enum Enum { None } delegate void Delegate();
            """);

        Assert.Equal(["Open", "Open+OpenNested", "OpenRecord"], TypeRules.NotSealed(sample).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_type_with_the_name_of_the_namespace_is_reported() =>
        Assert.Equal(
            ["A.JwtGrantClient"],
            TypeRules.NamedLikeNamespace(Roslyn.Load("namespace A { class JwtGrantClient; class JwtGrant; }")));

    [Fact]
    public void An_asynchronous_method_without_the_suffix_and_a_synchronous_one_with_it_are_reported()
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
    public void An_override_of_a_framework_method_is_allowed_without_the_suffix()
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
    public void A_synchronous_version_is_reported_except_Dispose()
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

        Assert.Equal(["A.Get is the synchronous version of GetAsync"], AsyncRules.SynchronousVersions(sample));
    }
}
