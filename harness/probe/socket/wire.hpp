// Big-endian writing and bounded reading of TLS vectors (RFC 8446 section 3).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

namespace gateproof::wire {

using Bytes = std::vector<std::uint8_t>;
using View = std::span<const std::uint8_t>;

/// Appends `value` in `width` bytes.
inline void put(Bytes& out, std::size_t value, std::size_t width) {
    if (width < sizeof(value) && value >> (8 * width) != 0) {
        throw std::length_error("a TLS field does not fit its length prefix");
    }
    for (std::size_t i = width; i > 0; --i) {
        out.push_back(static_cast<std::uint8_t>(value >> (8 * (i - 1))));
    }
}

/// Appends `body` behind its length in `width` bytes.
inline void put_vector(Bytes& out, View body, std::size_t width) {
    put(out, body.size(), width);
    out.insert(out.end(), body.begin(), body.end());
}

/// Reads from the front of a view. Once a read does not fit, everything after it reads as empty and `ok()` is false.
class Reader {
public:
    explicit Reader(View bytes) : rest_(bytes) {}

    [[nodiscard]] bool ok() const { return ok_; }
    [[nodiscard]] bool empty() const { return rest_.empty(); }
    [[nodiscard]] std::size_t left() const { return rest_.size(); }
    /// Everything was there and nothing is left.
    [[nodiscard]] bool finished() const { return ok_ && rest_.empty(); }

    View take(std::size_t count) {
        if (!ok_ || count > rest_.size()) {
            ok_ = false;
            rest_ = {};
            return {};
        }
        const View taken = rest_.first(count);
        rest_ = rest_.subspan(count);
        return taken;
    }
    std::uint32_t number(std::size_t width) {
        std::uint32_t value = 0;
        for (const std::uint8_t byte : take(width)) {
            value = value << 8 | byte;
        }
        return value;
    }
    std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
    std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
    View vector(std::size_t width) {
        const std::uint32_t length = number(width);
        return take(length);
    }

private:
    View rest_;
    bool ok_ = true;
};

}  // namespace gateproof::wire
