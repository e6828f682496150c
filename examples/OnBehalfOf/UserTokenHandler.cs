using JwtGrantClient;
using Microsoft.AspNetCore.Authentication;

namespace OnBehalfOf;

/// <summary>Sets the token request of each outgoing request: the user of the incoming request, and the token that came with it.</summary>
internal sealed class UserTokenHandler(IHttpContextAccessor accessor) : DelegatingHandler
{
    /// <summary>Returns the name of the user. The token was verified, so that its subject is who it says.</summary>
    public static string SubjectOf(HttpContext context) => context.User.FindFirst("sub")!.Value;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var context = accessor.HttpContext ?? throw new InvalidOperationException("There is no incoming request, and so no user.");
        request.SetTokenRequest(new TokenRequest
        {
            Subject = SubjectOf(context),                           // names the user in the cache, for sign-out; it is not sent
            SubjectToken = new TypedToken((await context.GetTokenAsync("access_token"))!, TokenTypes.AccessToken),
            // With "Grant": "JwtBearer" and "Assertion": { "FromRequest": true }, the token is the grant (RFC 7523 section 2.1):
            // Assertion = await context.GetTokenAsync("access_token"),
            // Microsoft Entra also requires "Parameters": { "requested_token_use": "on_behalf_of" }.
        });
        return await base.SendAsync(request, cancellationToken);
    }
}
