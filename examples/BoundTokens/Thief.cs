namespace BoundTokens;

/// <summary>Somebody else, who got hold of a token.</summary>
internal static class Thief
{
    /// <returns>The status of the API's answer.</returns>
    public static async Task<int> AskAsync(Uri api, string authorization, string? proof = null)
    {
        using var http = new HttpClient { BaseAddress = api };
        using var request = new HttpRequestMessage(HttpMethod.Get, "accounts/3");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        if (proof is not null)
            request.Headers.TryAddWithoutValidation("DPoP", proof);
        using var response = await http.SendAsync(request);
        Console.WriteLine($"{(int)response.StatusCode}  stolen: {response.Headers.WwwAuthenticate}");
        return (int)response.StatusCode;
    }
}
