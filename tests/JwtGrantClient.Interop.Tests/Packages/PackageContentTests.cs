using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace JwtGrantClient.Interop.Tests.Packages;

/// <summary>Tests the content of the packed packages.</summary>
[Collection(nameof(DotNet))]
public sealed class PackageContentTests(PackedPackages packed)
{
    public static TheoryData<string> Ids => [.. PackedPackages.Ids];

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_package_contains_the_library_its_documentation_and_the_README(string id)
    {
        using var package = packed.Open(id);

        Assert.Superset(
            new HashSet<string> { "README.md", $"lib/net10.0/{id}.dll", $"lib/net10.0/{id}.xml" },
            package.Entries.Select(entry => entry.FullName).ToHashSet());
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_package_has_license_readme_authors_description_and_tags(string id)
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
    public void The_README_of_a_package_has_an_install_line_one_CSharp_sample_and_absolute_links_only(string id)
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
    public void A_symbol_package_has_source_paths_that_do_not_depend_on_the_machine(string id)
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
    public void A_library_is_built_deterministically(string id)
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
