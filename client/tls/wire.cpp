#include "client/tls/wire.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace gateproof::client {
namespace {

bool may_go_on() {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

int write_bytes(BIO* bio, const char* bytes, int size) {
    auto& wire = *static_cast<Wire*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    if (wire.muted) {
        return size;
    }
    const ssize_t sent = send(wire.socket.number(), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
    if (sent < 0 && may_go_on()) {
        BIO_set_retry_write(bio);
    } else if (sent < 0) {
        wire.reset = true;
    }
    return static_cast<int>(sent);
}

int read_bytes(BIO* bio, char* buffer, int size) {
    auto& wire = *static_cast<Wire*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    if (wire.broken) {
        return -1;
    }
    if (!wire.anything) {
        char first[5] = {};
        wire.in_clear = recv(wire.socket.number(), first, sizeof first, MSG_PEEK) == 5 &&
                        std::string_view(first, sizeof first) == "HTTP/";
        if (wire.in_clear) {
            return -1;
        }
    }
    const ssize_t got = recv(wire.socket.number(), buffer, static_cast<std::size_t>(size), 0);
    if (got > 0) {
        wire.anything = true;
    } else if (got == 0) {
        wire.fin = true;
    } else if (may_go_on()) {
        BIO_set_retry_read(bio);
    } else {
        wire.reset = true;
    }
    return static_cast<int>(got);
}

long control(BIO* bio, int command, long, void*) {
    switch (command) {
        case BIO_CTRL_FLUSH: return 1;
        case BIO_CTRL_EOF: return static_cast<Wire*>(BIO_get_data(bio))->fin ? 1 : 0;
        default: return 0;
    }
}

int created(BIO* bio) {
    BIO_set_init(bio, 1);
    return 1;
}

BIO_METHOD* method() {
    static BIO_METHOD* const made = [] {
        BIO_METHOD* const fresh = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wire");
        BIO_meth_set_write(fresh, write_bytes);
        BIO_meth_set_read(fresh, read_bytes);
        BIO_meth_set_ctrl(fresh, control);
        BIO_meth_set_create(fresh, created);
        return fresh;
    }();
    return made;
}

}  // namespace

BIO* make_bio(Wire& wire) {
    BIO* const bio = BIO_new(method());
    BIO_set_data(bio, &wire);
    return bio;
}

void send_raw(const Wire& wire, std::string_view bytes) {
    [[maybe_unused]] const ssize_t sent = send(wire.socket.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

}  // namespace gateproof::client
