// Reading HTTP/1.1 answers (RFC 9112). Everything that a server sends is
// bounded.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/faults/fault_set.hpp"
#include "client/tls/connection.hpp"

namespace gateproof::client {

struct Field {
    std::string name;
    std::string value;
};

struct Answer {
    unsigned status = 0;
    std::vector<Field> fields;
    std::string body;
    bool keeps_open = false;  ///< the server takes another request on the connection

    /// The first field of this name, whatever its case; empty: none.
    [[nodiscard]] std::string_view field(std::string_view name) const;
};

struct HttpLimits {
    std::size_t head = 64 * 1024;
    std::size_t fields = 200;
    std::size_t body = 8 * 1024 * 1024;
    int informational = 20;  ///< 1xx answers before the real one
};

/// Reads one answer after the other from a connection.
class HttpReader {
public:
    using Source = std::function<Piece(char* buffer, std::size_t size)>;

    HttpReader(Source source, const FaultSet& faults, const HttpLimits& limits = {})
        : source_(std::move(source)), faults_(faults), limits_(limits) {
        if (faults_.has("reads-for-ever")) {
            limits_ = {std::size_t{1} << 40, std::size_t{1} << 40, std::size_t{1} << 40, limits.informational};
        }
    }

    /// What became of an answer: problem() is empty when it came whole.
    Answer read();
    [[nodiscard]] const std::string& problem() const { return problem_; }
    /// How reading ended, when the source ended it.
    [[nodiscard]] End end() const { return end_; }
    /// Whether a byte of the answer came.
    [[nodiscard]] bool begun() const { return begun_; }
    /// Bytes came that no request asked for.
    [[nodiscard]] bool surplus() const { return at_ < buffer_.size(); }

private:
    enum class Framing { none, length, chunks, until_close };

    bool fail(std::string problem);
    /// Takes what came before the end for everything, where the fault has it so.
    bool makes_do(FaultName fault);
    /// False at the end of the source; problem_ is set.
    bool fill();
    bool line(std::string& text, std::size_t& budget);
    bool read_head(Answer& answer);
    bool read_fields(std::vector<Field>& fields, std::size_t& budget);
    bool framing_of(const Answer& answer, Framing& framing, std::size_t& length);
    bool take(std::size_t count, std::string& body);
    bool read_body(Answer& answer);
    bool read_chunks(std::string& body);
    bool read_until_close(std::string& body);

    Source source_;
    const FaultSet& faults_;
    HttpLimits limits_;
    std::string buffer_;
    std::size_t at_ = 0;
    std::string problem_;
    End end_ = End::none;
    bool begun_ = false;
};

}  // namespace gateproof::client
