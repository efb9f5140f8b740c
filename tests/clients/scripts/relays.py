# What relays and proxies of witnesses share. Each is started as NAME.py PORT, the port of the server that it leads to.
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
    """A record of TLS: its head of five bytes, and what it carries."""
    head = read(stream, 5)
    return head, read(stream, int.from_bytes(head[3:], "big"))


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


def beside(work, *arguments):
    threading.Thread(target=work, args=arguments, daemon=True).start()


def to_server():
    return socket.create_connection(("127.0.0.1", int(sys.argv[1])))


def serve(work):
    """Says on which port it listens, and hands each client to `work`, in a thread of its own."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    print("ACCEPT 127.0.0.1:%d" % listener.getsockname()[1], flush=True)
    while True:
        beside(work, listener.accept()[0])
