using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace JwtGrantClient.Setup;

/// <summary>
/// A configuration section without its empty values, which count as not set: a later file or an environment variable cannot remove a value, only replace
/// it. Passwords and the values of Parameters may be empty.
/// </summary>
/// <param name="section">The section.</param>
/// <param name="keepsEmpty">Whether empty values of the section count as set.</param>
internal sealed class SetValues(IConfiguration section, bool keepsEmpty = false) : IConfigurationSection
{
    public string Key => (section as IConfigurationSection)?.Key ?? "";

    public string Path => (section as IConfigurationSection)?.Path ?? "";

    public string? Value
    {
        get => (section as IConfigurationSection)?.Value;
        set => throw new NotSupportedException();
    }

    /// <summary>Gets whether the section has neither a value nor children with values.</summary>
    public bool IsEmpty => (keepsEmpty ? Value is null : string.IsNullOrEmpty(Value)) && !GetChildren().Any();

    public string? this[string key]
    {
        get => GetSection(key) is SetValues { IsEmpty: false } child ? child.Value : null;
        set => throw new NotSupportedException();
    }

    public IEnumerable<IConfigurationSection> GetChildren() => section.GetChildren().Select(Wrap).Where(child => !child.IsEmpty);

    public IConfigurationSection GetSection(string key) => Wrap(section.GetSection(key));

    public IChangeToken GetReloadToken() => section.GetReloadToken();

    private SetValues Wrap(IConfigurationSection child) => new(
        child,
        keepsEmpty || child.Key.Equals("Password", StringComparison.OrdinalIgnoreCase) || child.Key.Equals("Parameters", StringComparison.OrdinalIgnoreCase));
}
