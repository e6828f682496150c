using Microsoft.AspNetCore.Http;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>The responses of a <see cref="ScriptedServer"/>.</summary>
internal static class Reply
{
    public const string TokenJson = """{"access_token":"abc","token_type":"Bearer","expires_in":3600}""";

    public static RequestDelegate Token => Json(200, TokenJson);

    /// <summary>Closes the connection without a response.</summary>
    public static RequestDelegate Drop => context =>
    {
        context.Abort();
        return Task.CompletedTask;
    };

    public static RequestDelegate Json(int status, string json) => Body(status, "application/json", json);

    public static RequestDelegate Error(string error) => Json(400, $$"""{"error":"{{error}}"}""");

    public static RequestDelegate Status(int status, params (string Name, string Value)[] headers) => context =>
    {
        context.Response.StatusCode = status;
        foreach (var (name, value) in headers)
            context.Response.Headers[name] = value;
        return Task.CompletedTask;
    };

    public static RequestDelegate Body(int status, string contentType, string body) => context =>
    {
        context.Response.StatusCode = status;
        context.Response.Headers.ContentType = contentType;
        return context.Response.WriteAsync(body, context.RequestAborted);
    };

    public static RequestDelegate Bytes(string contentEncoding, byte[] body) => async context =>
    {
        context.Response.Headers.ContentType = "application/json";
        context.Response.Headers.ContentEncoding = contentEncoding;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    };
}
