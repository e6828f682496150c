namespace JwtGrantClient.Tests.Conventions.Redaction;

/// <summary>Tests of the redaction check: it reports every way to print a secret, and allows types that hide it.</summary>
public sealed class LeakTests
{
    private const string NotBrowsable = "DebuggerBrowsable(DebuggerBrowsableState.Never)";
    private const string Hidden = $"[JsonIgnore, {NotBrowsable}]";

    [Theory]
    [InlineData($"record A([property: JsonIgnore, {NotBrowsable}] string Pem);")]
    [InlineData($"record struct A([property: JsonIgnore, {NotBrowsable}] string Pem);")]
    [InlineData($"record A {{ {Hidden} public ReadOnlyMemory<char> Pem {{ get; }} }}")]
    public void A_record_that_prints_its_members_is_reported(string source) =>
        Assert.Equal(
            "A.Pem is printed by the record's own ToString: override ToString without it, or make it a class.",
            Assert.Single(FindLeaks(source)));

    [Fact]
    public void A_record_that_prints_the_members_of_its_base_is_reported()
    {
        const string source = $$"""
            abstract record A { {{Hidden}} public string Pem { get; } = ""; public override string ToString() => "A"; }
            sealed record B : A;
            """;

        Assert.StartsWith("B.Pem is printed by the record's own ToString", Assert.Single(FindLeaks(source)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Pem")]
    [InlineData("$\"A of {Pem}\"")]
    public void A_ToString_that_contains_the_secret_is_reported(string expression) =>
        Assert.Equal(
            "A.Pem is printed by ToString: leave it out.",
            Assert.Single(FindLeaks($"class A {{ {Hidden} public string Pem {{ get; }} = \"\"; public override string ToString() => {expression}; }}")));

    [Theory]
    [InlineData("public string Pem { get; set; } = \"\";")]
    [InlineData("public byte[] Pem { get; set; } = [];")]
    [InlineData("[JsonInclude] internal string Pem { get; set; } = \"\";")]
    [InlineData("[JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Pem { get; set; }")]
    public void A_property_that_the_JSON_serializer_writes_is_reported(string member) =>
        Assert.Equal(
            "A.Pem is written by System.Text.Json: put [JsonIgnore] on it, or a redacting [JsonConverter] on the type.",
            Assert.Single(FindLeaks($"class A {{ [{NotBrowsable}] {member} }}")));

    [Theory]
    [InlineData("\"{Pem}\"")]
    [InlineData("\"A\", Name = \"{this.Pem,nq}\"")]
    public void A_DebuggerDisplay_that_names_the_secret_is_reported(string display) =>
        Assert.Equal(
            "A.Pem is named in [DebuggerDisplay]: leave it out.",
            Assert.Single(FindLeaks($"[DebuggerDisplay({display})] class A {{ {Hidden} public string Pem => \"\"; }}")));

    [Theory]
    [InlineData("class A { string Pem => \"\"; }", "A.Pem")]
    [InlineData("class A { string? _pem; string? X => _pem; }", "A.pem")]
    [InlineData("class A { [DebuggerBrowsable(DebuggerBrowsableState.Collapsed)] string Pem => \"\"; }", "A.Pem")]
    public void A_member_that_the_debugger_shows_is_reported(string source, string member) =>
        Assert.Equal(
            $"{member} is shown by the debugger: put [DebuggerBrowsable(DebuggerBrowsableState.Never)] on it.",
            Assert.Single(FindLeaks(source)));

    [Fact]
    public void A_captured_constructor_parameter_is_reported_with_the_advice_to_declare_a_field()
    {
        var finding = Assert.Single(FindLeaks("class A(string pem) { string X => pem; }"));

        Assert.EndsWith("cannot carry it, so declare a field.", finding, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData($"class A {{ {Hidden} public string Pem {{ get; set; }} = \"\"; }}")]
    [InlineData($"record A {{ {Hidden} public string Pem {{ get; }} = \"\"; public override string ToString() => \"A\"; }}")]
    [InlineData($"record A {{ {Hidden} internal string Pem {{ get; }} = \"\"; }}")]
    [InlineData($"record A {{ {Hidden} public byte[] Pem {{ get; }} = []; }}")]
    [InlineData($"class A {{ [JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting), {NotBrowsable}] public string? Pem {{ get; set; }} }}")]
    [InlineData($"class A {{ [JsonConverter(typeof(Redacting<string>)), {NotBrowsable}] public string Pem => \"\"; }}")]
    [InlineData($"[JsonConverter(typeof(Redacting<A>))] class A {{ [{NotBrowsable}] public string Pem => \"\"; }}")]
    [InlineData($"[DebuggerDisplay(\"{{PemLength}}\")] class A {{ [{NotBrowsable}] string _pem = \"\"; int PemLength => _pem.Length; }}")]
    [InlineData("[DebuggerTypeProxy(typeof(object))] class A { string Pem => \"\"; }")]
    public void A_type_that_hides_its_secret_is_allowed(string source) => Assert.Empty(FindLeaks(source));

    private static IEnumerable<string> FindLeaks(string source) => SecretMember.In(Roslyn.Load($$"""
        using System.Diagnostics; using System.Text.Json; using System.Text.Json.Serialization;

        {{source}}

        class Redacting<T> : JsonConverter<T>
        {
            public override T Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => throw new JsonException();
            public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue("***");
        }
        """)).SelectMany(Leaks.Of);
}
