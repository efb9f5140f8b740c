// HTTP/1.1 requests of a client, one after the other, within bounds. Of harness/stage alone.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "harness/stage/application.hpp"

namespace gateproof::stage {

class RequestReader {
public:
    enum class State { need_more, done, malformed };

    RequestReader(std::size_t most_of_head, std::size_t most_of_body);
    ~RequestReader();
    RequestReader(const RequestReader&) = delete;
    RequestReader& operator=(const RequestReader&) = delete;

    /// Takes all of `bytes`; what stands behind the request is the next one's. After `malformed` nothing more is read.
    State feed(std::string_view bytes);
    /// The request that is done, without the caller's part; goes on with what stands behind it: ask state().
    Request take();

    [[nodiscard]] State state() const { return state_; }
    /// Bytes of a request that is not done are there.
    [[nodiscard]] bool begun() const;
    /// Of the request that is done, or whose head is there: the connection may stay (RFC 9112 9.3).
    [[nodiscard]] bool keeps_alive() const { return keeps_alive_; }
    /// The head is there and the client waits with the body (RFC 9110 10.1.1). True once for each request.
    bool waits_for_continue();
    /// Why it is malformed: what was wrong, never a byte of the client's.
    [[nodiscard]] const std::string& fault() const { return fault_; }

private:
    struct Parser;
    void read_on();

    std::size_t most_of_head_;
    std::size_t most_of_body_;
    std::unique_ptr<Parser> parser_;
    std::string pending_;
    State state_ = State::need_more;
    bool keeps_alive_ = true;
    bool continue_asked_ = false;
    std::string fault_;
};

}  // namespace gateproof::stage
