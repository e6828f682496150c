"""Obtains a token. Arguments: private_key_jwt or jwt-bearer, token endpoint, issuer, client id, key file."""
import sys

from authlib.integrations.requests_client import AssertionSession, OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT

use, endpoint, issuer, client_id, key_file = sys.argv[1:]
with open(key_file, encoding="ascii") as file:
    key = file.read()
if use == "private_key_jwt":
    session = OAuth2Session(client_id, key, token_endpoint_auth_method=PrivateKeyJWT(endpoint))
    token = session.fetch_token(endpoint, grant_type="client_credentials")
else:
    session = AssertionSession(
        endpoint, issuer=client_id, subject=client_id, audience=issuer, key=key, header={"alg": "RS256"},
        grant_type=AssertionSession.JWT_BEARER_GRANT_TYPE)
    session.refresh_token()
    token = session.token
print(f"{token['token_type']} token, {token['expires_in']} s")
