# An HTTPS server for a witness, which lets clients wait and writes down whether they leave: waits.py KIND CERTIFICATE KEY
# It shares nothing with Gateproof.
import socket
import ssl
import sys
import threading
import time

kind, certificate, key = sys.argv[1:4]
HOLD = 9  # seconds: longer than the patience of a client that has any
SLOW = 2
BODY = b'{"customer":{"status":"active"},"note":"an answer of the witness"}'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
LONG = HEAD % (len(BODY) + 1000) + BODY


def say(text):
    print(text, flush=True)


def leaves(stream, seconds):
    """Whether the client ends the connection within that time."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        stream.settimeout(left)
        try:
            if not stream.recv(65536):
                return True
        except TimeoutError:
            return False
        except OSError:
            return True
    return False


def read_request(stream):
    data = b""
    while b"\r\n\r\n" not in data:
        more = stream.recv(65536)
        if not more:
            raise OSError("no request came")
        data += more


def drip(stream):
    """A byte each tenth of a second, and blanks when the content is over."""
    end = time.monotonic() + HOLD
    sent = 0
    while time.monotonic() < end:
        stream.settimeout(HOLD)
        stream.sendall(LONG[sent:sent + 1] or b" ")
        sent += 1
        if leaves(stream, 0.1):
            return True
    return False


def serve(stream):
    read_request(stream)
    if kind == "slow":
        if leaves(stream, SLOW):
            say("left before its answer")
            return
        stream.sendall(HEAD % len(BODY) + BODY)
        say("answered")
        return
    if kind == "half":
        stream.sendall(LONG)
    left = drip(stream) if kind == "drip" else leaves(stream, HOLD)
    say("left" if left else "still there after %d s" % HOLD)


def attend(client, context):
    try:
        with client:
            if kind == "handshake":
                say("left" if leaves(client, HOLD) else "still there after %d s" % HOLD)
                return
            client.settimeout(HOLD)
            with context.wrap_socket(client, server_side=True) as stream:
                serve(stream)
    except OSError as error:
        say("ended: %s" % error)


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen()
say("ACCEPT 127.0.0.1:%d" % listener.getsockname()[1])
while True:
    threading.Thread(target=attend, args=(listener.accept()[0], context), daemon=True).start()
