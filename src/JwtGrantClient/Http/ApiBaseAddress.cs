namespace JwtGrantClient.Http;

/// <summary>
/// The base address of a named HttpClient. The factory makes handlers apart from the clients that use them, so the address comes later
/// than the handler, by way of this.
/// </summary>
internal sealed class ApiBaseAddress
{
    private volatile Uri? _value;

    public Uri? Value
    {
        get => _value;
        set => _value = value;
    }
}
