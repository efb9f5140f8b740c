// Requests to one party and what became of them.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "client/faults/fault_set.hpp"
#include "client/http/reader.hpp"
#include "client/http/url.hpp"
#include "client/tls/tls.hpp"

namespace gateproof::client {

struct Request {
    std::string method = "GET";
    std::string path;           ///< behind the base URL's
    std::vector<Field> fields;  ///< besides Host, User-Agent, Accept and the body's length
    std::string body;
    /// It changes nothing, so it may be sent again when a connection that was
    /// used before turns out to be lost.
    bool repeatable = true;
};

struct Exchange {
    Answer answer;
    std::string problem;   ///< empty: an answer came whole
    bool sent = false;     ///< the server may have the request
    bool begun = false;    ///< a part of an answer came
    End end = End::none;   ///< how the connection ended, when it did
    bool refused = false;  ///< the server ended the connection by a fatal alert
                           ///< after the handshake
};

struct HttpSettings {
    Url base;
    std::vector<std::string> addresses;  ///< IP literals to call instead of what the host resolves to
    std::string proxy;                   ///< "http://host:port" that takes CONNECT; empty: none
    TlsSettings tls;
    std::chrono::milliseconds connect_limit{10'000};  ///< for TCP, and again for TLS
    std::chrono::milliseconds answer_limit{75'000};   ///< from the request on, for the whole answer
};

/// One connection at a time, kept open between requests.
class Http {
public:
    /// Throws Unusable, as Tls does.
    Http(HttpSettings settings, const FaultSet& faults, const Stop& stop);

    /// Follows redirects of the same scheme, host and port alone.
    Exchange exchange(Request request);
    [[nodiscard]] const Url& base() const { return settings_.base; }
    void close();
    /// Bytes of an answer's content, unpacked.
    [[nodiscard]] std::size_t longest_content() const { return longest_content_; }
    [[nodiscard]] bool connected() const { return line_.connection != nullptr; }

private:
    struct Line {
        std::unique_ptr<Connection> connection;
        std::unique_ptr<HttpReader> reader;
        Moment until;  ///< of the request that is under way
    };

    Exchange exchange_once(const Request& request);
    /// To another place than the credentials are for.
    Exchange follow_elsewhere(const Url& target, Request request);
    [[nodiscard]] bool may_be_reused();
    /// The content of a compressed answer takes the place of what was sent.
    void unpack(Exchange& exchange);
    /// What a redirect asks for instead; false: it is not followed.
    bool redirected(const Answer& answer, Request& request, Exchange& exchange);
    [[nodiscard]] std::string text_of(const Request& request) const;
    bool connect(Exchange& exchange, const std::string& early, bool& early_taken);
    Opened open(const Place& place, bool older, const std::string& early);
    Dialled dial_place(const Place& place, Moment until);
    void take(std::unique_ptr<Connection> connection);
    /// What a fault opens because an answer is slow.
    std::vector<Dialled> hoard();
    bool talk_in_clear(const Place& place);
    void transfer(const std::string& text, bool sent_already, Exchange& exchange);
    Exchange in_clear(const Request& request);

    HttpSettings settings_;
    const FaultSet& faults_;
    const Stop& stop_;
    Tls tls_;
    Line line_;
    std::size_t longest_content_ = 0;
    std::vector<std::unique_ptr<Connection>> abandoned_;  ///< which a fault does not close
};

}  // namespace gateproof::client
