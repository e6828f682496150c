namespace JwtGrantClient.Tests.PublicTypes;

/// <summary>A token request is the key of the cache: two requests are equal only if all their properties are equal.</summary>
public sealed class TokenRequestTests
{
    public static TheoryData<string> ProtocolFieldNames =>
    [
        "grant_type", "assertion", "client_id", "client_secret", "client_assertion", "client_assertion_type", "scope", "resource",
        "code", "redirect_uri", "code_verifier", "refresh_token", "username", "password",
        "subject_token", "subject_token_type", "actor_token", "actor_token_type",
    ];

    private static Dictionary<string, TokenRequest> DifferentRequests => new()
    {
        ["nothing"] = new(),
        ["scope"] = new() { Scope = "a" },
        ["scope in upper case"] = new() { Scope = "A" },
        ["two scopes"] = new() { Scope = "a b" },
        ["resource"] = new() { Resource = ["https://a"] },
        ["resource with a trailing slash"] = new() { Resource = ["https://a/"] },
        ["two resources"] = new() { Resource = ["https://a", "https://b"] },
        ["two resources in reverse order"] = new() { Resource = ["https://b", "https://a"] },
        ["subject"] = new() { Subject = "a" },
        ["subject in upper case"] = new() { Subject = "A" },
        ["parameter"] = new() { Parameters = new Dictionary<string, string> { ["p"] = "a" } },
        ["parameter with another value"] = new() { Parameters = new Dictionary<string, string> { ["p"] = "b" } },
        ["parameter with another name"] = new() { Parameters = new Dictionary<string, string> { ["P"] = "a" } },
        ["two parameters"] = new() { Parameters = new Dictionary<string, string> { ["p"] = "a", ["q"] = "b" } },
        ["two parameters with exchanged values"] = new() { Parameters = new Dictionary<string, string> { ["p"] = "b", ["q"] = "a" } },
    };

    [Fact]
    public void Requests_with_the_same_content_are_equal()
    {
        var (one, other) = (DifferentRequests, DifferentRequests);
        foreach (var name in one.Keys)
        {
            Assert.Equal(one[name], other[name]);
            Assert.Equal(one[name].GetHashCode(), other[name].GetHashCode());
        }
    }

    [Fact]
    public void Requests_that_differ_in_any_property_are_not_equal()
    {
        foreach (var (name, one) in DifferentRequests)
            foreach (var (otherName, other) in DifferentRequests)
                Assert.True(name == otherName || !one.Equals(other), $"{name} equals {otherName}");
        Assert.False(new TokenRequest().Equals(null));
        Assert.False(new TokenRequest().Equals(new object()));
    }

    [Theory]
    [InlineData("a b", "b a")]
    [InlineData("a b a", "b a")]
    public void Scope_is_compared_as_a_set(string one, string other)
    {
        Assert.Equal(new TokenRequest { Scope = one }, new TokenRequest { Scope = other });
        Assert.Equal(new TokenRequest { Scope = one }.GetHashCode(), new TokenRequest { Scope = other }.GetHashCode());
    }

    [Fact]
    public void Parameters_are_compared_in_any_order()
    {
        var one = new TokenRequest { Parameters = new Dictionary<string, string> { ["p"] = "a", ["q"] = "b" } };
        var other = new TokenRequest { Parameters = new Dictionary<string, string> { ["q"] = "b", ["p"] = "a" } };

        Assert.Equal(one, other);
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
    }

    [Fact]
    public void A_request_copies_its_collections()
    {
        var (resource, parameters) = (new List<string> { "https://a" }, new Dictionary<string, string> { ["p"] = "a" });
        var request = new TokenRequest { Resource = resource, Parameters = parameters };
        var hash = request.GetHashCode();

        resource.Add("https://b");
        parameters["p"] = "b";

        Assert.Equal(["https://a"], request.Resource);
        Assert.Equal("a", request.Parameters["p"]);
        Assert.Equal(hash, new TokenRequest { Resource = ["https://a"], Parameters = new Dictionary<string, string> { ["p"] = "a" } }.GetHashCode());
        Assert.ThrowsAny<NotSupportedException>(() => ((IList<string>)request.Resource).Add("https://c"));
    }

    [Theory]
    [InlineData("", "The scope is empty; leave it out to request the server's default scope.")]
    [InlineData("a\"b", "The scope has the character U+0022 at position 1; a scope has visible ASCII characters except quote and backslash (RFC 6749 section 3.3).")]
    [InlineData(" a", "The scope starts or ends with a space or has two spaces in a row; scope values are separated by exactly one space (RFC 6749 section 3.3).")]
    public void A_scope_with_invalid_syntax_is_rejected(string scope, string message) =>
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => new TokenRequest { Scope = scope }).Message, StringComparison.Ordinal);

    [Fact]
    public void A_resource_that_is_not_an_absolute_URI_is_rejected()
    {
        var error = Assert.Throws<ArgumentException>(() => new TokenRequest { Resource = ["https://a", "reports"] });

        Assert.StartsWith("The resource 'reports' is not an absolute URI (RFC 8707 section 2).", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_subject_that_is_empty_or_invalid_UTF16_is_rejected()
    {
        Assert.ThrowsAny<ArgumentException>(() => new TokenRequest { Subject = "" });
        Assert.ThrowsAny<ArgumentException>(() => new TokenRequest { Subject = "half a pair \uD800" });
    }

    [Theory]
    [MemberData(nameof(ProtocolFieldNames))]
    public void A_parameter_with_the_name_of_a_protocol_field_is_rejected(string name)
    {
        var error = Assert.Throws<ArgumentException>(() => new TokenRequest { Parameters = new Dictionary<string, string> { [name] = "x" } });

        Assert.StartsWith(
            $"The parameter '{name}' is a field of the protocol; use its own setting instead.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToString_describes_the_request_without_the_values_of_parameters()
    {
        var request = new TokenRequest
        {
            Scope = "a b",
            Resource = ["https://a"],
            Subject = "alice@example.com",
            Parameters = new Dictionary<string, string> { ["pin"] = "1234" },
        };

        Assert.Equal("scope: a b; resource: https://a; subject: (given); parameters: pin; claims: ", request.ToString());
        Assert.Equal("scope: (default); resource: (default); subject: (default); parameters: ; claims: ", TokenRequest.Default.ToString());
    }
}
