# A relay to a TLS server of TLS 1.2, which puts max_fragment_length into its ServerHello and says whether the client
# sends a handshake message behind it: unasked_extension.py PORT
import socket
import sys
import threading


def read(stream, size):
    data = b""
    while len(data) < size:
        more = stream.recv(size - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def record(stream):
    head = read(stream, 5)
    return head, read(stream, int.from_bytes(head[3:], "big"))


def sized(value, size):
    return len(value).to_bytes(size, "big") + value


def with_extension(hello):
    """Of a ServerHello alone: type, length, version, random, session id, suite, compression, extensions."""
    at = 4 + 2 + 32
    at += 1 + hello[at] + 2 + 1
    extensions = hello[at + 2 :] + b"\x00\x01\x00\x01\x01"
    return hello[:1] + sized(hello[4:at] + sized(extensions, 2), 3)


def relay(client, server):
    try:
        head, body = record(client)
        server.sendall(head + body)
        head, body = record(server)
        length = 4 + int.from_bytes(body[1:4], "big")
        changed = with_extension(body[:length]) + body[length:]
        client.sendall(head[:3] + sized(changed, 2))
        threading.Thread(target=forward, args=(server, client), daemon=True).start()
        head, _ = record(client)
        print("the client went on" if head[0] == 22 else "the client ended it", flush=True)
    except (EOFError, OSError):
        print("the client closed", flush=True)
    client.close()
    server.close()


def forward(source, sink):
    try:
        while more := source.recv(65536):
            sink.sendall(more)
    except OSError:
        pass


listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen()
print("ACCEPT 127.0.0.1:%d" % listener.getsockname()[1], flush=True)
while True:
    there, _ = listener.accept()
    threading.Thread(
        target=relay, args=(there, socket.create_connection(("127.0.0.1", int(sys.argv[1])))), daemon=True
    ).start()
