using System.Text;

namespace JwtGrantClient.Signing;

/// <summary>The password of a key: from the settings, the environment or a file.</summary>
internal static class KeyPassword
{
    /// <exception cref="JwtGrantException">It is set twice, or cannot be read.</exception>
    public static string? Read(SigningKeyOptions options) => options switch
    {
        { Password: null, PasswordEnvironmentVariable: null, PasswordFile: null } => null,
        { Password: { } password, PasswordEnvironmentVariable: null, PasswordFile: null } => password,
        { Password: null, PasswordEnvironmentVariable: { } name, PasswordFile: null } => Environment.GetEnvironmentVariable(name) ?? throw Problem(
            $"The environment variable '{name}' is not set. SigningKey:PasswordEnvironmentVariable names the variable that holds the password; set " +
            "it, or correct the name."),
        { Password: null, PasswordEnvironmentVariable: null, PasswordFile: { } path } =>
            Encoding.UTF8.GetString(KeyFile.Read(path, "password", "SigningKey:PasswordFile")).TrimEnd('\r', '\n'),
        _ => throw Problem("SigningKey has more than one of Password, PasswordEnvironmentVariable and PasswordFile; keep the one that holds the " +
            "password."),
    };

    /// <summary>The error for a content that stays closed.</summary>
    /// <param name="content">Where it is.</param>
    /// <param name="format">What it is, with its article.</param>
    /// <param name="inner">How the attempt to open it failed.</param>
    public static JwtGrantException DoesNotOpen(KeySource content, string format, Exception? inner = null) => Problem(
        content.Password is null
            ? $"In {content.Place} there is {format}, and no password is set. Set one of SigningKey:Password, PasswordEnvironmentVariable and " +
                "PasswordFile."
            : $"In {content.Place} there is {format}, which the password does not open. Correct the password, or copy the file again if " +
                "it is damaged.",
        inner);

    private static JwtGrantException Problem(string message, Exception? inner = null) =>
        JwtGrantException.Configuration("signing_key_password", message, inner);
}
