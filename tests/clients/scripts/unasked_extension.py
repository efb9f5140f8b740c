# A relay to a TLS server of TLS 1.2, which puts max_fragment_length into its ServerHello and says whether the client
# sends a handshake message behind it: unasked_extension.py PORT
from relays import beside, copy, record, serve, to_server


def sized(value, size):
    return len(value).to_bytes(size, "big") + value


def with_extension(hello):
    """Of a ServerHello alone: type, length, version, random, session id, suite, compression, extensions."""
    at = 4 + 2 + 32
    at += 1 + hello[at] + 2 + 1
    extensions = hello[at + 2 :] + b"\x00\x01\x00\x01\x01"
    return hello[:1] + sized(hello[4:at] + sized(extensions, 2), 3)


def relay(client):
    server = to_server()
    try:
        head, body = record(client)
        server.sendall(head + body)
        head, body = record(server)
        length = 4 + int.from_bytes(body[1:4], "big")
        changed = with_extension(body[:length]) + body[length:]
        client.sendall(head[:3] + sized(changed, 2))
        beside(copy, server, client)
        head, _ = record(client)
        print("the client went on" if head[0] == 22 else "the client ended it", flush=True)
    except (EOFError, OSError):
        print("the client closed", flush=True)
    client.close()
    server.close()


serve(relay)
