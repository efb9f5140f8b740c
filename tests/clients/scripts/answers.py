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
BLANKS = b" " * 50  # behind the content they count, and are nothing
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


TEXT = "Content-Type: text/plain"


def whole(body, status="200 OK", content=TEXT):
    return head(status, content, length=len(body)) + body


def chunks(body, each=20):
    pieces = [body[i:i + each] for i in range(0, len(body), each)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def in_chunks(body, *fields):
    return head("200 OK", TEXT, "Transfer-Encoding: chunked", *fields) + chunks(body)


def redirect(target, behind=b"", kept=True):
    return head("302 Found", "Location: " + target, length=0, kept=kept) + behind


def packed(data):
    return head("200 OK", TEXT, "Content-Encoding: gzip", length=len(data)) + data


def put_off():
    body = b'{"errors":[{"code":"IR003"}]}'
    return head("429 Too Many Requests", TEXT, "Retry-After: %d" % TOLD[kind], length=len(body)) + body


def note_wait():
    """How long it waited since the last answer, beside what it was told."""
    if kind not in TOLD or not answered_at:
        return
    waits.append(time.monotonic() - answered_at[-1])
    if waits[-1] < 0.9 * TOLD[kind]:
        say("came after %.1f s, sooner than told" % waits[-1])
    if len(waits) == 3 and all(0 <= wait - TOLD[kind] < 0.15 for wait in waits):
        say("came exactly as told, each time")


# What is answered, by the number of the request, its target and what the conforming answer holds.
ANSWERS = {
    "plain": lambda number, target, body: whole(body),
    "short-body": lambda number, target, body: whole(body)[:-20],
    "short-body-closed": lambda number, target, body: whole(body)[:-20],
    "short-chunks": lambda number, target, body: in_chunks(body)[:-5],
    "no-notify": lambda number, target, body: head("200 OK", TEXT) + body,
    "two-lengths": lambda number, target, body:
        head("200 OK", TEXT, "Content-Length: %d" % len(body), length=len(body + BLANKS)) + body + BLANKS,
    "length-and-chunks": lambda number, target, body: in_chunks(body, "Content-Length: %d" % len(body)),
    "cut-gzip": lambda number, target, body: packed(gzip.compress(body)[:-8]),
    "bomb": lambda number, target, body: packed(gzip.compress(body + b" " * 128 * 1024 * 1024)),
    "status-100": lambda number, target, body: b"HTTP/1.1 100 Continue\r\n\r\n" + whole(body),
    "status-103": lambda number, target, body:
        b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n" * 2 + whole(body),
    "page": lambda number, target, body: whole(PAGE, content="Content-Type: text/html"),
    "other-type": lambda number, target, body: whole(b"<answer/>", content="Content-Type: application/json"),
    "empty": lambda number, target, body: head("200 OK", length=0),
    "server-error": lambda number, target, body: whole(b'{"errors":[{"code":"EU6001"}]}', "500 Failed"),
    "forbidden": lambda number, target, body: whole(b'{"errors":[{"code":"EV1022"}]}', "403 Forbidden"),
    "redirected-twice": lambda number, target, body: redirect(target) if number < 3 else whole(body),
    "surplus": lambda number, target, body:
        redirect(target, whole(body)) if number == 1 else whole(b"{}", "500 Failed"),
    "to-another": lambda number, target, body:
        redirect("https://127.0.0.1:%d%s" % (over_tls.getsockname()[1], target), kept=False) if number == 1
        else whole(body),
    "to-clear": lambda number, target, body:
        redirect("http://localhost:%d%s" % (in_clear.getsockname()[1], target)),
    "put-off": lambda number, target, body: put_off() if number == 1 else whole(body),
    "put-off-often": lambda number, target, body: put_off() if number <= 3 else whole(body),
    "huge-body": lambda number, target, body: head("200 OK", TEXT) + body + b" " * HUGE,
    "huge-head": lambda number, target, body: b"HTTP/1.1 200 OK\r\nX-Filler: " + b"x" * HUGE,
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
        return whole(b"", "503 Service Unavailable")
    if kind in LOSSES or kind == "busy-when-submitted":
        return head("200 OK", TEXT, length=0, kept=True)
    target = text.split(" ")[1]
    return ANSWERS[kind](number, target, conforming(target))


DESCRIPTION = b"""<?xml version="1.0"?>
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:tns="urn:w" targetNamespace="urn:w">
<wsdl:types><xs:schema targetNamespace="urn:w"><xs:element name="A" type="xs:string"/></xs:schema></wsdl:types>
<wsdl:message name="M"><wsdl:part name="parameters" element="tns:A"/></wsdl:message>
<wsdl:portType name="P"><wsdl:operation name="O"><wsdl:input message="tns:M"/><wsdl:output message="tns:M"/>
</wsdl:operation></wsdl:portType>
<wsdl:binding name="B" type="tns:P"><soap12:binding transport="http://schemas.xmlsoap.org/soap/http"/>
<wsdl:operation name="O"><soap12:operation soapAction="urn:o" style="document"/><wsdl:input><soap12:body use="literal"/>
</wsdl:input><wsdl:output><soap12:body use="literal"/></wsdl:output></wsdl:operation></wsdl:binding>
<wsdl:service name="S"><wsdl:port name="P" binding="tns:B"><soap12:address location="https://localhost/"/></wsdl:port>
</wsdl:service></wsdl:definitions>
"""


def conforming(target):
    return (DESCRIPTION if "singleWsdl" in target else b"OK") + BLANKS


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
    host = re.search(r"(?im)^host: *(\S*)", text)
    port = over_tls.getsockname()[1]
    asked = ", localhost with its port" if host and host[1] == "localhost:%d" % port else ""
    return "%s, %s its token%s%s" % (text.splitlines()[0], token, named, asked)


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
        if b"Connection: close" in answer[:1000].partition(b"\r\n\r\n")[0] or kind.startswith(("status-10", "huge")):
            if kind in ("short-body-closed", "two-lengths", "length-and-chunks"):
                stream.unwrap()  # sends close_notify
            return  # without close_notify


def attend(client, context):
    try:
        with client:
            if context is None:
                for text in requests(client):
                    say("in clear: " + told(text))
                    client.sendall(whole(b"OK"))
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
