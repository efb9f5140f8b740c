#!/usr/bin/env python3
"""An HTTPS server that says back the key it was sent (X-Api-Key), spelt as the last part of the path says.

echo.py CERTIFICATE KEY prints its port and serves until it is killed.
echo.py --spell SECRET prints its spellings by name, as JSON.
"""
import base64
import http.server
import json
import ssl
import sys
import textwrap
import urllib.parse


def each(text, form):
    return "".join(c if c.isalnum() else form(c) for c in text)


SPELLINGS = {
    "plain": lambda s: s,
    "json-solidus": lambda s: json.dumps(s)[1:-1].replace("/", "\\/"),
    "json-u": lambda s: each(s, lambda c: "\\u%04X" % ord(c)),
    "percent": lambda s: urllib.parse.quote(s, safe=""),
    "percent-small": lambda s: each(s, lambda c: "%%%02x" % ord(c)),
    "percent-partly": lambda s: urllib.parse.quote(s),
    "html": lambda s: each(s, lambda c: "&#x%X;" % ord(c)),
    "html-decimal": lambda s: each(s, lambda c: "&#0%d;" % ord(c)),
    "base64": lambda s: base64.b64encode(s.encode()).decode(),
    "base64-behind-k": lambda s: base64.b64encode(("k:" + s).encode()).decode(),
    "base64url": lambda s: base64.urlsafe_b64encode(("key=" + s).encode()).decode().rstrip("="),
    "folded": lambda s: "\r\n".join(textwrap.wrap(s, 10)),
    "hex": lambda s: s.encode().hex(),
    "percent-in-json": lambda s: each(urllib.parse.quote(s, safe=""), lambda c: "\\u%04x" % ord(c)),
    "json-in-html": lambda s: each(json.dumps(s), lambda c: "&#%d;" % ord(c)),
}


class Echo(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        spell = SPELLINGS[self.path.rsplit("/", 1)[-1]]
        body = ("OK <" + spell(self.headers.get("X-Api-Key", "no key")) + ">").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


def main():
    if sys.argv[1] == "--spell":
        print(json.dumps({name: spell(sys.argv[2]) for name, spell in SPELLINGS.items()}))
    else:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1], sys.argv[2])
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
        server.daemon_threads = True
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        print("port %d" % server.server_address[1], flush=True)
        server.serve_forever()


main()
