namespace SignInWithApple;

/// <summary>Simulates the browsers of two users. One of them sends the same code twice.</summary>
internal static class Browser
{
    /// <summary>Sends three callbacks and returns the exit code: 0 if the back end handled all of them as expected.</summary>
    public static async Task<int> SignInAsync(Uri backEnd, DemoAppleServer apple)
    {
        using var http = new HttpClient { BaseAddress = backEnd };
        var code = apple.SignInUser("user-1");
        var first = await PostAsync(http, code);
        var second = await PostAsync(http, apple.SignInUser("user-2"));
        var replayed = await PostAsync(http, code);

        var isExpected = first && second && !replayed && apple.RequestsWithTheFirstSecret == 3;
        Console.WriteLine(isExpected
            ? "Two users signed in, a replayed code was rejected, and all three requests used the same client secret."
            : "Unexpected result.");
        return isExpected ? 0 : 1;
    }

    private static async Task<bool> PostAsync(HttpClient http, string code)
    {
        using var form = new FormUrlEncodedContent([new("code", code), new("state", "s")]);
        using var response = await http.PostAsync("callback", form);
        Console.WriteLine($"{(int)response.StatusCode}  {await response.Content.ReadAsStringAsync()}");
        return response.IsSuccessStatusCode;
    }
}
