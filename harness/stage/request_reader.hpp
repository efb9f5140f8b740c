// HTTP/1.1 requests of a client, one after the other, within bounds. Heads are Beast's; bodies are not, since some
// chunks that clients may send end its parser by an assertion. Of harness/stage alone.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "harness/stage/application.hpp"

namespace gateproof::stage {

class RequestReader {
public:
    enum class State { need_more, done, malformed };

    RequestReader(std::size_t most_of_head, std::size_t most_of_body);
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
    enum class Part { head, body, chunk_head, chunk, trailers };

    void read_on();
    // Each reads one part; false: its bytes are not all there, or it is refused.
    bool read_head();
    bool read_body();
    bool read_chunk_head();
    bool read_chunk();
    bool read_trailer();
    std::optional<std::size_t> find_end(std::string_view end, std::size_t most);
    void take_bytes();
    void refuse(std::string fault);

    std::size_t most_of_head_;
    std::size_t most_of_body_;
    std::string pending_;
    std::size_t searched_ = 0;  ///< of pending_, for the end of a head or a line
    Part part_ = Part::head;
    Request request_;           ///< as far as it has come
    std::size_t left_ = 0;      ///< of the body, or of the chunk
    std::size_t trailers_ = 0;  ///< bytes of them
    State state_ = State::need_more;
    bool keeps_alive_ = true;
    bool expects_ = false;
    std::string fault_;
};

}  // namespace gateproof::stage
