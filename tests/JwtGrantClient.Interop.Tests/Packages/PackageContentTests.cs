using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace JwtGrantClient.Interop.Tests.Packages;

[Collection(nameof(DotNet))]
public sealed class PackageContentTests(PackedPackages packed)
{
    public static TheoryData<string> Ids => [.. PackedPackages.Ids];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Library_documentation_and_readme(string id)
    {
        using var package = packed.Open(id);

        Assert.Superset(
            new HashSet<string> { "README.md", $"lib/net10.0/{id}.dll", $"lib/net10.0/{id}.xml" },
            package.Entries.Select(entry => entry.FullName).ToHashSet());
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void What_a_user_reads_about_it(string id)
    {
        Assert.Equal("MIT", packed.Metadata(id, "license"));
        Assert.Equal("README.md", packed.Metadata(id, "readme"));
        Assert.Contains("JwtGrantClient", packed.Metadata(id, "authors"), StringComparison.Ordinal);
        Assert.NotEqual("Package Description", packed.Metadata(id, "description"));
        Assert.Contains("rfc7523", packed.Metadata(id, "tags"), StringComparison.Ordinal);
        Assert.Null(packed.Metadata(id, "icon"));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_README_has_an_install_line_one_CSharp_sample_and_absolute_links_only(string id)
    {
        using var package = packed.Open(id);
        using var reader = new StreamReader(package.GetEntry("README.md")!.Open());
        var readme = reader.ReadToEnd().ReplaceLineEndings("\n");
        var lines = readme.Split('\n');

        Assert.Contains($"# {id}", lines);
        Assert.Contains($"dotnet add package {id}", lines);
        Assert.Single(lines, "```csharp");
        Assert.DoesNotMatch(@"\]\((?!https://)", readme);
        Assert.Contains(packed.Metadata(id, "projectUrl")!, readme, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Symbols_whose_sources_have_the_same_name_on_every_machine(string id)
    {
        using var symbols = packed.Open(id, "snupkg");
        using var pdb = Copy(symbols.GetEntry($"lib/net10.0/{id}.pdb")!);
        using var provider = MetadataReaderProvider.FromPortablePdbStream(pdb);
        var reader = provider.GetMetadataReader();

        string[] sources = [.. reader.Documents.Select(handle => reader.GetString(reader.GetDocument(handle).Name))];

        Assert.NotEmpty(sources);
        Assert.All(sources, source => Assert.StartsWith("/_", source, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_library_that_a_second_build_makes_byte_for_byte(string id)
    {
        using var package = packed.Open(id);
        using var library = Copy(package.GetEntry($"lib/net10.0/{id}.dll")!);
        using var image = new PEReader(library);

        Assert.Contains(image.ReadDebugDirectory(), entry => entry.Type == DebugDirectoryEntryType.Reproducible);
    }

    private static MemoryStream Copy(ZipArchiveEntry entry)
    {
        var bytes = new MemoryStream();
        using (var stream = entry.Open())
            stream.CopyTo(bytes);
        bytes.Position = 0;
        return bytes;
    }
}
