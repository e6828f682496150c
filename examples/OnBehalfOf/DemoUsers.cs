using System.Net;
using System.Net.Http.Headers;

namespace OnBehalfOf;

/// <summary>Alice and Bob, who call the orders API.</summary>
internal static class DemoUsers
{
    /// <summary>Returns 0 if each user got their own answers, with one token exchange for each sign-in.</summary>
    public static async Task<int> RunAsync(Uri orders, DemoServers demo)
    {
        using var http = new HttpClient { BaseAddress = orders };
        var (alice, bob) = (await demo.SignInAsync("alice"), await demo.SignInAsync("bob"));
        var answers = new List<string>();
        foreach (var token in new[] { alice, bob, alice, bob })
            answers.Add(await GetOrderAsync(token));
        var exchanges = demo.Exchanges;                             // the second order of each user needed none

        // Without a token of a user, and with one for another API, nothing is exchanged.
        var rejected = await GetStatusAsync(null) == HttpStatusCode.Unauthorized
            && await GetStatusAsync(demo.Received.First()) == HttpStatusCode.Unauthorized && demo.Exchanges == exchanges;

        using var signOut = await SendAsync(HttpMethod.Post, "sign-out", alice);
        var inventoryTokens = demo.Received.Distinct().ToList();    // Alice's, and Bob's
        var isForgotten = inventoryTokens is [var hers, var his] && !demo.IsValid(hers) && demo.IsValid(his);
        answers.Add(await GetOrderAsync(await demo.SignInAsync("alice")));

        var isExpected = exchanges == 2 && demo.Exchanges == 3 && rejected && isForgotten
            && answers.Select(answer => answer.Contains("alice", StringComparison.Ordinal)).SequenceEqual([true, false, true, false, true]);
        Console.WriteLine(isExpected ? "One token exchange for each sign-in. At sign-out the token was revoked." : "Unexpected result.");
        return isExpected ? 0 : 1;

        async Task<string> GetOrderAsync(string token)
        {
            using var response = await SendAsync(HttpMethod.Get, "orders/7", token);
            var answer = await response.Content.ReadAsStringAsync();
            Console.WriteLine($"{(int)response.StatusCode}  {answer}");
            return answer;
        }

        async Task<HttpStatusCode> GetStatusAsync(string? token)
        {
            using var response = await SendAsync(HttpMethod.Get, "orders/7", token);
            return response.StatusCode;
        }

        async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? token)
        {
            using var request = new HttpRequestMessage(method, path);
            if (token is not null)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            return await http.SendAsync(request);
        }
    }
}
