#include <fmt/format.h>

#include <random>

#include "tests/hostile/script.hpp"

namespace gateproof::test {

std::string number(std::uint64_t value, std::size_t bytes) {
    std::string out;
    for (std::size_t left = bytes; left > 0; --left) {
        out += static_cast<char>(value >> (8 * (left - 1)) & 0xff);
    }
    return out;
}

std::string record(std::uint8_t type, std::string_view body, std::uint16_t version, std::uint16_t claimed) {
    const std::size_t length = claimed != 0 ? claimed : body.size();
    return number(type, 1) + number(version, 2) + number(length, 2) + std::string(body);
}

std::string handshake(std::uint8_t type, std::string_view body, std::uint32_t claimed) {
    const std::size_t length = claimed != 0 ? claimed : body.size();
    return record(22, number(type, 1) + number(length, 3) + std::string(body));
}

std::string answer(std::string_view type, std::string_view body, std::string_view status, std::string_view headers) {
    return fmt::format("HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n{}\r\n{}", status, type, body.size(),
                       headers, body);
}

std::string repeated(std::string_view text, std::size_t times) {
    std::string out;
    out.reserve(text.size() * times);
    for (std::size_t i = 0; i < times; ++i) {
        out += text;
    }
    return out;
}

std::string noise(std::size_t bytes) {
    std::mt19937 random(20'260'101);
    std::string out(bytes, '\0');
    for (char& c : out) {
        c = static_cast<char>(random());
    }
    return out;
}

}  // namespace gateproof::test
