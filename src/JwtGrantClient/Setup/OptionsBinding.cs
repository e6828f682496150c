using Microsoft.Extensions.Configuration;

namespace JwtGrantClient.Setup;

/// <summary>
/// From configuration to options. What is wrong with the section becomes a problem among the others, in place of an exception of its own.
/// </summary>
internal static class OptionsBinding
{
    public static void Bind(IConfiguration section, JwtGrantOptions options)
    {
        var review = SectionReview.Create(section);
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
