namespace JwtGrantClient;

/// <summary>
/// Clients whose names are known only at run time, such as tenants: over the named options of <see cref="JwtGrantOptions"/>.
/// </summary>
public interface ITokenSourceProvider
{
    /// <summary>
    /// The client of a name, composed at the first call and kept, with its tokens, for the container's life. Safe for concurrent use. A
    /// name that no AddJwtGrantClient was called with needs options of its own, such as a configured <c>IConfigureNamedOptions</c>.
    /// </summary>
    /// <param name="name">The name.</param>
    /// <exception cref="JwtGrantException">The name has no settings, or wrong ones.</exception>
    ITokenSource Get(string name);
}
