// An independent witness of what a server does: Node's own TLS and HTTP, told in one line or two.
// witness.mjs PORT FOLDER COMMAND [ARGUMENT...], where a ROLE is ROLE.crt and ROLE.key in the folder, and - is nobody:
//   get ROLE PATH           status and body
//   renegotiate ROLE        whether a handshake that the client begins anew is completed (TLS 1.2)
//   resume ROLE [expired]   the control operation over a new session and over the same one resumed, once the certificate
//                           has expired where that is said; and over another new one
//   divided HOW ROLE        the control operation when the ClientHello comes in two segments, or in two records
//   hello HEX               the answer to a ClientHello of this legacy_version without supported_versions
//   limit PATH WAY          whether a limit for `enrolled` holds, and whether it does for requests that differ in WAY:
//                           nothing, connection, query, method, host, second (another client), or a header's name
//   refresh WHO             whether a native client's code is exchanged for a refresh token (oidc_provider.mjs)
//   scope WHO               how an authorisation ends that asks for a scope that nobody knows
//   chunked WHO             whether a code is exchanged by a request without a Content-Length
//   others WHO              what introspection tells one client about the token of another
// where WHO is JSON: user, password, and channel where that is not desktop
import { X509Certificate, createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request as httpsRequest } from 'node:https';
import { connect as tcpConnect, createServer } from 'node:net';
import { connect as tlsConnect } from 'node:tls';

const [, , portText, folder, command, ...args] = process.argv;
const port = Number(portText);
const control = '/gateway/customer-service/status';
const read = (name) => readFileSync(`${folder}/${name}`);
const identity = (role) => (role === '-' ? {} : { cert: read(`${role}.crt`), key: read(`${role}.key`) });
const peer = { host: '127.0.0.1', port, servername: 'localhost', rejectUnauthorized: false };

/** What one connection is answered to the control operation: its first line, and the session that it leaves. */
function visit(options) {
    return new Promise((resolve) => {
        let text = '';
        let reused = false;
        const socket = tlsConnect({ ...peer, ...options }, () => {
            reused = socket.isSessionReused();
            socket.write(`GET ${control} HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`);
        });
        let session;
        socket.on('session', (made) => { session = made; });
        socket.on('data', (data) => { text += data; });
        socket.on('error', (error) => { text += error.code ?? error.message; });
        socket.on('close', () => resolve({ line: text.split('\r\n')[0], session, reused }));
    });
}

/** One HTTP answer. */
function ask({ path = control, method = 'GET', headers = {}, agent, form, chunked = false, role = '-' }) {
    return new Promise((resolve, reject) => {
        const all = form ? { 'Content-Type': 'application/x-www-form-urlencoded', ...headers } : headers;
        const sent = httpsRequest({ ...peer, ...identity(role), path, method, headers: all, agent }, (answer) => {
            let body = '';
            answer.on('data', (data) => { body += data; });
            answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body }));
        });
        sent.on('error', reject);
        if (chunked) sent.write(new URLSearchParams(form).toString());
        sent.end(form && !chunked ? new URLSearchParams(form).toString() : undefined);
    });
}

function renegotiate(role) {
    return new Promise((resolve) => {
        const socket = tlsConnect({ ...peer, ...identity(role), maxVersion: 'TLSv1.2' }, () => {
            socket.renegotiate({ rejectUnauthorized: false }, (error) => {
                resolve(error ? `not renegotiated: ${error.code}` : 'renegotiated');
                socket.destroy();
            });
        });
        socket.on('error', (error) => resolve(`not renegotiated: ${error.code}`));
        socket.on('close', () => resolve('not renegotiated: closed'));
    });
}

