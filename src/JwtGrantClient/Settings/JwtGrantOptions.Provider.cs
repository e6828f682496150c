using JwtGrantClient.Settings;
using JwtGrantClient.Sources;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient;

public sealed partial class JwtGrantOptions
{
    private readonly ProviderValues _providerValues = new();
    private ProviderProfile? _profile;

    /// <summary>Returns the profile of the provider; null for no provider. It is a method, because the configuration binder would bind a property.</summary>
    internal ProviderProfile? FindProfile() => _profile;

    /// <summary>Returns the values of the provider.</summary>
    internal ProviderValues GetProviderValues() => _providerValues;

    /// <summary>Returns the errors that the documentation of the provider describes, with what is known about this client in their advice.</summary>
    internal IReadOnlyList<KnownError> FindKnownErrors()
    {
        if (_profile is not { CompleteAdvice: { } complete } profile)
            return _profile?.Errors ?? [];
        var errors = new List<KnownError>(profile.Errors.Count);
        foreach (var error in profile.Errors)
            errors.Add(error with { Advice = complete(error.Advice, this, _providerValues) });
        return errors;
    }

    /// <summary>Returns the request for a token that is not one of OAuth; null for a token request.</summary>
    internal DeclaredRequest? DeclareRequest() => _profile?.DeclareRequest?.Invoke(this, _providerValues);

    /// <summary>Sets the defaults of a provider, and the settings that follow from its values.</summary>
    internal void Use(ProviderProfile profile, params ReadOnlySpan<(string Name, string? Value)> values)
    {
        if (!TryUse(profile))
            return;
        foreach (var (name, value) in values)
            if (value is not null)
                _providerValues.Add(name, value);
        profile.Derive?.Invoke(this, _providerValues);
    }

    /// <summary>Sets the defaults of a provider. Returns false if the options have another provider already, which is reported as a problem.</summary>
    internal bool TryUse(ProviderProfile profile)
    {
        if (_profile is { } other)
        {
            SectionProblems.Add($"Provider is {other.Name}, and code sets the defaults of {profile.Name}, too. Remove one of them.");
            return false;
        }
        (_profile, Provider) = (profile, profile.Name);
        profile.SetDefaults(this);
        return true;
    }
}
