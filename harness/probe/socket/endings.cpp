#include "harness/probe/socket/endings.hpp"

#include <boost/asio/error.hpp>

#include <cerrno>

namespace gateproof {
namespace {

/// Everything that is known of one ending, so that a new one is a new case here and nowhere else.
struct Traits {
    std::string_view name;
    std::string_view words;
    enum { other, spoken, cut, silent } kind = other;
};

Traits traits_of(Ending ending) {
    switch (ending) {
        case Ending::ok: return {"ok", "no answer"};
        case Ending::resolve_failed: return {"resolve_failed", "the host name has no address", Traits::silent};
        case Ending::refused: return {"refused", "connection refused", Traits::silent};
        case Ending::unreachable: return {"unreachable", "no route to the host", Traits::silent};
        case Ending::connect_failed: return {"connect_failed", "no connection", Traits::silent};
        case Ending::connect_timeout: return {"connect_timeout", "no connection in time", Traits::silent};
        case Ending::proxy_failed: return {"proxy_failed", "the proxy did not connect"};
        case Ending::alert: return {"alert", "alert", Traits::spoken};
        case Ending::handshake_failed: return {"handshake_failed", "TLS handshake failed"};
        case Ending::unproven: return {"unproven", "the server's certificate does not verify"};
        case Ending::closed: return {"closed", "connection closed", Traits::cut};
        case Ending::reset: return {"reset", "connection reset", Traits::cut};
        case Ending::timeout: return {"timeout", "no answer in time", Traits::silent};
        case Ending::not_tls: return {"not_tls", "no TLS"};
        case Ending::malformed: return {"malformed", "malformed answer"};
        case Ending::tls_protocol: return {"tls_protocol", "TLS protocol error"};
        case Ending::not_http: return {"not_http", "the answer is not HTTP"};
        case Ending::local: return {"local", "this machine could not send"};
    }
    return {"unknown", "unknown ending"};
}

}  // namespace

std::string_view to_string(Ending ending) {
    return traits_of(ending).name;
}

std::string_view words_for(Ending ending) {
    return traits_of(ending).words;
}

Ending no_connection(Ending ending) {
    return ending == Ending::proxy_failed ? ending : Ending::connect_failed;
}

bool was_cut(Ending ending) {
    return traits_of(ending).kind == Traits::cut;
}

bool is_refusal(Ending ending) {
    return traits_of(ending).kind == Traits::cut || traits_of(ending).kind == Traits::spoken;
}

bool is_silence(Ending ending) {
    return traits_of(ending).kind == Traits::silent;
}

Ending ending_of(const boost::system::error_code& error) {
    if (!error) {
        return Ending::ok;
    }
    if (error == boost::asio::error::eof) {
        return Ending::closed;
    }
    switch (error.value()) {
        case ECONNREFUSED: return Ending::refused;
        case EHOSTUNREACH:
        case ENETUNREACH:
        case ENETDOWN:
        case EHOSTDOWN:
        case EAFNOSUPPORT:
        case EADDRNOTAVAIL: return Ending::unreachable;
        case ECONNRESET:
        case ECONNABORTED:
        case EPIPE: return Ending::reset;
        case ETIMEDOUT: return Ending::timeout;
        default: return Ending::local;
    }
}

}  // namespace gateproof
