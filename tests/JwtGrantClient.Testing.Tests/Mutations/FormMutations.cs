using System.Text;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests.Mutations;

/// <summary>Changes the form around a valid assertion.</summary>
internal static class FormMutations
{
    public static IEnumerable<Mutation> Create(Subject subject)
    {
        var form = subject.CreateForm(Subject.Valid);
        var field = form[^1].Item1;
        string[] uniqueFields = [.. form.Select(pair => pair.Item1), "scope", "client_id"];
        Mutation Refused(string name, IEnumerable<(string, string)> fields, params IReadOnlyList<string> rules) => new($"{subject.Role}: form with {name}", rules, [.. fields]);
        foreach (var name in uniqueFields)
        {
            var value = form.FirstOrDefault(pair => pair.Item1 == name).Item2 ?? TestData.ClientId;
            var once = form.Where(pair => pair.Item1 != name).Append((name, value));
            yield return Refused($"{name} twice", once.Append((name, value)), "S01");
            yield return Refused($"another {name}", once.Append((name, "other")), "S01");
            yield return Refused($"an empty {name} in addition", once.Append((name, "")), "S01");
        }
        foreach (var (name, value) in form)
        {
            yield return Refused($"no {name}", form.Where(pair => pair.Item1 != name), "S01", "S02", "S17");
            yield return Refused($"an empty {name}", form.Select(pair => pair.Item1 == name ? (name, "") : pair), "S01", "S02", "S17");
            yield return Refused($"{name} in upper case", form.Select(pair => pair.Item1 == name ? (name.ToUpperInvariant(), value) : pair), "S01", "S02", "S17");
            yield return Refused($"a space after {name}", form.Select(pair => pair.Item1 == name ? (name, value + " ") : pair), "S02", "S03", "S17");
            yield return Refused($"{name} encoded twice", form.Select(pair => pair.Item1 == name ? (name, Uri.EscapeDataString(value) + "%20") : pair), "S02", "S03", "S17");
        }
        foreach (var (name, value) in new[] { ("client_secret", "x"), ("client_id", "other"), ("client_id", TestData.ClientId + " "), ("client_id", TestData.ClientId.ToUpperInvariant()) })
            yield return Refused($"{name} '{value}'", form.Append((name, value)), "S01", "S10", "S17");
        if (subject.Role == AssertionRole.ClientAuthentication)
            foreach (var type in new[] { "urn:ietf:params:oauth:client-assertion-type:saml2-bearer", "urn:ietf:params:oauth:client-assertion-type:JWT-bearer", "urn:ietf:params:oauth:grant-type:jwt-bearer", "jwt-bearer", "JWT" })
                yield return Refused($"the type {type}", form.Select(pair => pair.Item1 == "client_assertion_type" ? (pair.Item1, type) : pair), "S02");
        foreach (var type in new[] { "password", "JWT-BEARER", "urn:ietf:params:oauth:grant-type:JWT-bearer", "implicit", "client-credentials", "client_credentials " })
            yield return Refused($"grant_type {type}", form.Select(pair => pair.Item1 == "grant_type" ? (pair.Item1, type) : pair), "S17");
        foreach (var scope in new[] { " ", "a  b", "a\"b", "a\\b", "é", "a\tb", " a", "a " })
            yield return Refused($"scope '{scope}'", form.Append(("scope", scope)), "S17");
        foreach (var resource in new[] { "api", "/api", "https://api.example.com#x" })
            yield return Refused($"resource {resource}", form.Append(("resource", resource)), "S17");
        foreach (var contentType in new[] { "application/json", "text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencode", "application/jwt" })
            yield return Refused($"Content-Type {contentType}", form, "S01") with { ContentType = contentType };
        foreach (var authorization in new[] { "Basic YTpi", "Bearer x", "Basic", "Digest x" })
            yield return Refused($"Authorization {authorization}", form, "S01", "S17") with { Headers = [("Authorization", authorization)] };
        foreach (var proof in new[] { "x", Subject.Valid, "a.b.c" })
            yield return Refused($"DPoP {proof}", form, "S03", "S09", "S21") with { Headers = [("DPoP", proof)] };
        foreach (var (name, octets) in new (string, byte[])[] { ("a lone percent sign", "&x=%"u8.ToArray()), ("an invalid escape", "&x=%zz"u8.ToArray()), ("Latin-1", [(byte)'&', (byte)'x', (byte)'=', 0xE9]), ("invalid UTF-8", "&x=%C3%28"u8.ToArray()), ("NUL", [0]), ("a line break", "\n"u8.ToArray()) })
            yield return Refused(name, form, "S01") with { Body = [.. Encode(form), .. octets] };
        yield return new($"{subject.Role}: form with an unknown field", [], [.. form, ("x", "1")]) { Harmless = "Unknown parameters are ignored (RFC 6749 section 3.2)." };
        yield return new($"{subject.Role}: form with an empty unknown field", [], [.. form, ("x", "")]) { Harmless = "An empty parameter counts as omitted (RFC 6749 section 3.2)." };
        yield return new($"{subject.Role}: form in another order", [], [.. form.Reverse()]) { Harmless = "The order of the fields has no meaning." };
        yield return new($"{subject.Role}: form with the client_id of the client", [], [.. form, ("client_id", TestData.ClientId)]) { Harmless = $"It names the client of the {field} (RFC 7521 section 4.2)." };
    }

    private static byte[] Encode(IEnumerable<(string Name, string Value)> fields) =>
        Encoding.ASCII.GetBytes(string.Join('&', fields.Select(field => $"{field.Name}={Uri.EscapeDataString(field.Value)}")));
}
