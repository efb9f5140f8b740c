// The cookies of one server, as far as a login needs them (RFC 6265): by name and path, bounded.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/probe/http/http.hpp"

namespace gateproof {

class CookieJar {
public:
    static constexpr std::size_t max_cookies = 50;
    static constexpr std::size_t max_cookie_bytes = std::size_t{8} * 1024;

    /// Takes the Set-Cookie headers of an answer to a request for `path`. Expired ones are forgotten.
    void take(const HttpResponse& response, std::string_view path);
    /// Value of a Cookie header for a request to `path`; empty: none.
    [[nodiscard]] std::string header(std::string_view path) const;
    [[nodiscard]] bool empty() const { return cookies_.empty(); }

private:
    struct Cookie {
        std::string name;
        std::string value;
        std::string path;
    };
    void take_one(std::string_view text, std::string_view path);

    std::vector<Cookie> cookies_;
};

}  // namespace gateproof
