// A TLS server that puts markup, control characters and endings of other formats into every field it controls: its
// certificate's names, the status line, header names and values, the body. One process, loopback only.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tls from "node:tls";

export const script = "<script>globalThis.owned=1</script>";
export const image = "\"'><img src=x onerror=\"globalThis.owned=1\">";
const odd = Buffer.from([0xff, 0xfe, 0xc0, 0x80, 0x1b, 0x5b, 0x33, 0x31, 0x6d, 0x07]);

function certificate(folder) {
  const config = join(folder, "ca.cnf");
  writeFileSync(config, `[req]
prompt = no
utf8 = yes
string_mask = utf8only
distinguished_name = name
x509_extensions = extensions
[name]
CN = ${script}
O = "]]></failure>${image.replaceAll('"', '\\"')}"
OU = "javascript:globalThis.owned=1"
[extensions]
subjectAltName = DNS:localhost,IP:127.0.0.1
`);
  const files = { key: join(folder, "key.pem"), cert: join(folder, "cert.pem") };
  execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "20",
    "-config", config, "-keyout", files.key, "-out", files.cert], { stdio: "ignore" });
  return files;
}

function answer(path) {
  const huge = path.includes("huge") ? `X-Huge: ${"h".repeat(1 << 20)}\r\n` : "";
  const body = Buffer.concat([Buffer.from(`</pre></noscript></script>${script}${image}]]>-->\u202e`), odd]);
  const head = `HTTP/1.1 200 ${script}\r\nServer: ${script}\r\nLocation: javascript:globalThis.owned=1//${image}\r\n` +
    `Content-Type: text/html${image}\r\nRetry-After: ${script}\r\nWWW-Authenticate: ${script}\r\nX-${"a"}: ]]>\r\n${huge}` +
    `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

/** Serves for the time that `body({ port, certificate })` takes. */
export async function withHostileServer(body) {
  const folder = mkdtempSync(join(tmpdir(), "gateproof-hostile-"));
  const files = certificate(folder);
  const server = tls.createServer({ key: readFileSync(files.key), cert: readFileSync(files.cert), requestCert: true, rejectUnauthorized: false }, (socket) => {
    socket.on("error", () => {});
    let request = "";
    socket.on("data", (bytes) => {
      request += bytes.toString("latin1");
      if (request.includes("\r\n\r\n")) socket.end(answer(request.split(" ")[1] ?? ""));
    });
  });
  server.on("tlsClientError", () => {});
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  try {
    return await body({ port: server.address().port, certificate: files.cert });
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
