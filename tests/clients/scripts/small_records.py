# A relay to a TLS server, which divides what the server says in clear of its handshake into records of one byte:
# small_records.py PORT
from relays import beside, copy, record, serve, to_server


def divide(source, sink):
    try:
        kind = 22
        while kind == 22:
            head, body = record(source)
            kind = head[0]
            if kind == 22:
                sink.sendall(b"".join(head[:3] + b"\x00\x01" + bytes([byte]) for byte in body))
            else:
                sink.sendall(head + body)
    except (EOFError, OSError):
        pass
    copy(source, sink)


def relay(client):
    server = to_server()
    beside(copy, client, server)
    divide(server, client)


serve(relay)
