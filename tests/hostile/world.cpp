#include "tests/hostile/world.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <csignal>
#include <stdexcept>

namespace gateproof::test {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto tupled = asio::as_tuple(asio::use_awaitable);
/// No connection lives longer, whatever its client does.
constexpr std::chrono::seconds longest_life{8};

void require(bool done, const char* what) {
    if (!done) {
        throw std::runtime_error(what);
    }
}

std::shared_ptr<SSL_CTX> client_context(const gateway::Gateway& gateway, bool with_certificate) {
    std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    require(context != nullptr, "TLS context");
    if (with_certificate) {
        const std::string chain = gateway.reference("enrolled.crt.pem").value();
        const std::string key = gateway.reference("enrolled.key.pem").value();
        const std::unique_ptr<BIO, decltype(&BIO_free)> certificates(
            BIO_new_mem_buf(chain.data(), static_cast<int>(chain.size())), BIO_free);
        const std::unique_ptr<BIO, decltype(&BIO_free)> keys(BIO_new_mem_buf(key.data(), static_cast<int>(key.size())),
                                                             BIO_free);
        const std::unique_ptr<X509, decltype(&X509_free)> leaf(
            PEM_read_bio_X509(certificates.get(), nullptr, nullptr, nullptr), X509_free);
        const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> private_key(
            PEM_read_bio_PrivateKey(keys.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
        require(SSL_CTX_use_certificate(context.get(), leaf.get()) == 1 &&
                    SSL_CTX_use_PrivateKey(context.get(), private_key.get()) == 1,
                "enrolled certificate");
        while (X509* const issuer = PEM_read_bio_X509(certificates.get(), nullptr, nullptr, nullptr)) {
            SSL_CTX_add_extra_chain_cert(context.get(), issuer);
        }
        ERR_clear_error();
    }
    return context;
}

gateway::CertificateSpec spec_of(Shown shown) {
    gateway::CertificateSpec spec = gateway::Pki::server_spec();
    if (shown == Shown::foul_names) {
        using namespace std::string_literals;
        spec.common_name = "localhost\0.evil.example\x1b[31m\xe2\x80\xaemoc.knab"s;
    }
    for (int i = 0; shown == Shown::many_names && i < 2000; ++i) {
        spec.alternative_names += ",DNS:host-" + std::to_string(i) + ".example";
    }
    return spec;
}

int staple_noise(SSL* ssl, void*) {
    const std::string bytes = noise(3000);
    SSL_set_tlsext_status_ocsp_resp(ssl, OPENSSL_memdup(bytes.data(), bytes.size()), static_cast<long>(bytes.size()));
    return SSL_TLSEXT_ERR_OK;
}

void ask_for_many(SSL_CTX* context) {
    for (int i = 0; i < 1000; ++i) {
        const std::string text = "\x1b]0;" + std::to_string(i) + "\xe2\x80\xae" + std::string(20, 'a');
        X509_NAME* const name = X509_NAME_new();
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()), -1, 0);
        STACK_OF(X509_NAME)* names = SSL_CTX_get_client_CA_list(context);
        if (names == nullptr) {
            names = sk_X509_NAME_new_null();
            SSL_CTX_set_client_CA_list(context, names);
        }
        sk_X509_NAME_push(names, name);
    }
}

/// Which connections are hostile: two of three, on no stride that a check's own connections could have.
bool hostile_turn(std::uint32_t connection) {
    return connection * 2654435769U >> 16 & 1U || (connection * 2654435769U >> 20 & 3U) == 0;
}

bool asks_for_control(const std::string& request) {
    return request.substr(0, request.find("\r\n")).find("/customer-service/status") != std::string::npos;
}

asio::awaitable<void> end_after(std::weak_ptr<HostileConnection> connection, asio::any_io_executor executor) {
    asio::steady_timer timer(executor, longest_life);
    co_await timer.async_wait(tupled);
    if (const auto alive = connection.lock()) {
        boost::system::error_code ignored;
        alive->socket.close(ignored);
    }
}

}  // namespace

