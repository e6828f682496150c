using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Clients;

/// <summary>Checks the registration of a client, so that a mistake does not fail each of its requests.</summary>
internal static class RegistrationChecks
{
    /// <exception cref="ArgumentException">A value can never be that of a request, or a method lacks its credentials.</exception>
    public static void Check(ClientRegistration client, IEnumerable<string> supportedGrantTypes)
    {
        OptionChecks.CheckNotEmpty("Id", client.Id);
        if (client.Id.Any(c => c is < ' ' or > '~'))
            throw new ArgumentException($"Id is '{client.Id}'; expected printable ASCII (RFC 6749 appendix A.1).");
        OptionChecks.CheckNotEmpty($"The ClientSecret of '{client.Id}'", client.ClientSecret);
        OptionChecks.CheckNotEmpty($"The ClientSecretIssuer of '{client.Id}'", client.ClientSecretIssuer);
        OptionChecks.CheckScopeValues($"AllowedScopes of '{client.Id}'", client.AllowedScopes);
        if (client.AllowedGrantTypes?.FirstOrDefault(type => !supportedGrantTypes.Contains(type)) is { } unknown)
            throw new ArgumentException(
                $"'{client.Id}' has the grant type '{unknown}'; this server supports {string.Join(", ", supportedGrantTypes)}.");
        foreach (var (audience, id) in client.IdJagAudiences ?? new Dictionary<string, string>())
        {
            OptionChecks.CheckNotEmpty($"An audience in IdJagAudiences of '{client.Id}'", audience);
            OptionChecks.CheckNotEmpty($"The client id for '{audience}' in IdJagAudiences of '{client.Id}'", id);
        }
        ClientMethods.Validate(client);
    }
}
