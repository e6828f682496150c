using JwtGrantClient.Testing.Endpoints;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.DPoP;

/// <summary>Validates DPoP proofs and issues DPoP nonces at the token endpoint (RFC 9449 sections 5 and 8).</summary>
internal sealed class TokenEndpointProofs(ServerSettings settings, NonceStore nonces)
{
    public const string Header = "DPoP", NonceHeader = "DPoP-Nonce", UseNonce = "use_dpop_nonce";

    private readonly DPoPProofValidator _validator = new(settings);

    /// <summary>Validates the proof of the request and returns it; null if the request has none.</summary>
    public DPoPProof? Validate(ServerRequest request)
    {
        if (request.Header(Header) is null)
            return null;
        var proofs = request.Headers.Where(header => header.Key.Equals(Header, StringComparison.OrdinalIgnoreCase)).ToList();
        return proofs.Count switch
        {
            0 => null,
            1 => _validator.Validate(
                proofs[0].Value,
                request.Method,
                request.IsMutualTls ? settings.MutualTlsTokenEndpoint! : settings.TokenEndpoint,
                record: request.Record),
            var count => throw DPoPProofValidator.Refuse("S21", "RFC 9449 section 4.3", $"The request has {count} DPoP headers. Send one."),
        };
    }

    /// <summary>Refuses a request without a proof if the client is registered for DPoP-bound tokens.</summary>
    public static void RequireProof(DPoPProof? proof, ClientRegistration? client)
    {
        if (proof is null && client?.RequireDPoP == true)
            throw DPoPProofValidator.Refuse(
                "S21", "RFC 9449 section 5.2", $"'{client.Id}' is registered for DPoP-bound tokens. Send a DPoP proof.");
    }

    public void CheckNonce(DPoPProof? proof)
    {
        if (proof is not null && !nonces.Accepts(proof))
            throw RefusedException.Create(UseNonce, "S21", "RFC 9449 section 8",
                $"The DPoP proof has {(proof.Nonce is null ? "no nonce" : "a nonce that is not valid")}. Create a new proof with the nonce of the DPoP-Nonce header, and a new assertion.");
    }

    /// <summary>Adds the nonce for the next proof. Successful responses carry it too (RFC 9449 section 8.2).</summary>
    public ServerResponse WithNonce(ServerResponse response, ServerRequest request, Refusal? refusal) =>
        (nonces.IsRequired && request.Header(Header) is not null) || refusal?.Error == UseNonce
            ? response with { Headers = [.. response.Headers, new(NonceHeader, nonces.Current)] }
            : response;
}
