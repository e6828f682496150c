using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using JwtGrantClient.DPoP;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;
using TestData = JwtGrantClient.Tests.TestSupport.TestData;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>
/// Properties of every response, checked with FsCheck, which shrinks a counterexample: the reader returns a token or throws <see cref="JwtGrantException"/>,
/// and it allocates in proportion to the body. The responses of <see cref="TokenResponseReaderFuzzTests"/> are closer to real ones.
/// </summary>
public sealed class TokenResponseReaderPropertyTests
{
    private const int Rounds = 2000;

    private static readonly Config ManyRounds = Config.QuickThrowOnFailure.WithMaxTest(Rounds);

    private static readonly ResponseRules[] Rules =
    [
        Answer.Strict,
        Answer.Strict with { DefaultType = "Bearer" },
        Answer.Strict with { AllowsOtherTokens = true },
        Answer.Strict with { Proof = new DPoPProofs(DPoPKey.Create(new()), TimeProvider.System, new(bytes => bytes.Clear())) },
    ];

    private static readonly string[] Names =
        ["access_token", "token_type", "expires_in", "scope", "refresh_token", "id_token", "issued_token_type", "error", "error_description", "other"];

    [Fact]
    public void Any_bytes_are_read_as_a_token_or_rejected_with_JwtGrantException() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<int>(), (body, status) => IsRead(status, body)).Check(ManyRounds);

    [Fact]
    public void Any_text_is_read_as_a_token_or_rejected_with_JwtGrantException() => Prop.ForAll(
        ArbMap.Default.ArbFor<string?>(), text => IsRead(200, Encoding.UTF8.GetBytes(text ?? ""))).Check(ManyRounds);

    [Fact]
    public void Any_object_of_known_members_is_read_as_a_token_or_rejected_with_JwtGrantException()
    {
        var tokens = 0;
        Prop.ForAll(Objects().ToArbitrary(), json => IsRead(200, Encoding.UTF8.GetBytes(json), () => tokens++)).Check(ManyRounds);
        // Otherwise the generator would not reach the code under test.
        Assert.InRange(tokens, Rounds / 50, Rounds);
    }

    [Fact]
    public void Reading_deep_nesting_or_long_text_allocates_in_proportion_to_the_body()
    {
        foreach (var length in new[] { 0, 1, 1_000, 100_000, 1_000_000 })
            foreach (var body in new[] { new string('[', length), $"{{\"a\":\"{new string('x', length)}\"}}", $"{{\"error\":\"{new string('\\', length)}\"}}" })
                Assert.True(IsRead(200, Encoding.UTF8.GetBytes(body)), $"{body[..Math.Min(10, body.Length)]} x {length}");
    }

    [Fact]
    public void Reading_an_endless_body_stops_at_the_maximum_size() => Prop.ForAll(
        Gen.Choose(1, 200_000).ToArbitrary(), Gen.Choose(0, 3).ToArbitrary(), (chunk, coding) =>
    {
        var response = new HttpResponseMessage { Content = new StreamContent(new EndlessStream(chunk)) };
        if (coding == 1)
            response.Content.Headers.ContentEncoding.Add("gzip");
        using var transport = new TokenEndpointTransport(new StubHandler(_ => response), TimeProvider.System, TimeSpan.FromMinutes(5));
        using var request = new HttpRequestMessage(HttpMethod.Post, TestData.TokenEndpoint);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<JwtGrantException>(
            () => transport.SendAsync(request, TestContext.Current.CancellationToken).AsTask().GetAwaiter().GetResult());
        // The buffer doubles up to the maximum of 1 MiB.
        return error.Code == (coding == 1 ? "connection_failed" : "response_too_large")
            && GC.GetAllocatedBytesForCurrentThread() - before < 8 * 1024 * 1024;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    private static bool IsRead(int status, byte[] body, Action? onToken = null)
    {
        foreach (var rules in Rules)
        {
            var response = Answer.Create(status, body);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                var read = TokenResponseReader.Read(response, rules);
                onToken?.Invoke();
                if (!AccessToken.IsValidValue(read.AccessToken.Value))
                    return false;
            }
            catch (JwtGrantException e)
            {
                if (e.Message.Length > 4096)
                    return false;
            }
            if (GC.GetAllocatedBytesForCurrentThread() - before > 64 * 1024 + 32L * body.Length)
                return false;
        }
        return true;
    }

    private static Gen<string> Objects() =>
        from count in Gen.Choose(0, 8)
        from members in Gen.ArrayOf(Members(), count)
        select $"{{{string.Join(',', members.Prepend("\"access_token\":\"abc\"").DistinctBy(member => member.Split(':')[0]))}}}";

    private static Gen<string> Members() =>
        from name in Gen.Elements(Names)
        from value in Gen.OneOf(
            Gen.Elements("\"Bearer\"", "\"DPoP\"", "\"N_A\"", "3600", "\"3600\"", "null", "true", "-1", "1e400", "[]", "{}", "{\"a\":[1]}"),
            ArbMap.Default.GeneratorFor<string?>().Select(text => JsonValue.Create(text ?? "").ToJsonString()),
            ArbMap.Default.GeneratorFor<int>().Select(number => $"{number}"))
        select $"\"{name}\":{value}";

    /// <summary>A stream without an end that returns at most <paramref name="chunk"/> bytes at a time.</summary>
    private sealed class EndlessStream(int chunk) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = Math.Min(chunk, count);
            buffer.AsSpan(offset, read).Fill((byte)'a');
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