async function resume(role, when) {
    const lines = [];
    const versions = ['TLSv1.2', 'TLSv1.3'].map((version) => (
        { minVersion: version, maxVersion: version, ...identity(role) }));
    const made = await Promise.all(versions.map(visit));
    if (when === 'expired') {
        const end = new Date(new X509Certificate(identity(role).cert).validTo).getTime();
        await new Promise((resolve) => { setTimeout(resolve, end + 1500 - Date.now()); });
    }
    for (const [at, options] of versions.entries()) {
        const again = await visit({ ...options, session: made[at].session });
        const fresh = await visit(options);
        lines.push(`${options.minVersion}: ${made[at].line}, ${again.reused ? 'resumed' : 'not resumed'}: ${again.line}, `
            + `a new one: ${fresh.line}`);
    }
    return lines.join('\n');
}

async function divided(how, role) {
    const between = createServer((client) => {
        const server = tcpConnect(peer);
        server.setNoDelay(true);
        client.once('data', (data) => {
            // A record is type, version and length, and then what it holds.
            const record = (content) => Buffer.concat([data.subarray(0, 3), Buffer.from([content.length >> 8, content.length & 255]), content]);
            // Records come together, in the midst of the name; segments cannot but come one after another.
            const middle = data.indexOf('localhost') + 4;
            const [one, other] = how === 'records'
                ? [Buffer.concat([record(data.subarray(5, middle)), record(data.subarray(middle))]), Buffer.alloc(0)]
                : [data.subarray(0, 60), data.subarray(60)];
            server.write(one);
            setTimeout(() => {
                server.write(other);
                client.pipe(server);
            }, 50);
        });
        server.pipe(client);
        for (const end of [client, server]) end.on('error', () => { client.destroy(); server.destroy(); });
    });
    await new Promise((resolve) => { between.listen(0, '127.0.0.1', resolve); });
    const { line } = await visit({ port: between.address().port, ...identity(role) });
    return line.startsWith('HTTP/') ? line : 'ended without an answer';
}

function hello(version) {
    const bytes = (hex) => Buffer.from(hex, 'hex');
    const counted = (size, ...parts) => {
        const all = Buffer.concat(parts);
        const length = Buffer.alloc(size);
        length.writeUIntBE(all.length, 0, size);
        return Buffer.concat([length, all]);
    };
    const extension = (type, body) => Buffer.concat([bytes(type), counted(2, body)]);
    const extensions = counted(2,
        extension('0000', counted(2, bytes('00'), counted(2, Buffer.from('localhost')))),
        extension('000a', counted(2, bytes('001d00170018'))),
        extension('000b', counted(1, bytes('00'))),
        extension('000d', counted(2, bytes('0403080404010503080505010806'))));
    const body = Buffer.concat([bytes(version), randomBytes(32), bytes('00'), counted(2, bytes('c02cc02bcca9c030c02f')),
        bytes('0100'), extensions]);
    const record = Buffer.concat([bytes('160301'), counted(2, Buffer.concat([bytes('01'), counted(3, body)]))]);
    return new Promise((resolve) => {
        const wire = tcpConnect(peer, () => wire.write(record));
        wire.on('data', (data) => {
            resolve(data[0] === 0x15 ? `alert ${data[6]}` : `handshake message ${data[5]}`);
            wire.destroy();
        });
        wire.on('error', (error) => resolve(error.code));
        wire.on('close', () => resolve('closed'));
    });
}

