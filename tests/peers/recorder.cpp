#include "tests/peers/recorder.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <stdexcept>

#include "harness/text/ascii.hpp"

namespace gateproof::test {
namespace {

constexpr std::uint32_t most_early_data = 16384;

/// The head and as much body as it announces; 0: not whole yet.
std::size_t length_of_request(const std::string& bytes) {
    const std::size_t end = bytes.find("\r\n\r\n");
    if (end == std::string::npos) {
        return 0;
    }
    std::size_t body = 0;
    const std::string head = lower_case(bytes.substr(0, end));
    if (const std::size_t at = head.find("content-length:"); at != std::string::npos) {
        body = std::stoul(head.substr(at + 15));
    }
    return bytes.size() < end + 4 + body ? 0 : end + 4 + body;
}

}  // namespace

Recorder::Recorder(const gateway::Credential& server) : context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free) {
    std::signal(SIGPIPE, SIG_IGN);  // of OpenSSL's own socket BIO
    SSL_CTX* const context = context_.get();
    bool ready = SSL_CTX_use_certificate(context, server.certificate.get()) == 1 &&
                 SSL_CTX_use_PrivateKey(context, server.key.get()) == 1;
    for (const gateway::CertificatePtr& one : server.chain) {
        ready = ready && SSL_CTX_add1_chain_cert(context, one.get()) == 1;
    }
    if (!ready) {
        throw std::runtime_error("the recorder's certificate cannot be used");
    }
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
    SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>("recorder"), 8);
    SSL_CTX_set_max_early_data(context, most_early_data);
    SSL_CTX_set_options(context, SSL_OP_NO_ANTI_REPLAY);
    acceptor_ = std::thread([this] { accept(); });
}

Recorder::~Recorder() {
    stopping_ = true;
    ::shutdown(listener_.descriptor(), SHUT_RDWR);
    acceptor_.join();
    {
        const std::lock_guard lock(mutex_);
        for (const int descriptor : open_) {
            ::shutdown(descriptor, SHUT_RDWR);
        }
    }
    for (std::thread& thread : threads_) {
        thread.join();
    }
}

std::size_t Recorder::times_received(const std::string& text) const {
    const std::lock_guard lock(mutex_);
    std::size_t times = 0;
    for (const std::string& request : requests_) {
        for (std::size_t at = request.find(text); at != std::string::npos; at = request.find(text, at + 1)) {
            ++times;
        }
    }
    return times;
}

std::size_t Recorder::requests_with(const std::string& text, const std::string& other) const {
    const std::lock_guard lock(mutex_);
    std::size_t times = 0;
    for (const std::string& request : requests_) {
        times += request.find(text) != std::string::npos && request.find(other) == std::string::npos ? 1 : 0;
    }
    return times;
}

void Recorder::accept() {
    while (!stopping_) {
        const int descriptor = ::accept4(listener_.descriptor(), nullptr, nullptr, SOCK_CLOEXEC);
        if (descriptor < 0) {
            continue;
        }
        ++connections_;
        const std::lock_guard lock(mutex_);
        open_.insert(descriptor);
        threads_.emplace_back([this, descriptor] {
            serve(descriptor);
            const std::lock_guard done(mutex_);
            open_.erase(descriptor);
            ::close(descriptor);
        });
    }
}

void Recorder::keep(std::string bytes) {
    if (!bytes.empty()) {
        const std::lock_guard lock(mutex_);
        requests_.push_back(std::move(bytes));
    }
}

void Recorder::serve(int descriptor) {
    // What comes in clear is kept too; it is only looked at, so that TLS finds it still there.
    std::array<char, 16384> clear;
    const ssize_t got = ::recv(descriptor, clear.data(), clear.size(), MSG_PEEK);
    if (got <= 0 || clear[0] != 0x16) {
        keep(std::string(clear.data(), got > 0 ? static_cast<std::size_t>(got) : 0));
        return;
    }
    const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(context_.get()), &SSL_free);
    SSL_set_fd(ssl.get(), descriptor);
    SSL_set_accept_state(ssl.get());
    std::string early;
    if (shake_hands(ssl.get(), early)) {
        answer(ssl.get(), std::move(early));
    } else {
        keep(std::move(early));
    }
    ERR_clear_error();
}

bool Recorder::shake_hands(SSL* ssl, std::string& early) {
    std::array<char, most_early_data> bytes;
    for (;;) {
        std::size_t got = 0;
        const int result = SSL_read_early_data(ssl, bytes.data(), bytes.size(), &got);
        early.append(bytes.data(), got);
        if (result == SSL_READ_EARLY_DATA_ERROR) {
            return false;
        }
        if (result == SSL_READ_EARLY_DATA_FINISH) {
            return SSL_accept(ssl) == 1;
        }
    }
}

void Recorder::answer(SSL* ssl, std::string received) {
    constexpr std::string_view body = R"({"dsp": "OK", "email": "OK"})";
    const std::string whole = fmt::format(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}", body.size(), body);
    std::array<char, 16384> bytes;
    for (;;) {
        const std::size_t length = length_of_request(received);
        if (length > 0) {
            const std::string request = received.substr(0, length);
            received.erase(0, length);
            keep(request);
            const bool bare = request.starts_with("HEAD ");
            const std::string_view said(whole.data(), whole.size() - (bare ? body.size() : 0));
            if (SSL_write(ssl, said.data(), static_cast<int>(said.size())) <= 0) {
                return;
            }
            if (lower_case(request).find("\r\nconnection: close") != std::string::npos) {
                SSL_shutdown(ssl);
                return;
            }
            continue;
        }
        const int got = SSL_read(ssl, bytes.data(), static_cast<int>(bytes.size()));
        if (got <= 0) {
            keep(std::move(received));  // half a request
            return;
        }
        received.append(bytes.data(), static_cast<std::size_t>(got));
    }
}

}  // namespace gateproof::test
