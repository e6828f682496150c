using System.Reflection;

namespace JwtGrantClient.Tests.Conventions.Surface;

public sealed class SurfaceTests
{
    [Fact]
    public void Every_class_is_sealed_static_or_abstract() =>
        Findings.AssertNone(
            EverywhereInSrc(TypeRules.Open).Except(TypeRules.OpenByDesign.Keys),
            "Seal the class, or make it abstract; where users derive from it, name it with the reason in TypeRules.OpenByDesign.");

    [Fact]
    public void Every_class_that_is_open_by_design_still_exists_and_has_its_reason()
    {
        Findings.AssertNone(
            TypeRules.OpenByDesign.Keys.Except(EverywhereInSrc(TypeRules.Open)),
            "Take what is gone or sealed out of TypeRules.OpenByDesign.");
        Assert.DoesNotContain(TypeRules.OpenByDesign.Values, string.IsNullOrWhiteSpace);
    }

    [Fact]
    public void Every_public_type_says_what_it_is_for() =>
        Findings.AssertNone(
            EverywhereInSrc(assembly => TypeRules.Undocumented(assembly, SrcAssemblies.DocumentationOf(assembly))),
            "Write a <summary>.");

    [Fact]
    public void No_type_is_named_like_the_namespace() =>
        Findings.AssertNone(
            EverywhereInSrc(TypeRules.NamedLikeTheNamespace),
            "Rename the type: it would clash with the namespace in users' code.");

    [Fact]
    public void A_method_ends_in_Async_exactly_when_it_returns_an_awaitable() =>
        Findings.AssertNone(EverywhereInSrc(AsyncRules.Misnamed), "Add or take away the suffix.");

    [Fact]
    public void A_cancellation_token_is_the_last_parameter() =>
        Findings.AssertNone(EverywhereInSrc(AsyncRules.TokenNotLast), "Move the CancellationToken to the end.");

    [Fact]
    public void No_async_method_has_a_sync_twin() =>
        Findings.AssertNone(EverywhereInSrc(AsyncRules.SyncTwins), "Async only: take the twin away.");

    private static IEnumerable<string> EverywhereInSrc(Func<Assembly, IEnumerable<string>> check) => SrcAssemblies.All.SelectMany(check);
}
