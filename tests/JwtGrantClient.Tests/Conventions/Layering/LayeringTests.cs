namespace JwtGrantClient.Tests.Conventions.Layering;

public sealed class LayeringTests
{
    private static readonly BackReferences Library = new(SourceTree.CSharp(Layers.Library));

    [Fact]
    public void A_folder_uses_the_root_nouns_and_the_folders_before_it_and_never_one_after_it() =>
        Findings.AssertNone(
            Library.Find(),
            $"The flow is root{string.Join(" -> ", Layers.InOrder)}. Move the type to the earlier folder, or turn the use around.");

    [Fact]
    public void The_layering_check_sees_every_type_that_the_library_uses() =>
        Findings.AssertNone(
            Library.FindUnresolved(),
            "The layering check could not resolve these types: add the package or framework to this test project's references.");

    [Fact]
    public void Every_folder_of_the_library_has_its_place_in_the_flow() =>
        Findings.AssertNone(
            FolderNames.WithoutAPlace(SourceTree.Folders("src")),
            "Give the folder its place in Layers.InOrder, or rename it.");

    [Fact]
    public void No_folder_is_named_for_a_kind_of_code() =>
        Findings.AssertNone(
            FolderNames.NamedForAKind(SourceTree.Folders("src")),
            "Name the folder for its concept, or put the file beside its only user.");

    [Fact]
    public void Public_types_share_one_namespace_and_internal_types_carry_their_folder() =>
        Findings.AssertNone(
            Namespaces.Misplaced(SourceTree.CSharp(Layers.Library)),
            "Change the namespace; a public extension of IServiceCollection may live beside it.");
}
