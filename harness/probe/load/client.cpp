#include "harness/probe/load/client.hpp"

#include <boost/asio/ip/address.hpp>

#include <stdexcept>
#include <utility>

#include "harness/probe/load/connection.hpp"
#include "harness/probe/socket/literal.hpp"
#include "harness/probe/socket/tcp.hpp"
#include "harness/probe/tls/openssl_client.hpp"
#include "harness/probe/tls/proof.hpp"

namespace gateproof::load {

namespace asio = boost::asio;

Client::Client(asio::any_io_executor executor, ClientOptions options)
    : executor_(std::move(executor)),
      options_(std::move(options)),
      context_(SSL_CTX_new(TLS_client_method())),
      poller_(std::make_shared<Poller>(executor_)) {
    if (!context_) {
        throw std::bad_alloc();
    }
    SSL_CTX* const context = context_.get();
    open_local_policy(context);
    SSL_CTX_set_min_proto_version(context, static_cast<int>(options_.min_version));
    SSL_CTX_set_max_proto_version(context, static_cast<int>(options_.max_version));
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context, 1);  // one system call for a record, not two
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, &Client::on_session);
    if (options_.identity && !use_identity(context, *options_.identity)) {
        throw std::runtime_error("the client certificate cannot be used");
    }
    if (options_.trust && !demand_proof(context, *options_.trust, options_.endpoint.host)) {
        throw std::bad_alloc();
    }
    if (!is_ip_literal(options_.endpoint.host)) {  // RFC 6066 3: no IP literals
        server_name_ = options_.endpoint.host;
    }
}

Client::~Client() {
    for (const std::shared_ptr<Connection>& connection : idle_) {
        connection->close();
    }
    poller_->rest();
}

asio::awaitable<std::string> Client::resolve() {
    if (resolved_) {
        co_return std::string();
    }
    boost::system::error_code not_literal;
    const Endpoint& endpoint = options_.endpoint;
    if (endpoint.proxy) {
        resolved_ = true;  // by the proxy, each time
        co_return std::string();
    }
    const auto literal = asio::ip::make_address(
        endpoint.connect_address.empty() ? endpoint.host : endpoint.connect_address, not_literal);
    if (!not_literal) {
        address_ = asio::ip::tcp::endpoint(literal, endpoint.port);
    } else {
        // Of several addresses the one that answers.
        TcpConnected found = co_await tcp_connect(executor_, endpoint, options_.connect_timeout);
        boost::system::error_code gone;
        if (found.socket) {
            address_ = found.socket->remote_endpoint(gone);
        }
        if (!found.socket || gone) {
            co_return found.detail.empty() ? std::string(to_string(found.end)) : found.detail;
        }
    }
    resolved_ = true;
    co_return std::string();
}

int Client::on_session(SSL* ssl, SSL_SESSION* fresh) {
    auto* const connection = static_cast<Connection*>(SSL_get_ex_data(ssl, 0));
    if (connection != nullptr && connection->wants_session()) {
        connection->client().session_.reset(fresh);
        return 1;  // the reference is ours
    }
    return 0;
}

std::shared_ptr<Connection> Client::take_idle() {
    while (!idle_.empty()) {
        std::shared_ptr<Connection> connection = std::move(idle_.back());
        idle_.pop_back();
        if (connection->usable()) {
            return connection;
        }
    }
    return nullptr;
}

void Client::keep(std::shared_ptr<Connection> connection) {
    idle_.push_back(std::move(connection));
}

std::shared_ptr<Connection> Client::open(bool resume) {
    return std::make_shared<Connection>(*this, resume);
}

}  // namespace gateproof::load
