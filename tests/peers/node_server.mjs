// An https server that answers the control operation. Its options are one JSON argument; it prints its port.
import { constants } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { createServer } from 'node:https';

const options = JSON.parse(process.argv[2]);
const read = (name) => readFileSync(`${options.folder}/${name}`);

const server = (options.http2 ? createSecureServer : createServer)({
    cert: read(`${options.certificate}.crt`),
    key: read(`${options.certificate}.key`),
    ca: read('client-ca.pem'),
    requestCert: options.requestCert,
    rejectUnauthorized: options.rejectUnauthorized,
    minVersion: options.minVersion,
    maxVersion: options.maxVersion,
    ciphers: options.ciphers,
    honorCipherOrder: true,
    // Left to itself Node lets a client renegotiate three times in ten minutes.
    secureOptions: options.renegotiation ? 0 : constants.SSL_OP_NO_RENEGOTIATION,
}, (request, response) => {
    // What a server has to do by itself when it does not let TLS reject. Under TLS 1.3 Node calls a resumed session
    // authorized that was made without any certificate (nodejs/node#35317).
    const { socket } = request;
    const refuses = (options.checkAuthorized && !socket.authorized)
        || (options.checkCertificate && !socket.getPeerCertificate().raw);
    if (refuses) {
        response.writeHead(403).end('Forbidden\n');
    } else if (request.url === '/gateway/customer-service/status') {
        response.writeHead(200, { 'Content-Type': 'text/plain' }).end('OK\n');
    } else {
        response.writeHead(404).end();
    }
});
server.on('OCSPRequest', (certificate, issuer, callback) => callback(null, read(`${options.certificate}.ocsp`)));
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port};`));
