#include "harness/probe/http/date.hpp"

#include <curl/curl.h>

#include <charconv>
#include <string>

namespace gateproof {

std::optional<std::chrono::system_clock::time_point> http_date(std::string_view text) {
    constexpr std::size_t longest = 64;
    constexpr std::time_t latest = 7'258'118'399;  // 2199: what a clock of 64 bits in nanoseconds can hold
    if (text.empty() || text.size() > longest) {
        return std::nullopt;
    }
    const std::time_t time = curl_getdate(std::string(text).c_str(), nullptr);
    return time < 0 || time > latest ? std::nullopt : std::optional(std::chrono::system_clock::from_time_t(time));
}

std::optional<std::chrono::system_clock::time_point> date_of(const HttpResponse& response) {
    const std::string* const written = response.header("date");
    auto date = written == nullptr ? std::nullopt : http_date(*written);
    const std::string* const age = response.header("age");
    if (date && age != nullptr) {
        std::int32_t seconds = 0;
        const auto [end, error] = std::from_chars(age->data(), age->data() + age->size(), seconds);
        if (error == std::errc() && end == age->data() + age->size() && seconds > 0) {
            *date += std::chrono::seconds(seconds);
        }
    }
    return date;
}

}  // namespace gateproof
