using System.Text;
using System.Text.Json.Nodes;
using JwtGrantClient.Setup;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.Tests.TokenEndpoint;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Providers;

/// <summary>A client of an emulated provider, as a user configures it.</summary>
internal sealed class ProviderClient(FakeTimeProvider clock)
{
    /// <summary>Gets a token with the settings of a section.</summary>
    /// <param name="json">The section.</param>
    /// <param name="handler">The provider.</param>
    /// <param name="request">The token request; null for the client as configured.</param>
    public async Task<AccessToken> GetTokenAsync(string json, HttpMessageHandler handler, TokenRequest? request = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(clock);
        services.AddJwtGrantClient("provider", Section(json)).UseTokenEndpointHandler(_ => handler);
        await using var provider = services.BuildServiceProvider();
        return await provider.GetRequiredKeyedService<ITokenSource>("provider").GetTokenAsync(request ?? TokenRequest.Default, TestContext.Current.CancellationToken);
    }

    /// <summary>Gets a token with options that code sets.</summary>
    public async Task<AccessToken> GetTokenAsync(Action<JwtGrantOptions> configure, HttpMessageHandler handler, TokenRequest? request = null)
    {
        var options = new JwtGrantOptions();
        configure(options);
        await using var tokens = JwtGrantTokenSource.Create(options, tokenEndpointHandler: handler, timeProvider: clock);
        return await tokens.GetTokenAsync(request ?? TokenRequest.Default, TestContext.Current.CancellationToken);
    }

    /// <summary>Gets a token, asserts that the provider refuses it, and returns the first line of the message: the advice.</summary>
    public async Task<string> FailAsync(string json, HttpMessageHandler handler, TokenRequest? request = null)
    {
        var error = await Assert.ThrowsAsync<JwtGrantException>(() => GetTokenAsync(json, handler, request));
        Assert.Equal((JwtGrantErrorKind.Refused, false), (error.Kind, error.IsTransient));
        return error.FirstLine();
    }

    /// <summary>Returns the problems that a host reports when it starts.</summary>
    public static IReadOnlyList<string> Problems(string json)
    {
        var options = new JwtGrantOptions();
        OptionsBinding.Bind(Section(json), options);
        return [.. OptionsChecks.Find(options, new ClientDependencies())];
    }

    /// <summary>Merges changes into the settings of a section: a value replaces the one before, and null removes it.</summary>
    public static string Change(JsonObject settings, string? changes)
    {
        Merge(settings, JsonNode.Parse(changes ?? "{}")!.AsObject());
        return settings.ToJsonString();
    }

    /// <summary>Returns the section with these settings.</summary>
    public static IConfigurationSection Section(string json) =>
        new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes($$"""{ "Client": {{json}} }"""))).Build().GetSection("Client");

    private static void Merge(JsonObject settings, JsonObject changes)
    {
        foreach (var (name, value) in changes)
            if (settings[name] is JsonObject section && value is JsonObject inner)
                Merge(section, inner);
            else
                settings[name] = value?.DeepClone();
    }
}
