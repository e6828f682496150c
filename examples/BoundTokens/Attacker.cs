namespace BoundTokens;

/// <summary>Another party that has stolen a token.</summary>
internal static class Attacker
{
    /// <summary>Calls the API with the stolen token and returns the status code of the response.</summary>
    public static async Task<int> SendAsync(Uri api, string authorization, string? proof = null)
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
