namespace JwtGrantClient.Tests.Conventions.Layering;

/// <summary>The check is checked: each way of using a later folder is found, at its line.</summary>
public sealed class LayeringCheckTests
{
    private static readonly SourceFile Later = File("Setup/Wiring.cs", """
        namespace JwtGrantClient.Setup;
        internal sealed class Wiring { public static int Count; public int Size; }
        internal static class WiringExtensions { public static int Weigh(this string text) => text.Length; }
        internal static class WiringBlock { extension(string text) { public int Girth => text.Length; } }
        [AttributeUsage(AttributeTargets.All)] internal sealed class WiredAttribute : Attribute;
        """);

    [Theory]
    [InlineData("private Wiring? _field;", "Wiring")]
    [InlineData("List<Wiring[]> Of() => [];", "Wiring")]
    [InlineData("object New() { Other.Take(new()); return 1; }", "Wiring")]
    [InlineData("int Read() => Wiring.Count;", "Wiring")]
    [InlineData("int Infer(string s) { var w = Other.Make(); return w.Size; }", "Wiring")]
    [InlineData("string Name() => nameof(Wiring);", "Wiring")]
    [InlineData("int Extension() => \"\".Weigh();", "WiringExtensions")]
    [InlineData("int Block() => \"\".Girth;", "WiringBlock")]
    [InlineData("[Wired] void Attribute() { }", "WiredAttribute")]
    [InlineData("bool Match(object o) => o is Wiring { Size: 1 };", "Wiring")]
    public void A_use_of_a_later_folder_is_told_with_its_line(string member, string type)
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
    public void A_root_noun_that_uses_a_folder_is_told()
    {
        var noun = File("Noun.cs", "namespace JwtGrantClient;\ninternal sealed record Noun(Setup.Wiring Wiring);\n");

        Assert.Equal(["src/JwtGrantClient/Noun.cs:2 uses Wiring of folder Setup"], new BackReferences([Later, noun]).Find());
    }

    [Fact]
    public void The_root_and_earlier_folders_and_names_in_comments_are_free()
    {
        var noun = File("Noun.cs", "namespace JwtGrantClient;\n/// <see cref=\"Setup.Wiring\"/>\npublic sealed record Noun;\n");
        var key = File("Signing/Key.cs", "namespace JwtGrantClient.Signing;\ninternal sealed record Key(Noun Noun, Key? Next);\n");
        var use = File("Setup/Use.cs", "namespace JwtGrantClient.Setup;\ninternal sealed record Use(Signing.Key A, Noun B, Wiring C);\n");

        Assert.Empty(new BackReferences([Later, noun, key, use]).Find());
    }

    [Fact]
    public void A_type_that_cannot_be_found_is_told() =>
        Assert.Single(new BackReferences([File("Noun.cs", "internal sealed record Noun(Nowhere Thing);")]).FindUnresolved());

    [Theory]
    [InlineData("Signing/A.cs", "public sealed class A;", "JwtGrantClient.Signing", "JwtGrantClient")]
    [InlineData("Signing/A.cs", "internal sealed class A;", "JwtGrantClient", "JwtGrantClient.Signing")]
    [InlineData("Signing/Pem/A.cs", "enum A { B }", "JwtGrantClient.Signing.Pem", "JwtGrantClient.Signing")]
    [InlineData("A.cs", "delegate void A();", "JwtGrantClient.Nouns", "JwtGrantClient")]
    [InlineData("Setup/A.cs", "public sealed class A;", "Microsoft.Extensions.DependencyInjection", "JwtGrantClient")]
    public void A_type_in_the_wrong_namespace_is_told(string path, string type, string actual, string expected) =>
        Assert.Equal(
            [$"src/JwtGrantClient/{path}:2 declares A in namespace {actual}, expected {expected}"],
            Namespaces.Misplaced([File(path, $"namespace {actual};\n{type}\n")]));

    [Theory]
    [InlineData("Setup/A.cs", "public static class A;", "Microsoft.Extensions.DependencyInjection")]
    [InlineData("Signing/A.cs", "public sealed class A { private sealed class B; }", "JwtGrantClient")]
    [InlineData("Signing/A.cs", "file sealed class A;", "JwtGrantClient.Signing")]
    public void A_type_in_its_namespace_is_free(string path, string type, string actual) =>
        Assert.Empty(Namespaces.Misplaced([File(path, $"namespace {actual};\n{type}\n")]));

    [Fact]
    public void A_folder_named_for_a_kind_and_a_folder_without_a_place_are_told()
    {
        string[] folders =
            ["src/JwtGrantClient", "src/JwtGrantClient/Signing/helpers", "src/JwtGrantClient/Cloud", "src/JwtGrantClient.Tool/Verbs"];

        Assert.Equal(["src/JwtGrantClient/Signing/helpers"], FolderNames.NamedForAKind(folders));
        Assert.Equal(["src/JwtGrantClient/Cloud"], FolderNames.WithoutAPlace(folders));
    }

    private static SourceFile File(string path, string text) => new($"{Layers.Library}/{path}", text);
}
