using System.Text.Json.Serialization;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient;

/// <summary>The settings of a token exchange (RFC 8693): tokens from files, from other clients, or from providers that are configured in code. They apply if Grant is TokenExchange.</summary>
public sealed class TokenExchangeOptions
{
    /// <summary>
    /// Gets or sets the path of a file with the subject token, a JWT that another party signs and replaces, such as a Kubernetes projected token. It is
    /// read for each attempt. Required unless <see cref="SubjectTokenFrom"/> or
    /// <see cref="SubjectTokenFromRequest"/> is set or UseSubjectToken configures a provider. Default: none.
    /// </summary>
    [JsonConverter(typeof(PlaceJsonConverter))]
    public string? SubjectTokenFile { get; set; }

    /// <summary>Gets or sets the member of <see cref="SubjectTokenFile"/>, a JSON object, that is the token; null if the file is the token.</summary>
    internal string? SubjectTokenMember { get; set; }

    /// <summary>Gets or sets the address of the subject token, in place of a file; null if there is none.</summary>
    internal SubjectTokenUrl? SubjectTokenUrl { get; set; }

    /// <summary>
    /// Gets or sets the name of another client whose token is the subject token. It comes from the cache of that client for each attempt. Default: none.
    /// </summary>
    [JsonConverter(typeof(SettingJsonConverter))]
    public string? SubjectTokenFrom { get; set; }

    /// <summary>
    /// Gets or sets whether each token request has the subject token (<see cref="TokenRequest.SubjectToken"/>), such as the token of a user. Default: false.
    /// </summary>
    public bool SubjectTokenFromRequest { get; set; }

    /// <summary>
    /// Gets or sets the type of the subject token: a URI of RFC 8693 section 3. Default: <see cref="TokenTypes.Jwt"/>; for
    /// <see cref="SubjectTokenFrom"/> the type that the other client obtains, usually <see cref="TokenTypes.AccessToken"/>.
    /// </summary>
    [JsonConverter(typeof(SettingJsonConverter))]
    public string? SubjectTokenType { get; set; }

    /// <summary>Gets or sets the path of a file with the actor token (RFC 8693 section 2.1). Default: none.</summary>
    [JsonConverter(typeof(PlaceJsonConverter))]
    public string? ActorTokenFile { get; set; }

    /// <summary>Gets or sets the name of another client whose token is the actor token, like <see cref="SubjectTokenFrom"/>. Default: none.</summary>
    [JsonConverter(typeof(SettingJsonConverter))]
    public string? ActorTokenFrom { get; set; }

    /// <summary>
    /// Gets or sets the type of the actor token. Default: <see cref="TokenTypes.Jwt"/>; for <see cref="ActorTokenFrom"/> the type that the other client
    /// obtains.
    /// </summary>
    [JsonConverter(typeof(SettingJsonConverter))]
    public string? ActorTokenType { get; set; }

    /// <summary>Gets or sets the logical names of the services that the token is for. Default: empty, none are sent.</summary>
    public IList<string> Audience { get; set; } = [];

    /// <summary>Gets or sets the requested type of token: a URI of RFC 8693 section 3. Default: none, the server chooses.</summary>
    [JsonConverter(typeof(SettingJsonConverter))]
    public string? RequestedTokenType { get; set; }
}
