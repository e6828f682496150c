namespace JwtGrantClient.Tests.Conventions.Redaction;

/// <summary>The check is checked: every way to print is told on a bad sample, and the safe shapes are free.</summary>
public sealed class LeakTests
{
    private const string Unseen = "DebuggerBrowsable(DebuggerBrowsableState.Never)";
    private const string Hidden = $"[JsonIgnore, {Unseen}]";

    [Theory]
    [InlineData($"record A([property: JsonIgnore, {Unseen}] string Pem);")]
    [InlineData($"record struct A([property: JsonIgnore, {Unseen}] string Pem);")]
    [InlineData($"record A {{ {Hidden} public ReadOnlyMemory<char> Pem {{ get; }} }}")]
    public void A_record_that_prints_its_members_is_told(string source) =>
        Assert.Equal(
            "A.Pem is printed by the record's own ToString: override ToString without it, or make it a class.",
            Assert.Single(In(source)));

    [Fact]
    public void A_record_that_prints_its_base_is_told()
    {
        const string source = $$"""
            abstract record A { {{Hidden}} public string Pem { get; } = ""; public override string ToString() => "A"; }
            sealed record B : A;
            """;

        Assert.StartsWith("B.Pem is printed by the record's own ToString", Assert.Single(In(source)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Pem")]
    [InlineData("$\"A of {Pem}\"")]
    public void A_ToString_that_says_the_secret_is_told(string said) =>
        Assert.Equal(
            "A.Pem is printed by ToString: leave it out.",
            Assert.Single(In($"class A {{ {Hidden} public string Pem {{ get; }} = \"\"; public override string ToString() => {said}; }}")));

    [Theory]
    [InlineData("public string Pem { get; set; } = \"\";")]
    [InlineData("public byte[] Pem { get; set; } = [];")]
    [InlineData("[JsonInclude] internal string Pem { get; set; } = \"\";")]
    [InlineData("[JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Pem { get; set; }")]
    public void A_getter_that_the_serializer_would_call_is_told(string member) =>
        Assert.Equal(
            "A.Pem is written by System.Text.Json: put [JsonIgnore] on it, or a redacting [JsonConverter] on the type.",
            Assert.Single(In($"class A {{ [{Unseen}] {member} }}")));

    [Theory]
    [InlineData("\"{Pem}\"")]
    [InlineData("\"A\", Name = \"{this.Pem,nq}\"")]
    public void A_debugger_display_that_names_the_secret_is_told(string display) =>
        Assert.Equal(
            "A.Pem is named in [DebuggerDisplay]: leave it out.",
            Assert.Single(In($"[DebuggerDisplay({display})] class A {{ {Hidden} public string Pem => \"\"; }}")));

    [Theory]
    [InlineData("class A { string Pem => \"\"; }", "A.Pem")]
    [InlineData("class A { string? _pem; string? X => _pem; }", "A.pem")]
    [InlineData("class A { [DebuggerBrowsable(DebuggerBrowsableState.Collapsed)] string Pem => \"\"; }", "A.Pem")]
    public void A_member_that_the_debugger_shows_is_told(string source, string member) =>
        Assert.Equal(
            $"{member} is shown by the debugger: put [DebuggerBrowsable(DebuggerBrowsableState.Never)] on it.",
            Assert.Single(In(source)));

    [Fact]
    public void A_captured_constructor_parameter_is_told_to_become_a_field()
    {
        var told = Assert.Single(In("class A(string pem) { string X => pem; }"));

        Assert.EndsWith("cannot carry it, so declare a field.", told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData($"class A {{ {Hidden} public string Pem {{ get; set; }} = \"\"; }}")]
    [InlineData($"record A {{ {Hidden} public string Pem {{ get; }} = \"\"; public override string ToString() => \"A\"; }}")]
    [InlineData($"record A {{ {Hidden} internal string Pem {{ get; }} = \"\"; }}")]
    [InlineData($"record A {{ {Hidden} public byte[] Pem {{ get; }} = []; }}")]
    [InlineData($"class A {{ [JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting), {Unseen}] public string? Pem {{ get; set; }} }}")]
    [InlineData($"class A {{ [JsonConverter(typeof(Redacting<string>)), {Unseen}] public string Pem => \"\"; }}")]
    [InlineData($"[JsonConverter(typeof(Redacting<A>))] class A {{ [{Unseen}] public string Pem => \"\"; }}")]
    [InlineData($"[DebuggerDisplay(\"{{PemLength}}\")] class A {{ [{Unseen}] string _pem = \"\"; int PemLength => _pem.Length; }}")]
    [InlineData("[DebuggerTypeProxy(typeof(object))] class A { string Pem => \"\"; }")]
    public void A_type_that_hides_its_secret_is_free(string source) => Assert.Empty(In(source));

    private static IEnumerable<string> In(string source) => SecretMember.In(Roslyn.Load($$"""
        using System.Diagnostics; using System.Text.Json; using System.Text.Json.Serialization;

        {{source}}

        class Redacting<T> : JsonConverter<T>
        {
            public override T Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => throw new JsonException();
            public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue("***");
        }
        """)).SelectMany(Leaks.Of);
}
