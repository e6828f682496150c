namespace JwtGrantClient.Tests.Conventions.Layering;

public sealed class LayeringTests
{
    private static readonly BackReferences Library = new(SourceTree.ReadCSharp(Layers.Library));

    [Fact]
    public void A_folder_uses_only_the_folders_before_it() =>
        Findings.AssertNone(
            Library.Find(),
            $"The order is {string.Join(" -> ", Layers.InOrder.Select(Layers.DisplayName))}. Move the type to the earlier folder, or reverse the dependency.");

    [Fact]
    public void The_layering_check_resolves_every_type_that_the_library_uses() =>
        Findings.AssertNone(
            Library.FindUnresolved(),
            "The layering check cannot resolve these types. Add the package or framework to this test project's references.");

    [Fact]
    public void Every_folder_of_the_library_has_a_layer() =>
        Findings.AssertNone(
            FolderNames.FindFoldersWithoutLayer(SourceTree.FindFolders("src")),
            "Add the folder to Layers.InOrder, or rename it.");

    [Fact]
    public void Every_layer_has_a_folder() =>
        Findings.AssertNone(
            FolderNames.FindLayersWithoutFolder(SourceTree.FindFolders("src")),
            "Remove the layer from Layers.InOrder, or correct its name.");

    [Fact]
    public void No_folder_is_named_after_a_kind_of_code() =>
        Findings.AssertNone(
            FolderNames.FindKindNames(SourceTree.FindFolders("src")),
            "Name the folder after its concept, or move the file next to its only user.");

    [Fact]
    public void Public_types_share_one_namespace_and_internal_types_use_that_of_their_folder() =>
        Findings.AssertNone(
            Namespaces.FindMisplaced(SourceTree.ReadCSharp(Layers.Library)),
            "Change the namespace. Only public extensions of IServiceCollection may use Microsoft.Extensions.DependencyInjection.");
}
