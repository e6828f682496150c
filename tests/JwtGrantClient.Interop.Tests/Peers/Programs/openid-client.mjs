// Obtains a token by client credentials with private_key_jwt. Arguments: issuer, client id, key file.
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as client from 'openid-client';

const [issuer, clientId, keyFile] = process.argv.slice(2);
const pkcs8 = createPrivateKey(readFileSync(keyFile)).export({ type: 'pkcs8', format: 'der' });
const key = await crypto.subtle.importKey('pkcs8', pkcs8, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, false, ['sign']);
const config = await client.discovery(
  new URL(issuer), clientId, undefined, client.PrivateKeyJwt(key), { execute: [client.allowInsecureRequests], algorithm: 'oauth2' });
const token = await client.clientCredentialsGrant(config);
console.log(`${token.token_type} token, ${token.expires_in} s`);
