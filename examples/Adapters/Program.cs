using System.ClientModel.Primitives;
using Adapters;
using Adapters.Demo;
using Anthropic;
using Anthropic.Models.Messages;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using Google.Cloud.Storage.V1;
using OpenAI;
using OpenAI.Chat;

// A token source in four SDKs. Each has its own interface for credentials, for which a small file of this folder is the adapter: copy the one that you need.
// Without the demo, the clients need neither a transport nor an HttpClient of their own.
await using var apis = new DemoApis();
await using var tokens = apis.CreateTokens(); // in a host: an ITokenSource from the container
using var http = new HttpClient(apis.CreateHandler());

// Azure SDK: the client learns from the vault which scope it needs, and asks the adapter for it.
var vault = new SecretClient(
    new Uri("https://contoso.vault.azure.net"), new JwtGrantTokenCredential(tokens), new SecretClientOptions { Transport = new HttpClientTransport(http) });

// Google: the scope is that of the token source.
using var storage = await new StorageClientBuilder { Credential = new JwtGrantGoogleCredential(tokens), HttpClientFactory = new DemoHttpClientFactory(apis) }.BuildAsync();

// OpenAI, here in Azure, where models need a scope of their own.
var chat = new ChatClient(
    "gpt-5",
    new BearerTokenPolicy(new JwtGrantTokenProvider(tokens), DemoApis.ModelScope),
    new OpenAIClientOptions { Endpoint = new Uri("https://contoso.openai.azure.com/openai/v1/"), Transport = new HttpClientPipelineTransport(http) });

// Anthropic
using var claude = new AnthropicClient(new() { Credentials = new JwtGrantAnthropicCredentials(tokens), HttpClient = http });
var question = new MessageCreateParams { Model = "claude-opus", MaxTokens = 100, Messages = [new UserMessageParam("Hello")] };

await CallAllAsync();
await CallAllAsync();

// Each API was called twice. There is a token for each of the two scopes that a client asked for, and one for the scope of the settings.
var (calls, issued) = (apis.Accepted.Count, apis.TokensIssued);
Console.WriteLine($"{calls} calls with {issued} tokens.");

// The tokens are revoked. Google's and Anthropic's clients report the 401 to their adapters: the first one replaces the token, the second one finds the new one.
apis.RevokeAll();
await CallStorageAsync();
await CallClaudeAsync();
var (repeated, rejected, replaced) = (apis.Accepted.Count - calls, apis.Rejected, apis.TokensIssued - issued);
Console.WriteLine($"{repeated} calls after {rejected} rejected tokens, with {replaced} new token.");

var isExpected = (calls, issued, repeated, rejected, replaced) == (8, 3, 2, 2, 1);
Console.WriteLine(isExpected ? "Four SDKs share one token source." : "Unexpected result.");
return isExpected ? 0 : 1;

async Task CallAllAsync()
{
    Console.WriteLine($"Azure      {(await vault.GetSecretAsync("database")).Value.Name}");
    await CallStorageAsync();
    Console.WriteLine($"OpenAI     {(await chat.CompleteChatAsync("Hello")).Value.Content[0].Text}");
    await CallClaudeAsync();
}

async Task CallStorageAsync() => Console.WriteLine($"Google     {(await storage.GetObjectAsync("reports", "2026.pdf")).Name}");

async Task CallClaudeAsync()
{
    var message = await claude.Messages.Create(question);
    Console.WriteLine($"Anthropic  {(message.Content[0].TryPickText(out var text) ? text.Text : message.Content[0])}");
}
