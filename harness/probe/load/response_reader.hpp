// One HTTP/1.1 response after another from the bytes of a connection (RFC 9112): fast, bounded, no more than a load
// needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gateproof::load {

class ResponseReader {
public:
    /// A longer header section is malformed.
    static constexpr std::size_t max_head = std::size_t{64} * 1024;
    /// More of a body than this is counted, not kept.
    static constexpr std::size_t max_body = std::size_t{64} * 1024;
    /// A body is read for no longer than this: malformed beyond.
    static constexpr std::uint64_t max_length = std::uint64_t{64} * 1024 * 1024;

    enum class State {
        head,       ///< more of the header section is to come
        body,       ///< more of the body is to come
        done,       ///< the response is whole
        malformed,  ///< what came is no HTTP/1.1 response
    };

    /// Takes bytes until the response is whole; what comes after it is left. Returns how many were taken.
    std::size_t feed(std::string_view bytes);
    /// The connection ended: a body that ends with it is whole.
    void end();
    /// For the next response; `head_request`: it has no body whatever its headers say (RFC 9110 9.3.2).
    void restart(bool head_request = false);

    [[nodiscard]] State state() const { return state_; }
    /// Something of this response has come.
    [[nodiscard]] bool begun() const { return begun_; }
    [[nodiscard]] unsigned status() const { return status_; }
    /// The connection can carry another request.
    [[nodiscard]] bool keeps_alive() const { return keep_alive_ && state_ == State::done; }
    /// Status line and header lines as they came, without the empty line.
    [[nodiscard]] std::string_view head() const { return {head_.data(), head_end_}; }
    [[nodiscard]] const std::string& body() const { return body_; }
    [[nodiscard]] std::uint64_t body_bytes() const { return received_; }

private:
    enum class Framing { length, chunked, until_close };
    enum class Chunk { size, extension, size_end, data, data_end, data_end_feed, trailer_begin, trailer, trailer_end };

    std::size_t feed_head(std::string_view bytes);
    void read_head();
    void read_header(std::string_view line, bool& has_length, bool& chunked);
    std::size_t feed_body(std::string_view bytes);
    std::size_t feed_chunks(std::string_view bytes);
    void chunk_control(char c);
    void keep(std::string_view bytes);

    State state_ = State::head;
    Framing framing_ = Framing::length;
    Chunk chunk_ = Chunk::size;
    bool begun_ = false;
    bool head_request_ = false;
    bool keep_alive_ = true;
    bool digits_ = false;  ///< the chunk's size has at least one
    unsigned status_ = 0;
    std::string head_;
    std::size_t head_end_ = 0;
    std::string body_;
    std::uint64_t received_ = 0;
    std::uint64_t left_ = 0;  ///< of the body (length) or of the chunk
    std::size_t trailers_ = 0;
};

}  // namespace gateproof::load
