namespace JwtGrantClient.Testing.Judging;

/// <summary>What an assertion is presented as, and so how its refusal is answered (RFC 7523 sections 3.1 and 3.2).</summary>
internal sealed record AssertionUse(string Noun, Func<string, string, string, RefusedException> Refuse)
{
    public static readonly AssertionUse ClientAuthentication = new("client assertion", RefusedException.Client);

    public static readonly AssertionUse Grant = new("grant assertion", RefusedException.Grant);

    public bool IsClientAuthentication => ReferenceEquals(this, ClientAuthentication);
}
