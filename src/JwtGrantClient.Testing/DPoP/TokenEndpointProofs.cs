using JwtGrantClient.Testing.Endpoints;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.DPoP;

/// <summary>DPoP at the token endpoint (RFC 9449 sections 5 and 8).</summary>
internal sealed class TokenEndpointProofs(ServerSettings terms, NonceStore nonces)
{
    public const string Header = "DPoP", NonceHeader = "DPoP-Nonce", UseNonce = "use_dpop_nonce";

    private readonly DPoPProofValidator _judge = new(terms);

    /// <summary>The proof of the request; null where it has none.</summary>
    public DPoPProof? Read(ServerRequest request)
    {
        var proofs = request.Headers.Where(header => header.Key.Equals(Header, StringComparison.OrdinalIgnoreCase)).ToList();
        return proofs.Count switch
        {
            0 => null,
            1 => _judge.Judge(proofs[0].Value, request.Method, request.IsMutualTls ? terms.MutualTlsTokenEndpoint! : terms.TokenEndpoint),
            var count => throw DPoPProofValidator.Refuse("S21", "RFC 9449 section 4.3", $"There are {count} DPoP headers; send one."),
        };
    }

    /// <summary>A client that is registered for DPoP gets no token without it.</summary>
    public static void Demand(DPoPProof? proof, ClientRegistration? client)
    {
        if (proof is null && client?.RequireDPoP == true)
            throw DPoPProofValidator.Refuse(
                "S21", "RFC 9449 section 5.2", $"'{client.Id}' is registered for DPoP-bound tokens; send a DPoP proof.");
    }

    public void DemandNonce(DPoPProof? proof)
    {
        if (proof is not null && !nonces.Accepts(proof))
            throw RefusedException.Other(UseNonce, "S21", "RFC 9449 section 8",
                $"The DPoP proof has {(proof.Nonce is null ? "no nonce" : "a nonce that is not current here")}; "
                + "make a new proof with the one of the DPoP-Nonce header, and a new assertion.");
    }

    /// <summary>Gives the nonce for the next proof, with good answers too (RFC 9449 section 8.2).</summary>
    public ServerResponse WithNonce(ServerResponse response, ServerRequest request, Refusal? refusal) =>
        (nonces.IsRequired && request.Header(Header) is not null) || refusal?.Error == UseNonce
            ? response with { Headers = [.. response.Headers, new(NonceHeader, nonces.Current)] }
            : response;
}
