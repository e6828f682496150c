using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace JwtGrantClient.Setup;

/// <summary>
/// What in a section no setting can take. The binder passes over an unknown key, and over a list where a text belongs, without a word, and
/// gives up at the first value that does not convert; a user wants to hear of all of them, by the key as it stands in the configuration.
/// </summary>
internal sealed class SectionChecks
{
    private static readonly Dictionary<Type, Action<SectionChecks, IConfigurationSection>> Readers = new()
    {
        [typeof(SigningKeyOptions)] = (review, child) => review.ReadSection<SigningKeyOptions>(child),
        [typeof(CertificateStoreOptions)] = (review, child) => review.ReadSection<CertificateStoreOptions>(child),
        [typeof(AssertionOptions)] = (review, child) => review.ReadSection<AssertionOptions>(child),
        [typeof(ClientAssertionOptions)] = (review, child) => review.ReadSection<ClientAssertionOptions>(child),
        [typeof(ClientCertificateOptions)] = (review, child) => review.ReadSection<ClientCertificateOptions>(child),
        [typeof(TokenExchangeOptions)] = (review, child) => review.ReadSection<TokenExchangeOptions>(child),
        [typeof(DPoPOptions)] = (review, child) => review.ReadSection<DPoPOptions>(child),
        [typeof(RefreshOptions)] = (review, child) => review.ReadSection<RefreshOptions>(child),
        [typeof(RetryOptions)] = (review, child) => review.ReadSection<RetryOptions>(child),
        [typeof(BackoffOptions)] = (review, child) => review.ReadSection<BackoffOptions>(child),
        [typeof(CacheOptions)] = (review, child) => review.ReadSection<CacheOptions>(child),
        [typeof(IList<string>)] = (review, child) => review.ReadList(child),
        [typeof(IDictionary<string, string>)] = (review, child) => ReadEach(child, review.ReadText),
        [typeof(IDictionary<string, object>)] = (review, child) => ReadEach(child, review.ReadClaim),
    };

    private readonly List<string> _problems = [];

    private SectionChecks()
    {
    }

    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Whether the binder gets through. What it would pass over is a problem nevertheless.</summary>
    public bool CanBeBound { get; private set; } = true;

    public static SectionChecks Create(IConfiguration section)
    {
        var review = new SectionChecks();
        review.ReadSettings<JwtGrantOptions>(section);
        return review;
    }

    private void ReadSettings<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(IConfiguration section)
    {
        var settings = typeof(T).GetProperties();
        foreach (var child in section.GetChildren())
        {
            if (Array.Find(settings, one => one.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase)) is not { } setting)
                _problems.Add($"{child.Path} is not a setting. {SpellingSuggestion.Advice(child.Key, settings.Select(one => one.Name))}");
            else if (Readers.TryGetValue(setting.PropertyType, out var read))
                read(this, child);
            else
                ReadValue(child, Nullable.GetUnderlyingType(setting.PropertyType) ?? setting.PropertyType);
        }
    }

    // What stands where a section belongs may be a key; it is not shown.
    private void ReadSection<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(IConfigurationSection child)
    {
        if (!string.IsNullOrEmpty(child.Value))
            _problems.Add($"{child.Path} is a text; expected a section with " +
                $"{string.Join(", ", typeof(T).GetProperties().Select(one => one.Name))}.");
        ReadSettings<T>(child);
    }

    private void ReadList(IConfigurationSection child)
    {
        if (!string.IsNullOrEmpty(child.Value))
            _problems.Add($"{child.Path} is one text; expected a list. Put it in brackets, or set {child.Path}:0.");
        ReadEach(child, ReadText);
    }

    private static void ReadEach(IConfigurationSection child, Action<IConfigurationSection> read)
    {
        foreach (var item in child.GetChildren())
            read(item);
    }

    private void ReadText(IConfigurationSection child) => ReadValue(child, typeof(string));

    private void ReadClaim(IConfigurationSection claim)
    {
        var items = claim.GetChildren().ToList();
        if (items.Exists(item => item.Value is null || !int.TryParse(item.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            _problems.Add($"{claim.Path} is nested; configuration gives strings and arrays of strings. Add other claims by code.");
    }

    private void ReadValue(IConfigurationSection child, Type type)
    {
        if (child.GetChildren().Any())
            _problems.Add($"{child.Path} is a list or a section; expected one value.");
        else if (child.Value is { } text && Expected(text, type) is { } expected)
        {
            CanBeBound = false;
            _problems.Add($"{child.Path} is '{text}'; expected {expected}.");
        }
    }

    /// <summary>What a value of this type looks like, or null where the text is one.</summary>
    private static string? Expected(string text, Type type) => type switch
    {
        { IsEnum: true } => Enum.GetNames(type).Contains(text, StringComparer.OrdinalIgnoreCase) ? null : string.Join(" or ", Enum.GetNames(type)),
        _ when type == typeof(bool) => bool.TryParse(text, out _) ? null : "true or false",
        _ when type == typeof(int) => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _) ? null : "a whole number such as 10",
        _ when type == typeof(double) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? null : "a number such as 0.5",
        _ when type == typeof(TimeSpan) => IsTime(text) ? null : "hours:minutes:seconds, such as 00:02:00",
        _ => null,
    };

    // A number alone would count as days.
    private static bool IsTime(string text) =>
        text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out _);
}

/// <summary>Guesses what a misspelt name was meant to be.</summary>
internal static class SpellingSuggestion
{
    public static string Advice(string written, IEnumerable<string> known)
    {
        var names = known.ToList();
        var nearest = names.MinBy(name => Distance(written.ToUpperInvariant(), name.ToUpperInvariant()))!;
        return Distance(written.ToUpperInvariant(), nearest.ToUpperInvariant()) <= nearest.Length / 3
            ? $"Did you mean {nearest}?"
            : $"The settings here are {string.Join(", ", names)}.";
    }

    // Levenshtein's distance: how many letters must be put in, taken out or changed.
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            (var diagonal, row[0]) = (row[0], i);
            for (var j = 1; j <= other.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (one[i - 1] == other[j - 1] ? 0 : 1)));
        }
        return row[other.Length];
    }
}

/// <summary>
/// From configuration to options. What is wrong with the section becomes a problem among the others, in place of an exception of its own.
/// </summary>
internal static class OptionsBinding
{
    public static void Bind(IConfiguration section, JwtGrantOptions options)
    {
        var review = SectionChecks.Create(section);
        options.SectionProblems.AddRange(review.Problems);
        // The binder would throw at the first value that does not convert.
        options.IsBound &= review.CanBeBound;
        if (!review.CanBeBound)
            return;
        section.Bind(options);
        BindClaims(section.GetSection("Assertion:Claims"), options.Assertion.Claims);
    }

    // The binder keeps strings only; a claim may also be an array of them.
    private static void BindClaims(IConfigurationSection section, IDictionary<string, object> claims)
    {
        foreach (var claim in section.GetChildren())
            if (claim.GetChildren().Select(item => item.Value!).ToArray() is { Length: > 0 } items)
                claims[claim.Key] = items;
    }
}
