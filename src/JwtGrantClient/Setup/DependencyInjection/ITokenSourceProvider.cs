namespace JwtGrantClient;

/// <summary>
/// Provides clients by name, for applications whose client names are known only at run time, such as the names of tenants. The settings of a
/// client are the named options of <see cref="JwtGrantOptions"/>.
/// </summary>
/// <example>
/// <code>
/// builder.Services.AddJwtGrantClients();
/// builder.Services.AddSingleton&lt;IConfigureOptions&lt;JwtGrantOptions&gt;, TenantOptions&gt;();
///
/// class Invoices(ITokenSourceProvider clients)
/// {
///     public ValueTask&lt;AccessToken&gt; GetTokenAsync(string tenant, CancellationToken cancellationToken) =>
///         clients.Get(tenant).GetTokenAsync(cancellationToken);
/// }
///
/// class TenantOptions : IConfigureNamedOptions&lt;JwtGrantOptions&gt;
/// {
///     public void Configure(string? name, JwtGrantOptions options)
///     {
///         options.Issuer = $"https://{name}.example.com";
///         options.ClientId = "billing";
///         options.SigningKey.Path = $"keys/{name}.pem";
///     }
///
///     public void Configure(JwtGrantOptions options)
///     {
///     }
/// }
/// </code>
/// </example>
public interface ITokenSourceProvider
{
    /// <summary>
    /// Returns the client with a name. The client is created at the first call and cached with its tokens. One that AddJwtGrantClient did not add is released
    /// if it is not requested for <see cref="CacheOptions.IdleTime"/>, unless the application holds it. Safe for concurrent use.
    /// </summary>
    /// <param name="name">
    /// The client's name. It needs no AddJwtGrantClient if its options are configured otherwise, for example by
    /// <c>IConfigureNamedOptions&lt;JwtGrantOptions&gt;</c>.
    /// </param>
    /// <returns>The client as a token source.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is null.</exception>
    /// <exception cref="JwtGrantException">The name has no options, or they are not valid.</exception>
    ITokenSource Get(string name);
}
