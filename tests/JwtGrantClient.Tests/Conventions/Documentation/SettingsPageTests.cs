using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Text.RegularExpressions;
using JwtGrantClient.Setup;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Configuration;

namespace JwtGrantClient.Tests.Conventions.Documentation;

/// <summary>Tests that docs/settings.md lists every setting, with the default and the range that the code has.</summary>
public sealed partial class SettingsPageTests
{
    private const string Page = "docs/settings.md";

    // Settings without a default, which the sample sets; and those that are null by default and mean the value that the sample shows.
    private static readonly string[] Samples = ["Issuer", "ClientId", "SigningKey:Path"];
    private static readonly string[] Effective = ["Assertion:Lifetime", "ClientAssertion:Lifetime", "ClientAssertion:Type", "DefaultTokenLifetime"];

    public static TheoryData<string> Settings => [.. SettingsSamples.AllPaths()];

    public static TheoryData<string, string> Ranges =>
    [
        .. from Match row in RangeRow().Matches(SourceTree.Read(Page))
           let setting = row.Groups["setting"].Value
           where SettingsSamples.AllPaths().Contains(setting)
           select new TheoryDataRow<string, string>(setting, row.Groups["range"].Value),
    ];

    [Theory]
    [MemberData(nameof(Settings))]
    public void The_settings_page_lists_the_setting(string path)
    {
        var isInSample = SettingsSamples.Parse(Sample()).GetSection("JwtGrant:Reports").AsEnumerable(makePathsRelative: true)
            .Any(setting => setting.Key == path || setting.Key.StartsWith($"{path}:", StringComparison.Ordinal));

        Assert.True(
            isInSample || SourceTree.Read(Page).Contains($"`{path}`", StringComparison.Ordinal),
            $"{Page} has {path} neither in its first block nor as inline code.");
    }

    [Fact]
    public void Every_value_of_an_enum_setting_is_on_the_settings_page()
    {
        var page = SourceTree.Read(Page);
        Findings.AssertNone(
            from path in SettingsSamples.AllPaths()
            where TypeOf(path).IsEnum
            // In the comment of the sample: "Grant": "JwtBearer",   // JwtBearer | ClientCredentials
            let values = page.Split('\n').Where(line => line.Contains($"\"{path.Split(':')[^1]}\": ", StringComparison.Ordinal)).SelectMany(Words)
                // In the table of the section: | `SigningKey:KeyIdFrom` | `Key` | `Key`, `JwkThumbprint`
                .Concat(page.Split('\n').Where(line => line.StartsWith($"| `{path}` ", StringComparison.Ordinal)).SelectMany(Words))
            from value in Enum.GetNames(TypeOf(path)).Except(values)
            select $"{path} has the value {value}",
            $"Add the value to the comment of the setting in the first block of {Page}, or to its row.");
    }

    [Fact]
    public void The_settings_page_shows_the_defaults()
    {
        var (shown, defaults) = (new JwtGrantOptions(), new JwtGrantOptions());
        OptionsBinding.Bind(SettingsSamples.Parse(Sample()).GetSection("JwtGrant:Reports"), shown);

        Findings.AssertNone(
            from path in SettingsSamples.AllPaths().Except(Samples)
            where !SettingsSamples.IsSection(TypeOf(path))
            let onPage = Text(SettingsSamples.ValueOf(shown, path))
            let inCode = Text(SettingsSamples.ValueOf(defaults, path))
            where onPage != inCode && !(Effective.Contains(path) && inCode.Length == 0)
            select $"{path} is '{onPage}' on the page and '{inCode}' in the code",
            $"Correct the first block of {Page}.");
    }

    [Theory]
    [MemberData(nameof(Ranges))]
    public void The_code_enforces_the_range_that_the_settings_page_shows(string path, string range)
    {
        var (least, most) = range.Split(" to ") is [var from, var to] ? (from, to) : throw new FormatException($"'{range}' is not a range.");

        Assert.Equal(
            (null, null, null, null),
            (Unexpected(path, least, 0, isAllowed: true), Unexpected(path, least, -1, isAllowed: false),
                Unexpected(path, most, 0, isAllowed: true), Unexpected(path, most, 1, isAllowed: false)));
    }

    [Fact]
    public void The_settings_page_shows_the_ranges_of_all_durations_and_numbers() => Findings.AssertNone(
        SettingsSamples.AllPaths()
            .Where(path => TypeOf(path) is var type && (type == typeof(TimeSpan) || type == typeof(int) || type == typeof(double)))
            .Except(Ranges.Select(row => row.Data.Item1)),
        $"Add a row with the range to a table of {Page}.");

    // A bound that is another setting is not tried out.
    private static string? Unexpected(string path, string bound, int steps, bool isAllowed)
    {
        if (bound.Contains('`', StringComparison.Ordinal))
            return null;
        var options = new JwtGrantOptions { TokenEndpoint = TestData.TokenEndpoint, ClientId = TestData.ClientId };
        Set(options, path, bound, steps);
        var dependencies = new ClientDependencies();
        dependencies.Signer.Use(JwtSigner.Remote("RS256", null, (_, _) => throw new NotSupportedException()));
        var name = path.Split(':')[^1];
        var problems = OptionsChecks.Find(options, dependencies).Where(problem => problem.Contains(name, StringComparison.Ordinal)).ToList();
        return problems.Count == 0 == isAllowed ? null : $"{bound} and {steps} steps: {(isAllowed ? problems[0] : "allowed")}";
    }

    private static void Set(JwtGrantOptions options, string path, string bound, int steps)
    {
        var section = path.Contains(':', StringComparison.Ordinal) ? SettingsSamples.ValueOf(options, path[..path.LastIndexOf(':')])! : options;
        var value = TypeDescriptor.GetConverter(TypeOf(path)).ConvertFromInvariantString(bound.Replace(",", "", StringComparison.Ordinal))!;
        section.GetType().GetProperty(path.Split(':')[^1])!.SetValue(section, value switch
        {
            TimeSpan time => time + TimeSpan.FromTicks(steps),
            int number => number + steps,
            double number => number + (0.001 * steps),
            _ => throw new NotSupportedException($"{path} is neither a number nor a duration."),
        });
    }

    private static string[] Words(string line) => line.Split([' ', '|', ',', '`', '"', '/'], StringSplitOptions.RemoveEmptyEntries);

    private static Type TypeOf(string path)
    {
        var type = path.Split(':').Aggregate(typeof(JwtGrantOptions), (type, key) => type.GetProperty(key)!.PropertyType);
        return Nullable.GetUnderlyingType(type) ?? type;
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        string text => text,
        IEnumerable items => string.Join(' ', items.Cast<object>()),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };

    private static string Sample() => SettingsSamples.Find(Markdown.Blocks(Page, SourceTree.Read(Page))).First().Text;

    // | `Refresh:ExpiryMargin` | 00:00:10 | 00:00:00 to 00:05:00 | ...
    [GeneratedRegex(@"^\| `(?<setting>[\w:]+)` \| [^|]* \| (?<range>[^|]* to [^|]*?) \|", RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex RangeRow();
}
