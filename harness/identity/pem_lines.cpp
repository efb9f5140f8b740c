#include "harness/identity/pem_lines.hpp"

#include <cctype>
#include <cstddef>

namespace gateproof {

namespace {

constexpr std::string_view dashes = "-----";

/// The base64 between two lines of dashes, without what stood for line breaks; empty: it is something else.
std::string base64_of(std::string_view body) {
    std::string base64;
    for (std::size_t at = 0; at < body.size(); ++at) {
        const char one = body[at];
        if (one == '\\' && at + 1 < body.size() && (body[at + 1] == 'n' || body[at + 1] == 'r')) {
            ++at;
        } else if (std::isalnum(static_cast<unsigned char>(one)) != 0 || one == '+' || one == '/' || one == '=') {
            base64 += one;
        } else if (one != ' ' && one != '\t') {
            return {};
        }
    }
    return base64;
}

/// Where a line of dashes that starts at `from` ends; npos: it does not.
std::size_t end_of_line_of_dashes(std::string_view text, std::size_t from) {
    const std::size_t closing = text.find(dashes, from + dashes.size());
    return closing == std::string_view::npos ? closing : closing + dashes.size();
}

}  // namespace

std::string with_pem_lines(std::string_view text) {
    constexpr std::size_t width = 64;
    std::string whole;
    for (;;) {
        const std::size_t begin = text.find("-----BEGIN ");
        const std::size_t body = begin == std::string_view::npos ? begin : end_of_line_of_dashes(text, begin);
        const std::size_t end = body == std::string_view::npos ? body : text.find("-----END ", body);
        const std::size_t after = end == std::string_view::npos ? end : end_of_line_of_dashes(text, end);
        if (after == std::string_view::npos) {
            return whole.append(text);
        }
        const std::string base64 = base64_of(text.substr(body, end - body));
        if (base64.empty()) {
            whole.append(text.substr(0, after));
        } else {
            whole.append(text.substr(0, body)).append("\n");
            for (std::size_t at = 0; at < base64.size(); at += width) {
                whole.append(base64.substr(at, width)).append("\n");
            }
            whole.append(text.substr(end, after - end)).append("\n");
        }
        text.remove_prefix(after);
    }
}

}  // namespace gateproof
