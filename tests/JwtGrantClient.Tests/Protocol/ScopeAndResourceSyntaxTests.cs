using JwtGrantClient.Protocol;

namespace JwtGrantClient.Tests.Protocol;

public sealed class ScopeAndResourceSyntaxTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("a b")]
    [InlineData("!#$%&'()*+,-./09:;<=>?@AZ[]^_`az{|}~")]
    [InlineData("https://www.example.com/auth/reports.read openid")]
    public void A_scope_of_visible_ASCII_with_single_spaces_is_valid(string scope) => Assert.Null(ScopeSyntax.Problem(scope));

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\"", "U+0022 at position 0")]
    [InlineData("a\\b", "U+005C at position 1")]
    [InlineData("a\tb", "U+0009 at position 1")]
    [InlineData("a\nb", "U+000A at position 1")]
    [InlineData("ab\u007F", "U+007F at position 2")]
    [InlineData("é", "U+00E9 at position 0")]
    [InlineData("a\u00A0b", "U+00A0 at position 1")]
    [InlineData(" a", "starts or ends with a space")]
    [InlineData("a ", "starts or ends with a space")]
    [InlineData("a  b", "two spaces in a row")]
    [InlineData(" ", "starts or ends with a space")]
    public void The_problem_of_an_invalid_scope_is_described(string scope, string problem) =>
        Assert.Contains(problem, ScopeSyntax.Problem(scope), StringComparison.Ordinal);

    [Theory]
    [InlineData("https://api.example.com")]
    [InlineData("https://api.example.com/v1?x=1")]
    [InlineData("HTTPS://API.example.com")]
    [InlineData("http://api.example.com")]
    [InlineData("urn:example:api")]
    [InlineData("api://1b2c/reports")]
    [InlineData("spn:1b2c")]
    [InlineData("file:///a")]
    public void An_absolute_URI_of_any_scheme_is_a_valid_resource(string resource) => Assert.Null(ResourceSyntax.Problem(resource));

    [Theory]
    [InlineData("")]
    [InlineData("api.example.com")]
    [InlineData("/path")]
    [InlineData("//api.example.com")]
    [InlineData("\\\\server\\share")]
    [InlineData("C:\\path")]
    [InlineData("https://")]
    [InlineData(" https://api.example.com")]
    [InlineData("https://api.example.com/ ")]
    [InlineData("https://api.example.com/a b")]
    public void A_resource_that_is_not_an_absolute_URI_is_rejected_even_if_it_is_a_file_path(string resource) =>
        Assert.Equal($"'{resource}' is not an absolute URI (RFC 8707 section 2)", ResourceSyntax.Problem(resource));

    [Theory]
    [InlineData("https://api.example.com/#")]
    [InlineData("https://api.example.com/#part")]
    [InlineData("urn:example:a#b")]
    public void A_resource_with_a_fragment_is_rejected(string resource) =>
        Assert.Equal($"'{resource}' has a fragment; remove everything from # (RFC 8707 section 2)", ResourceSyntax.Problem(resource));
}
