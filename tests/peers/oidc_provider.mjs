// npm's oidc-provider as an OAuth authority over TLS, beside the control operation. Its options are one JSON argument; it
// prints its port. `nativeRefresh`: native clients get refresh tokens, which they must not.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const options = JSON.parse(process.argv[2]);
const require = createRequire(join(options.modules, 'package.json'));
const { default: Provider } = await import(pathToFileURL(require.resolve('oidc-provider')));
const read = (name) => readFileSync(`${options.folder}/${name}`);

const server = createServer({ cert: read('server.crt'), key: read('server.key') });
await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
const { port } = server.address();

const common = { response_types: ['code'], scope: 'openid offline_access MYIR.Services', id_token_signed_response_alg: 'ES256' };
const native = options.channel === 'desktop';
const grants = ['authorization_code', ...(!native || options.nativeRefresh ? ['refresh_token'] : [])];
const clients = ['app', 'other'].map((id) => ({
    ...common,
    client_id: id,
    grant_types: grants,
    redirect_uris: [native ? `http://127.0.0.1/${id}` : `https://${id}.example/callback`],
    ...(native
        ? { application_type: 'native', token_endpoint_auth_method: 'none' }
        : { client_secret: `secret-of-${id}-0123456789abcdef` }),
}));

const { generateKeyPairSync } = await import('node:crypto');
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const provider = new Provider(`https://localhost:${port}`, {
    clients,
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig', kid: 'peer' }] },
    cookies: { keys: ['peer-cookie-key'] },
    scopes: ['openid', 'offline_access', 'MYIR.Services'],
    pkce: { required: (_, client) => client.applicationType === 'native' },
    rotateRefreshToken: true,
    allowOmittingSingleRegisteredRedirectUri: false,
    issueRefreshToken: async (_, client) => client.grantTypeAllowed('refresh_token'),
    ttl: { AccessToken: 28800, RefreshToken: 86400, AuthorizationCode: 600, Grant: 86400, Session: 86400, Interaction: 600 },
    features: {
        devInteractions: { enabled: false },
        introspection: { enabled: true },
        revocation: { enabled: true },
    },
    interactions: { url: (_, interaction) => `/pages/${interaction.uid}` },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
});
provider.on('server_error', (_, error) => console.error(error));

const page = (response, status, content) => response.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': "frame-ancestors 'none'",
    'Cache-Control': 'no-store',
}).end(`<!DOCTYPE html><html lang="en"><title>Peer</title><main>${content}</main></html>`);
const loginForm = (wrong) => `<h1>Sign in</h1>${wrong ? '<p role=alert>Wrong.</p>' : ''}<form method="post">
    <label>Account <input name="login" autocomplete="username"></label>
    <label>Secret <input name="secret" type="password"></label><button>Sign in</button></form>`;
const consentForm = `<h1>Allow?</h1><form method="post"><button name="answer" value="yes">Yes, allow</button>
    <button name="answer" value="no">No, cancel</button></form>`;

async function interact(request, response) {
    const details = await provider.interactionDetails(request, response);
    const { prompt, params, session } = details;
    if (request.method === 'GET') {
        page(response, 200, prompt.name === 'login' ? loginForm(false) : consentForm);
        return;
    }
    let body = '';
    for await (const chunk of request) body += chunk;
    const form = new URLSearchParams(body);
    const finish = (result) => provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
    if (prompt.name === 'login') {
        if (form.get('login') !== options.user || form.get('secret') !== options.password) {
            page(response, 200, loginForm(true));
            return;
        }
        await finish({ login: { accountId: options.user } });
        return;
    }
    if (form.get('answer') !== 'yes') {
        await finish({ error: 'access_denied', error_description: 'The user refused' });
        return;
    }
    const grant = details.grantId
        ? await provider.Grant.find(details.grantId)
        : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    await finish({ consent: { grantId: await grant.save() } });
}

const callback = provider.callback();
server.on('request', (request, response) => {
    if (request.url === '/gateway/customer-service/status') {
        response.writeHead(200, { 'Content-Type': 'text/plain' }).end('OK\n');
    } else if (request.url.startsWith('/pages/')) {
        interact(request, response).catch((error) => page(response, 400, `<h1>${error.name}</h1>`));
    } else {
        callback(request, response);
    }
});
console.log(`port ${port};`);
