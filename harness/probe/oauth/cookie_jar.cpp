#include "harness/probe/oauth/cookie_jar.hpp"

#include <algorithm>

#include "harness/text/ascii.hpp"

namespace gateproof {
namespace {

/// RFC 6265 5.1.4: the folder of the request's path.
std::string default_path(std::string_view path) {
    path = path.substr(0, path.find('?'));
    const std::size_t slash = path.rfind('/');
    return slash == 0 || slash == std::string_view::npos ? "/" : std::string(path.substr(0, slash));
}

bool path_matches(std::string_view path, std::string_view cookie_path) {
    path = path.substr(0, path.find('?'));
    if (!path.starts_with(cookie_path)) {
        return false;
    }
    return path.size() == cookie_path.size() || cookie_path.back() == '/' || path[cookie_path.size()] == '/';
}

bool has_control(std::string_view text) {
    return std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

}  // namespace

void CookieJar::take(const HttpResponse& response, std::string_view path) {
    for (const auto& [name, value] : response.headers) {
        if (name == "set-cookie" && value.size() <= max_cookie_bytes && !has_control(value)) {
            take_one(value, path);
        }
    }
}

void CookieJar::take_one(std::string_view text, std::string_view path) {
    const std::size_t equals = text.find('=');
    const std::size_t end = std::min(text.find(';'), text.size());
    if (equals == 0 || equals >= end) {
        return;
    }
    Cookie cookie{std::string(trimmed(text.substr(0, equals))),
                  std::string(trimmed(text.substr(equals + 1, end - equals - 1))), default_path(path)};
    bool expired = false;
    for (std::string_view rest = text.substr(end); !rest.empty();) {
        rest.remove_prefix(1);  // ';'
        const std::string_view attribute = trimmed(rest.substr(0, rest.find(';')));
        rest.remove_prefix(std::min(rest.find(';'), rest.size()));
        const std::size_t is = std::min(attribute.find('='), attribute.size());
        const std::string_view name = trimmed(attribute.substr(0, is));
        const std::string_view value = trimmed(attribute.substr(std::min(is + 1, attribute.size())));
        if (same_ignoring_case(name, "path") && value.starts_with('/')) {
            cookie.path = value;
        }
        // Clocks are left alone: servers delete a cookie with Max-Age=0 or a date in 1970.
        expired = expired || (same_ignoring_case(name, "max-age") && (value == "0" || value.starts_with('-'))) ||
                  (same_ignoring_case(name, "expires") && value.find(" 1970 ") != std::string_view::npos) ||
                  (same_ignoring_case(name, "expires") && value.find("-1970 ") != std::string_view::npos);
    }
    std::erase_if(cookies_, [&](const Cookie& one) { return one.name == cookie.name && one.path == cookie.path; });
    if (!expired && cookies_.size() < max_cookies) {
        cookies_.push_back(std::move(cookie));
    }
}

std::string CookieJar::header(std::string_view path) const {
    std::string out;
    for (const Cookie& cookie : cookies_) {
        if (path_matches(path, cookie.path)) {
            out += (out.empty() ? "" : "; ") + cookie.name + '=' + cookie.value;
        }
    }
    return out;
}

}  // namespace gateproof
