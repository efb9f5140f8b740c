# A proxy whose tunnels all lead to one server, whatever they are asked for, which it writes down; with "refuse" none does:
# tunnel.py PORT [refuse]
import sys

from relays import beside, copy, serve, to_server


def lead(client):
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
    server = to_server()
    client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
    beside(copy, client, server)
    copy(server, client)


serve(lead)
