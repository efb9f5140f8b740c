# A proxy whose tunnels all lead to one server, whatever they are asked for, which it writes down; with "refuse" none does:
# tunnel.py PORT [refuse]
import socket
import sys
import threading


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


def serve(client):
    head = b""
    while b"\r\n\r\n" not in head:
        more = client.recv(1)  # what comes behind the head is the tunnel's
        if not more:
            return
        head += more
    print(head.split(b" HTTP/")[0].decode("latin-1"), flush=True)
    if "refuse" in sys.argv:
        client.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        client.close()
        return
    server = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
    threading.Thread(target=copy, args=(client, server), daemon=True).start()
    copy(server, client)


listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen()
print("ACCEPT 127.0.0.1:%d" % listener.getsockname()[1], flush=True)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
