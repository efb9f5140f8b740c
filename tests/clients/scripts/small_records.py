# A relay to a TLS server, which divides what the server says in clear of its handshake into records of one byte:
# small_records.py PORT
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


def copy(source, sink):
    try:
        while more := source.recv(65536):
            sink.sendall(more)
    except OSError:
        pass
    try:
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def divide(source, sink):
    try:
        kind = 22
        while kind == 22:
            head = read(source, 5)
            kind = head[0]
            body = read(source, int.from_bytes(head[3:], "big"))
            if kind == 22:
                sink.sendall(b"".join(head[:3] + b"\x00\x01" + bytes([byte]) for byte in body))
            else:
                sink.sendall(head + body)
    except (EOFError, OSError):
        pass
    copy(source, sink)


listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen()
print("ACCEPT 127.0.0.1:%d" % listener.getsockname()[1], flush=True)
while True:
    client, _ = listener.accept()
    server = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    threading.Thread(target=copy, args=(client, server), daemon=True).start()
    threading.Thread(target=divide, args=(server, client), daemon=True).start()
