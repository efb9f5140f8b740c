# An HTTPS server for a witness, which answers in one way and writes down what came: answers.py KIND CERTIFICATE KEY [CA]
# With a CA of client certificates it asks for one, and serves whoever shows none as well.
# It shares nothing with Gateproof, not even what frames an answer.
import gzip
import re
import socket
import ssl
import struct
import sys
import threading
import time

kind, certificate, key = sys.argv[1:4]
BODY = b'{"customer":{"status":"active"},"note":"an answer of the witness"}'
PAGE = b"<!DOCTYPE html><html><head><title>Log in</title></head><body>Log in</body></html>"
HUGE = 32 * 1024 * 1024
counts = {"connection": 0, "request": 0, "submission": 0}
TOLD = {"put-off": 3, "put-off-often": 1}  # seconds, by kind
answered_at, waits = [], []
lock = threading.Lock()


def say(text):
    with lock:
        print(text, flush=True)


def head(status, *fields, length=None, kept=False):
    lines = ["HTTP/1.1 " + status, *fields]
    if length is not None:
        lines.append("Content-Length: %d" % length)
    if not kept:
        lines.append("Connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


JSON = "Content-Type: application/json"


def whole(status="200 OK", body=BODY, content=JSON):
    return head(status, content, length=len(body)) + body


def chunks(body, each=20, extension=b"", trailers=b""):
    pieces = [body[i:i + each] for i in range(0, len(body), each)]
    return b"".join(b"%x%s\r\n%s\r\n" % (len(piece), extension, piece) for piece in pieces) + b"0\r\n" + trailers + b"\r\n"


def in_chunks(**form):
    return head("200 OK", JSON, "Transfer-Encoding: chunked") + chunks(BODY, **form)


def redirect(target, behind=b"", kept=True):
    return head("302 Found", "Location: " + target, length=0, kept=kept) + behind


def packed(data):
    return head("200 OK", JSON, "Content-Encoding: gzip", length=len(data)) + data


def put_off():
    body = b'{"errors":[{"code":"IR003"}]}'
    return head("429 Too Many Requests", JSON, "Retry-After: %d" % TOLD[kind], length=len(body)) + body


def note_wait():
    """How long it waited since the last answer, beside what it was told."""
    if kind not in TOLD or not answered_at:
        return
    waits.append(time.monotonic() - answered_at[-1])
    if waits[-1] < 0.9 * TOLD[kind]:
        say("came after %.1f s, sooner than told" % waits[-1])
    if len(waits) == 3 and all(0 <= wait - TOLD[kind] < 0.15 for wait in waits):
        say("came exactly as told, each time")


def at_once(data):
    return lambda number, target: data


# What is answered, by the number of the request and its target.
ANSWERS = {
    "short-body": at_once(head("200 OK", JSON, length=len(BODY) + 50) + BODY),
    "short-chunks": at_once(in_chunks()[:-5]),
    "no-notify": at_once(head("200 OK", JSON) + BODY),
    "two-lengths": at_once(
        head("200 OK", JSON, "Content-Length: %d" % len(BODY), length=len(BODY) + 50) + BODY + b" " * 50),
    "length-and-chunks": at_once(
        head("200 OK", JSON, "Transfer-Encoding: chunked", length=len(BODY)) + chunks(BODY)),
    "cut-gzip": at_once(packed(gzip.compress(BODY)[:-8])),
    "other-checksum": at_once(packed(gzip.compress(BODY)[:-8] + b"\0" * 4 + gzip.compress(BODY)[-4:])),
    "status-100": at_once(b"HTTP/1.1 100 Continue\r\n\r\n" + whole()),
    "status-103": at_once(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n" * 2 + whole()),
    "trailers": at_once(in_chunks(trailers=b"X-Checked: yes\r\n")),
    "page": at_once(whole(body=PAGE, content="Content-Type: text/html")),
    "empty": at_once(head("200 OK", length=0)),
    "status-204": at_once(head("204 No Content")),
    "server-error": at_once(whole("500 Internal Server Error", b'{"errors":[{"code":"EU6001"}]}')),
    "forbidden": at_once(whole("403 Forbidden", b'{"errors":[{"code":"EV1022"}]}')),
    "plain": at_once(whole()),
    "redirected-twice": lambda number, target: redirect(target) if number < 3 else whole(),
    "surplus": lambda number, target: redirect(target, whole()) if number == 1 else whole("500 Failed"),
    "for-ever": lambda number, target: redirect(target),
    "to-another": lambda number, target: redirect("https://127.0.0.1:%d%s" % (over_tls.getsockname()[1], target),
                                                  kept=False) if number == 1 else whole(),
    "to-clear": lambda number, target: redirect("http://localhost:%d%s" % (in_clear.getsockname()[1], target)),
    "put-off": lambda number, target: put_off() if number == 1 else whole(),
    "put-off-often": lambda number, target: put_off() if number <= 3 else whole(),
    "huge-body": at_once(head("200 OK", JSON) + b" " * HUGE),
    "huge-head": at_once(b"HTTP/1.1 200 OK\r\nX-Filler: " + b"x" * HUGE),
}


# What becomes of a submission: how its connection ends, and whether that has to be one that was used before.
LOSSES = {"reset-when-new": ("reset", False), "closed-when-new": ("close", False),
          "reset-when-used": ("reset", True), "closed-when-used": ("close", True)}


def loses(stream, earlier, text):
    """Whether this request is a submission whose connection ends now."""
    if not text.startswith("POST "):
        return False
    with lock:
        counts["submission"] += 1
        first = counts["submission"] == 1
        print("submission %d" % counts["submission"], flush=True)
    how, used = LOSSES.get(kind, ("", False))
    if not (how and first and used == (earlier > 0)):
        return False
    if how == "reset":
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return True


def answer_to(number, text):
    if kind == "busy-when-submitted" and text.startswith("POST ") and counts["submission"] == 1:
        return whole("503 Service Unavailable")
    if kind in LOSSES or kind == "busy-when-submitted":
        return head("200 OK", JSON, length=0, kept=True)
    return ANSWERS[kind](number, text.split(" ")[1])


def requests(stream):
    data = b""
    while True:
        while b"\r\n\r\n" not in data:
            more = stream.recv(65536)
            if not more:
                return
            data += more
        fields, _, data = data.partition(b"\r\n\r\n")
        text = fields.decode("latin-1")
        length = re.search(r"(?im)^content-length: *(\d+)", text)
        while length and len(data) < int(length[1]):
            data += stream.recv(65536)
        data = data[int(length[1]):] if length else data
        yield text


def told(text):
    token = "with" if re.search(r"(?im)^authorization:", text) else "without"
    agent = re.search(r"(?im)^user-agent: *(.*)", text)
    named = ", product/version" if agent and re.match(r"[^/\s]+/\S", agent[1]) else ""
    return "%s, %s its token%s" % (text.splitlines()[0], token, named)


def serve(stream):
    with lock:
        counts["connection"] += 1
        shown = ", shown a certificate" if stream.getpeercert(True) else ""
        print("connection %d%s" % (counts["connection"], shown), flush=True)
    for earlier, text in enumerate(requests(stream)):
        if loses(stream, earlier, text):
            return
        with lock:
            counts["request"] += 1
            number = counts["request"]
            print("request %d: %s" % (number, told(text)), flush=True)
        note_wait()
        answer = answer_to(number, text)
        stream.sendall(answer)
        answered_at.append(time.monotonic())
        say("answer %d was taken" % number)
        if b"Content-Length: 0\r\n\r\n" not in answer or b"Connection: close" in answer:
            return  # without close_notify


def attend(client, context):
    try:
        with client:
            if context is None:
                for text in requests(client):
                    say("in clear: " + told(text))
                    client.sendall(whole())
                    return
            with context.wrap_socket(client, server_side=True) as stream:
                serve(stream)
    except OSError as error:
        say("ended: %s" % error)


def listen():
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener


def accept(listener, context):
    while True:
        client, _ = listener.accept()
        threading.Thread(target=attend, args=(client, context), daemon=True).start()


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
for authorities in sys.argv[4:]:
    context.load_verify_locations(authorities)
    context.verify_mode = ssl.CERT_OPTIONAL
over_tls, in_clear = listen(), listen()
threading.Thread(target=accept, args=(in_clear, None), daemon=True).start()
say("ACCEPT 127.0.0.1:%d" % over_tls.getsockname()[1])
accept(over_tls, context)
