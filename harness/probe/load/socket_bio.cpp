#include "harness/probe/load/socket_bio.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <memory>
#include <new>

namespace gateproof::load {
namespace {

int socket_of(BIO* bio) {
    return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

bool comes_later(int error) {
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

int write_socket(BIO* bio, const char* bytes, int size) {
    BIO_clear_retry_flags(bio);
    const ssize_t sent = ::send(socket_of(bio), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
    if (sent < 0 && comes_later(errno)) {
        BIO_set_retry_write(bio);
    }
    return static_cast<int>(sent);
}

int read_socket(BIO* bio, char* bytes, int size) {
    BIO_clear_retry_flags(bio);
    const ssize_t got = ::recv(socket_of(bio), bytes, static_cast<std::size_t>(size), 0);
    if (got < 0 && comes_later(errno)) {
        BIO_set_retry_read(bio);
    } else if (got == 0) {
        BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    }
    return static_cast<int>(got);
}

long control_socket(BIO* bio, int command, long, void*) {
    switch (command) {
        case BIO_CTRL_FLUSH: return 1;
        case BIO_CTRL_EOF: return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
        default: return 0;
    }
}

struct MethodDeleter {
    void operator()(BIO_METHOD* method) const { BIO_meth_free(method); }
};

const BIO_METHOD* method() {
    static const std::unique_ptr<BIO_METHOD, MethodDeleter> made = [] {
        std::unique_ptr<BIO_METHOD, MethodDeleter> fresh(
            BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "load socket"));
        if (!fresh || BIO_meth_set_write(fresh.get(), &write_socket) != 1 ||
            BIO_meth_set_read(fresh.get(), &read_socket) != 1 || BIO_meth_set_ctrl(fresh.get(), &control_socket) != 1) {
            throw std::bad_alloc();
        }
        return fresh;
    }();
    return made.get();
}

}  // namespace

BIO* make_socket_bio(int socket) {
    BIO* const bio = BIO_new(method());
    if (bio == nullptr) {
        throw std::bad_alloc();
    }
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the descriptor is all that a BIO of ours holds.
    BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(socket)));
    BIO_set_init(bio, 1);
    return bio;
}

}  // namespace gateproof::load
