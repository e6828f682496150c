namespace JwtGrantClient.Tests.Conventions.Layering;

/// <summary>Tests of the layering check: it finds every way to use a later folder, with its line.</summary>
public sealed class LayeringCheckTests
{
    private static readonly SourceFile Later = File("Setup/Wiring.cs", """
        namespace JwtGrantClient.Setup;
        internal sealed class Wiring { public static int Count; public int Size; }
        internal static class WiringExtensions { public static int GetWeight(this string text) => text.Length; }
        internal static class WiringBlock { extension(string text) { public int Width => text.Length; } }
        [AttributeUsage(AttributeTargets.All)] internal sealed class WiredAttribute : Attribute;
        """);

    [Theory]
    [InlineData("private Wiring? _field;", "Wiring")]
    [InlineData("List<Wiring[]> Of() => [];", "Wiring")]
    [InlineData("object New() { Other.Take(new()); return 1; }", "Wiring")]
    [InlineData("int Read() => Wiring.Count;", "Wiring")]
    [InlineData("int Infer(string s) { var w = Other.Make(); return w.Size; }", "Wiring")]
    [InlineData("string Name() => nameof(Wiring);", "Wiring")]
    [InlineData("int Extension() => \"\".GetWeight();", "WiringExtensions")]
    [InlineData("int Block() => \"\".Width;", "WiringBlock")]
    [InlineData("[Wired] void Attribute() { }", "WiredAttribute")]
    [InlineData("bool Match(object o) => o is Wiring { Size: 1 };", "Wiring")]
    public void The_use_of_a_later_folder_is_reported_with_its_line(string member, string type)
    {
        var other = File("Setup/Other.cs", """
            namespace JwtGrantClient.Setup;
            internal static class Other { public static Wiring Make() => new(); public static void Take(Wiring w) { } }
            """);
        var user = File("Signing/Key.cs", $$"""
            using JwtGrantClient.Setup;
            namespace JwtGrantClient.Signing;
            internal sealed class Key
            {
                {{member}}
            }
            """);

        var found = new BackReferences([Later, other, user]).Find();

        Assert.Contains($"src/JwtGrantClient/Signing/Key.cs:5 uses {type} of folder Setup", found);
    }

    [Fact]
    public void A_root_type_that_uses_a_later_folder_is_reported()
    {
        var noun = File("Noun.cs", "namespace JwtGrantClient;\ninternal sealed record Noun(Setup.Wiring Wiring);\n");

        Assert.Equal(["src/JwtGrantClient/Noun.cs:2 uses Wiring of folder Setup"], new BackReferences([Later, noun]).Find());
    }

    [Fact]
    public void Uses_of_the_root_and_of_earlier_folders_and_names_in_comments_are_allowed()
    {
        var noun = File("Noun.cs", "namespace JwtGrantClient;\n/// <see cref=\"Setup.Wiring\"/>\npublic sealed record Noun;\n");
        var key = File("Signing/Key.cs", "namespace JwtGrantClient.Signing;\ninternal sealed record Key(Noun Noun, Key? Next);\n");
        var use = File("Setup/Use.cs", "namespace JwtGrantClient.Setup;\ninternal sealed record Use(Signing.Key A, Noun B, Wiring C);\n");

        Assert.Empty(new BackReferences([Later, noun, key, use]).Find());
    }

    [Fact]
    public void A_type_that_cannot_be_resolved_is_reported() =>
        Assert.Single(new BackReferences([File("Noun.cs", "internal sealed record Noun(Missing Thing);")]).FindUnresolved());

    [Theory]
    [InlineData("Signing/A.cs", "public sealed class A;", "JwtGrantClient.Signing", "JwtGrantClient")]
    [InlineData("Signing/A.cs", "internal sealed class A;", "JwtGrantClient", "JwtGrantClient.Signing")]
    [InlineData("Signing/Pem/A.cs", "enum A { B }", "JwtGrantClient.Signing.Pem", "JwtGrantClient.Signing")]
    [InlineData("A.cs", "delegate void A();", "JwtGrantClient.Nouns", "JwtGrantClient")]
    [InlineData("Setup/A.cs", "public sealed class A;", "Microsoft.Extensions.DependencyInjection", "JwtGrantClient")]
    public void A_type_in_the_wrong_namespace_is_reported(string path, string type, string actual, string expected) =>
        Assert.Equal(
            [$"src/JwtGrantClient/{path}:2 declares A in namespace {actual}, expected {expected}"],
            Namespaces.FindMisplaced([File(path, $"namespace {actual};\n{type}\n")]));

    [Theory]
    [InlineData("Setup/A.cs", "public static class A;", "Microsoft.Extensions.DependencyInjection")]
    [InlineData("Signing/A.cs", "public sealed class A { private sealed class B; }", "JwtGrantClient")]
    [InlineData("Signing/A.cs", "file sealed class A;", "JwtGrantClient.Signing")]
    public void A_type_in_its_namespace_is_allowed(string path, string type, string actual) =>
        Assert.Empty(Namespaces.FindMisplaced([File(path, $"namespace {actual};\n{type}\n")]));

    [Fact]
    public void A_folder_named_after_a_kind_of_code_and_a_folder_without_a_layer_are_reported()
    {
        string[] folders =
            ["src/JwtGrantClient", "src/JwtGrantClient/Signing/helpers", "src/JwtGrantClient/Cloud", "src/JwtGrantClient.Tool/Verbs"];

        Assert.Equal(["src/JwtGrantClient/Signing/helpers"], FolderNames.FindKindNames(folders));
        Assert.Equal(["src/JwtGrantClient/Cloud"], FolderNames.FindFoldersWithoutLayer(folders));
    }

    [Fact]
    public void A_layer_without_a_folder_is_reported() => Assert.Equal(
        ["Http"],
        FolderNames.FindLayersWithoutFolder(Layers.InOrder.Where(layer => layer is not "Http").Select(layer => $"src/JwtGrantClient/{layer}/Part")));

    private static SourceFile File(string path, string text) => new($"{Layers.Library}/{path}", text);
}