HostileWorld::HostileWorld(const gateway::Gateway& gateway)
    : cloud_{gateway.cloud_port(), client_context(gateway, true)},
      desktop_{gateway.desktop_port(), client_context(gateway, false)} {}

HostileWorld::~HostileWorld() {
    loop_.stop();
    if (thread_.joinable()) {
        thread_.join();
    }
}

SSL_CTX* HostileWorld::context_of(Shown shown) {
    std::shared_ptr<SSL_CTX>& context = contexts_[shown];
    if (context) {
        return context.get();
    }
    context.reset(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    const gateway::Credential credential = pki_.issue_server(spec_of(shown));
    require(context && SSL_CTX_use_certificate(context.get(), credential.certificate.get()) == 1 &&
                SSL_CTX_use_PrivateKey(context.get(), credential.key.get()) == 1,
            "certificate of a hostile peer");
    for (int i = 0; i < (shown == Shown::huge_chain ? 60 : 1); ++i) {
        require(SSL_CTX_add1_chain_cert(context.get(), credential.chain.front().get()) == 1, "chain");
    }
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
    SSL_CTX_set_session_id_context(context.get(), reinterpret_cast<const unsigned char*>("hostile"), 7);
    if (shown == Shown::many_authorities) {
        ask_for_many(context.get());
    }
    if (shown == Shown::garbage_staple) {
        SSL_CTX_set_tlsext_status_cb(context.get(), staple_noise);
    }
    return context.get();
}

std::uint16_t HostileWorld::add(const Script& script, When when, bool cloud) {
    const tcp::endpoint loopback(asio::ip::address_v4::loopback(), 0);
    peers_.push_back(
        {script, when, cloud ? cloud_ : desktop_, context_of(script.shown), tcp::acceptor(loop_, loopback)});
    Peer& peer = peers_.back();
    asio::co_spawn(loop_, accept(peer), asio::detached);
    return peer.acceptor.local_endpoint().port();
}

void HostileWorld::start() {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([this] { loop_.run(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

asio::awaitable<void> HostileWorld::accept(Peer& peer) {
    for (;;) {
        auto [error, socket] = co_await peer.acceptor.async_accept(tupled);
        if (error == asio::error::operation_aborted) {
            co_return;
        }
        if (!error) {
            const auto connection = std::make_shared<HostileConnection>(
                HostileConnection{std::move(socket), peer.script, peer.upstream, peer.connections++});
            const auto executor = peer.acceptor.get_executor();
            asio::co_spawn(executor, end_after(connection, executor), asio::detached);
            asio::co_spawn(executor, serve(connection, peer), asio::detached);
        }
    }
}

asio::awaitable<void> HostileWorld::serve(std::shared_ptr<HostileConnection> connection, const Peer& peer) {
    const Script& script = peer.script;
    const bool hostile = peer.when == When::always || hostile_turn(connection->number);
    const bool in_clear = script.stage == Stage::connect || script.stage == Stage::hello;
    if (!hostile && in_clear) {
        co_await relay(connection);
        co_return;
    }
    if (script.stage != Stage::connect) {
        const bool spoke = co_await connection->receive();
        if (!spoke) {
            co_return;
        }
    }
    if (!in_clear) {
        gateway::SslPtr ssl(SSL_new(peer.context));
        SSL_set_accept_state(ssl.get());
        const std::string begun = std::exchange(connection->received, {});
        connection->tls = std::make_unique<gateway::TlsStream>(connection->socket, std::move(ssl), begun);
        const bool secured = co_await connection->tls->handshake();
        if (!secured) {
            co_return;
        }
        if (script.stage == Stage::request || script.ending == Ending::relay || !hostile) {
            const bool asked = co_await connection->receive_request();
            if (!asked) {
                co_return;
            }
            const bool control = peer.when == When::in_turn && asks_for_control(connection->received);
            if (!hostile || control || script.ending == Ending::relay) {
                co_await connection->relay_request();
                co_return;
            }
        }
    }
    if (script.special != nullptr) {
        co_await script.special(connection);
    } else if (script.ending == Ending::relay) {
        co_await relay(connection);
    } else {
        co_await connection->perform();
    }
}

}  // namespace gateproof::test
