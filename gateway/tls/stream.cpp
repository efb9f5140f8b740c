#include "gateway/tls/stream.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <limits>

namespace gateproof::gateway {

namespace asio = boost::asio;

namespace {
constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
}

TlsStream::TlsStream(asio::ip::tcp::socket& socket, SslPtr ssl, std::string_view received)
    : socket_(socket), ssl_(std::move(ssl)) {
    BIO* const incoming = BIO_new(BIO_s_mem());
    BIO_write(incoming, received.data(), static_cast<int>(received.size()));
    SSL_set_bio(ssl_.get(), incoming, BIO_new(BIO_s_mem()));
}

asio::awaitable<bool> TlsStream::flush() {
    char* data = nullptr;
    const long size = BIO_get_mem_data(SSL_get_wbio(ssl_.get()), &data);
    if (size <= 0) {
        co_return true;
    }
    const asio::const_buffer buffer(data, static_cast<std::size_t>(size));
    const auto [error, written] = co_await asio::async_write(socket_, buffer, quietly);
    BIO_reset(SSL_get_wbio(ssl_.get()));
    co_return !error;
}

asio::awaitable<bool> TlsStream::fill() {
    std::array<char, 4096> buffer;
    const auto space = asio::buffer(buffer);
    const auto [error, received] = co_await socket_.async_read_some(space, quietly);
    if (error) {
        co_return false;
    }
    BIO_write(SSL_get_rbio(ssl_.get()), buffer.data(), static_cast<int>(received));
    co_return true;
}

asio::awaitable<int> TlsStream::drive(std::function<int()> call) {
    while (true) {
        ERR_clear_error();
        const int result = call();
        const int wants = SSL_get_error(ssl_.get(), result);
        // Also after a failure: the alert that explains it is still to be sent.
        const bool flushed = co_await flush();
        if (result > 0) {
            co_return flushed ? result : 0;
        }
        if (!flushed || (wants != SSL_ERROR_WANT_READ && wants != SSL_ERROR_WANT_WRITE)) {
            co_return 0;
        }
        if (wants == SSL_ERROR_WANT_READ) {
            const bool filled = co_await fill();
            if (!filled) {
                co_return 0;
            }
        }
    }
}

asio::awaitable<bool> TlsStream::handshake() {
    std::function<int()> call = [ssl = ssl_.get()] { return SSL_accept(ssl); };
    const int result = co_await drive(std::move(call));
    co_return result > 0;
}

asio::awaitable<TlsStream::Early> TlsStream::read_early() {
    std::array<char, 4096> buffer;
    std::size_t size = 0;
    bool finished = false;
    std::function<int()> call = [&] {
        const int result = SSL_read_early_data(ssl_.get(), buffer.data(), buffer.size(), &size);
        finished = result == SSL_READ_EARLY_DATA_FINISH;
        return result == SSL_READ_EARLY_DATA_ERROR ? -1 : 1;
    };
    const int result = co_await drive(std::move(call));
    if (result <= 0) {
        co_return Early::failed;
    }
    early_data_.append(buffer.data(), size);
    co_return finished ? Early::finished : Early::more;
}

asio::awaitable<bool> TlsStream::handshake_with_early_data() {
    const Early read = co_await read_early();
    early_ = read == Early::more;
    if (read == Early::finished) {
        const bool done = co_await handshake();
        co_return done;
    }
    co_return early_;
}

asio::awaitable<std::string> TlsStream::read() {
    while (early_ && early_data_.empty()) {
        const Early read = co_await read_early();
        early_ = read == Early::more;
        bool going_on = read != Early::failed;
        if (read == Early::finished) {
            going_on = co_await handshake();
        }
        if (!going_on) {
            co_return std::string();
        }
    }
    if (!early_data_.empty()) {
        co_return std::exchange(early_data_, {});
    }
    std::string bytes(4096, '\0');
    std::function<int()> call = [&] { return SSL_read(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())); };
    const int size = co_await drive(std::move(call));
    bytes.resize(static_cast<std::size_t>(size));
    co_return bytes;
}

asio::awaitable<bool> TlsStream::write(std::string_view bytes) {
    if (bytes.empty() || bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
        co_return bytes.empty();
    }
    std::function<int()> call = [&] {
        std::size_t written = 0;
        return early_ ? SSL_write_early_data(ssl_.get(), bytes.data(), bytes.size(), &written)
                      : SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
    };
    const int result = co_await drive(std::move(call));
    co_return result > 0;
}

asio::awaitable<void> TlsStream::close() {
    ERR_clear_error();
    // After a fatal error there is nothing more to say (and OpenSSL would refuse).
    if (SSL_is_init_finished(ssl_.get()) != 0) {
        SSL_shutdown(ssl_.get());
        ERR_clear_error();
        co_await flush();
    }
}

}  // namespace gateproof::gateway
