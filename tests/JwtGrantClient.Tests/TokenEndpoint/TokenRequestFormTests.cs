using System.Text;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Tests.TokenEndpoint;

public sealed class TokenRequestFormTests
{
    [Fact]
    public void A_form_field_cannot_be_added_twice()
    {
        var form = new TokenRequestForm(new(TestData.TokenEndpoint), null, 1);
        form.Add("client_id", "a");

        var error = Assert.Throws<JwtGrantException>(() => form.Add("client_id", "a"));

        Assert.Equal((JwtGrantErrorKind.Configuration, "form_field_twice"), (error.Kind, error.Code));
        Assert.Contains("'client_id' twice", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null), InlineData("")]
    public void A_form_field_without_a_value_is_omitted(string? value)
    {
        var form = new TokenRequestForm(new(TestData.TokenEndpoint), null, 1);
        form.Add("scope", value);
        form.Add("scope", "a");

        Assert.Equal("scope=a", Encoding.ASCII.GetString(form.Encode()));
    }

    [Fact]
    public void A_token_request_adds_scope_resources_and_parameters_to_the_form()
    {
        var form = new TokenRequestForm(new(TestData.TokenEndpoint), null, 1);
        form.AddRequest(new()
        {
            Scope = "b a",
            Resource = ["https://one", "https://two"],
            Parameters = new Dictionary<string, string> { ["audience"] = "x" },
        });

        Assert.Equal("scope=b+a&resource=https%3A%2F%2Fone&resource=https%3A%2F%2Ftwo&audience=x", Encoding.ASCII.GetString(form.Encode()));
    }
}
