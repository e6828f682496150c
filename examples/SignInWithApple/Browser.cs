namespace SignInWithApple;

/// <summary>Plays the browsers of two users, one of whom sends the same code twice.</summary>
internal static class Browser
{
    /// <returns>The exit code: 0 if the back end did right by all three.</returns>
    public static async Task<int> SignInAsync(Uri backEnd, AppleStandIn apple)
    {
        using var http = new HttpClient { BaseAddress = backEnd };
        var code = apple.SignInUser("user-1");
        var first = await PostAsync(http, code);
        var second = await PostAsync(http, apple.SignInUser("user-2"));
        var replayed = await PostAsync(http, code);

        var isGood = first && second && !replayed && apple.RequestsWithTheFirstSecret == 3;
        Console.WriteLine(isGood
            ? "Two users signed in, a replayed code was refused, and one client secret served all three requests."
            : "That was not as it should be.");
        return isGood ? 0 : 1;
    }

    private static async Task<bool> PostAsync(HttpClient http, string code)
    {
        using var form = new FormUrlEncodedContent([new("code", code), new("state", "s")]);
        using var response = await http.PostAsync("callback", form);
        Console.WriteLine($"{(int)response.StatusCode}  {await response.Content.ReadAsStringAsync()}");
        return response.IsSuccessStatusCode;
    }
}
