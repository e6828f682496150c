using JwtGrantClient.Diagnostics;
using Polly.Timeout;

namespace JwtGrantClient.Tests.Diagnostics;

public sealed class ErrorLineTests
{
    [Fact]
    public void An_error_of_the_library_is_its_code_the_first_line_of_its_message_and_the_endpoint()
    {
        var error = new JwtGrantException(JwtGrantErrorKind.Refused, "token_request_refused", "The token endpoint rejected the request.\nThe server says: no")
            .AddContext("reports", "https://as.example.com/token", "Client 'reports', endpoint 'https://as.example.com/token'.");

        Assert.Equal(
            "token_request_refused: The token endpoint rejected the request. Endpoint 'https://as.example.com/token'.", new ErrorLine(error).ToString());
    }

    [Fact]
    public void Another_error_is_its_type_and_its_message_on_one_line() => Assert.Equal(
        "IOException: It was not possible to connect  to the server.", new ErrorLine(new IOException("It was not possible to connect\r\nto the server")).ToString());

    [Fact]
    public void A_timeout_of_an_attempt_is_its_error_type_and_the_limit() => Assert.Equal(
        "timeout: the attempt took longer than 2.5 s.", new ErrorLine(new TimeoutRejectedException(TimeSpan.FromSeconds(2.5))).ToString());

    [Fact]
    public void A_missing_error_is_a_sentence_too() => Assert.Equal("The cause is not known.", new ErrorLine(null).ToString());
}
