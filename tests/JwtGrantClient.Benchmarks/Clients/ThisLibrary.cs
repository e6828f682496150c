namespace JwtGrantClient.Benchmarks.Clients;

/// <summary>This library.</summary>
internal sealed class ThisLibrary(Uri endpoint, HttpMessageHandler handler) : TokenClient
{
    private static readonly Grant Credentials = Grant.ClientCredentials();

    public override string Name => "JwtGrantClient";

    public JwtGrantTokenSource Tokens { get; } =
        JwtGrantTokenSource.Create(TestData.Options(TestData.RsaPem, endpoint.OriginalString), tokenEndpointHandler: handler);

    public override Func<ValueTask<string>> Exchange => async () => (await Tokens.Endpoint.RequestAsync(Credentials)).AccessToken.Value;

    public override ValueTask<string> GetAsync()
    {
        var pending = Tokens.GetTokenAsync(TokenRequest.Default);
        return pending.IsCompletedSuccessfully ? new(pending.Result.Value) : AwaitAsync(pending);
    }

    protected override void Dispose(bool disposing) => Tokens.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private static async ValueTask<string> AwaitAsync(ValueTask<AccessToken> pending) => (await pending).Value;
}
