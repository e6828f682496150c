using System.Reflection;

namespace JwtGrantClient.Tests.Conventions.Surface;

public sealed class SurfaceTests
{
    [Fact]
    public void Every_class_is_sealed_static_or_abstract() =>
        Findings.AssertNone(
            CheckSrc(TypeRules.NotSealed).Except(TypeRules.NotSealedByDesign.Keys),
            "Seal the class, or make it abstract. If users derive from it, add it with the reason to TypeRules.NotSealedByDesign.");

    [Fact]
    public void Every_exempt_class_that_is_not_sealed_still_exists_and_has_a_reason()
    {
        Findings.AssertNone(
            TypeRules.NotSealedByDesign.Keys.Except(CheckSrc(TypeRules.NotSealed)),
            "Remove classes that are gone or sealed from TypeRules.NotSealedByDesign.");
        Assert.DoesNotContain(TypeRules.NotSealedByDesign.Values, string.IsNullOrWhiteSpace);
    }

    [Fact]
    public void No_type_has_the_name_of_the_namespace() =>
        Findings.AssertNone(
            CheckSrc(TypeRules.NamedLikeNamespace),
            "Rename the type. It conflicts with the namespace in users' code.");

    [Fact]
    public void A_method_ends_in_Async_if_and_only_if_it_returns_an_awaitable() =>
        Findings.AssertNone(CheckSrc(AsyncRules.Misnamed), "Add or remove the suffix.");

    [Fact]
    public void No_asynchronous_method_has_a_synchronous_version() =>
        Findings.AssertNone(CheckSrc(AsyncRules.SynchronousVersions), "Remove the synchronous version.");

    private static IEnumerable<string> CheckSrc(Func<Assembly, IEnumerable<string>> check) => SrcAssemblies.All.SelectMany(check);
}