/** `ours` and then the other, each with the statuses of what was refused. Only a burst that is fast enough tells. */
async function limit(path, way) {
    const requests = 400;
    const seconds = 2;
    const ours = new Agent({ keepAlive: true, maxSockets: 1 });
    const theirs = new Agent({ keepAlive: true, maxSockets: 1 });
    const spelt = (number) => [...'localhost'].map((c, at) => (number >> at & 1 ? c.toUpperCase() : c)).join('');
    const otherwise = (number) => ({
        nothing: {},
        connection: { agent: new Agent() },
        query: { path: `${path}?number=${number}` },
        method: { method: 'HEAD' },
        host: { headers: { Host: `${spelt(number)}:${port}` } },
        second: { agent: theirs, role: 'second' },
    }[way] ?? { headers: { [way]: `198.51.100.${number}` } });
    for (let burst = 0; burst < 5; ++burst) {
        const refused = [new Set(), new Set()];
        const begun = Date.now();
        for (let number = 1; number <= requests; ++number) {
            const answer = await ask({ path, agent: ours, role: 'enrolled' });
            if (answer.status !== 200) refused[0].add(answer.status);
            if (number % 20 === 0) {
                const other = await ask({ path, agent: ours, role: 'enrolled', ...otherwise(number / 20) });
                if (other.status !== 200) refused[1].add(other.status);
            }
        }
        if (Date.now() - begun < seconds * 1000) {
            const [plain, other] = refused.map((all) => (all.size ? `limited (HTTP ${[...all].join(', ')})` : 'always served'));
            return `ours: ${plain}; ${way}: ${other}`;
        }
    }
    return `${requests} requests took more than ${seconds} s: nothing can be said`;
}

const who = ['refresh', 'scope', 'chunked', 'others'].includes(command) ? JSON.parse(args[0]) : {};
const native = who.channel !== 'cloud';
const app = { client_id: 'app', redirect_uri: native ? 'http://127.0.0.1/app' : 'https://app.example/callback' };
const secret = (id) => (native ? {} : { Authorization: `Basic ${Buffer.from(`${id}:secret-of-${id}-0123456789abcdef`).toString('base64')}` });
const request = (verifier, scope) => ({
    ...app,
    response_type: 'code',
    scope,
    ...(scope.includes('offline_access') ? { prompt: 'consent' } : {}),
    state: 'witness',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
});

/** Where login and consent lead back to. */
async function authorise(verifier, scope) {
    const cookies = new Map();
    const browse = async (target, form) => {
        const url = new URL(target, `https://localhost:${port}`);
        const answer = await ask({
            path: url.pathname + url.search,
            method: form ? 'POST' : 'GET',
            form,
            headers: { Host: `localhost:${port}`, Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
        });
        for (const line of answer.headers['set-cookie'] ?? []) {
            const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
            cookies.set(name, value);
        }
        return answer;
    };
    const { user, password } = who;
    let target = `/auth?${new URLSearchParams(request(verifier, scope))}`;
    for (let step = 0; step < 12 && !target.startsWith(app.redirect_uri); ++step) {
        let answer = await browse(target);
        if (!answer.headers.location) {
            answer = await browse(target, answer.body.includes('name="login"') ? { login: user, secret: password } : { answer: 'yes' });
        }
        target = answer.headers.location;
    }
    return target;
}

async function exchange(chunked) {
    const verifier = randomBytes(32).toString('base64url');
    const target = await authorise(verifier, 'openid offline_access MYIR.Services');
    return ask({
        path: '/token',
        method: 'POST',
        headers: secret('app'),
        chunked,
        form: {
            ...(native ? app : { redirect_uri: app.redirect_uri }),
            grant_type: 'authorization_code',
            code: new URL(target).searchParams.get('code'),
            code_verifier: verifier,
        },
    });
}

const members = (answer) => `HTTP ${answer.status}: ${Object.keys(JSON.parse(answer.body)).join(', ')}`;
const refresh = async () => members(await exchange(false));
const chunked = async () => members(await exchange(true));
const scope = () => authorise('witness', 'gateproof.unknown');

async function others() {
    const { access_token: token } = JSON.parse((await exchange(false)).body);
    const answer = await ask({ path: '/token/introspection', method: 'POST', headers: secret('other'), form: { token } });
    return `HTTP ${answer.status}: active ${JSON.parse(answer.body).active}`;
}

const get = async (role, path) => {
    const answer = await ask({ role, path });
    return `HTTP ${answer.status}: ${answer.body}`;
};
console.log(await { get, renegotiate, resume, divided, hello, limit, refresh, scope, chunked, others }[command](...args));
process.exit(0);
