#include "harness/stage/application.hpp"

#include <fmt/format.h>
#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <chrono>
#include <ctime>

#include "harness/text/ascii.hpp"

namespace gateproof::stage {
namespace {

/// RFC 9110 6.4.1, 8.6.
bool has_body(int status, std::string_view method) {
    return method != "HEAD" && status >= 200 && status != 204 && status != 304;
}

}  // namespace

std::string http_date(std::chrono::system_clock::time_point at) {
    static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::time_t seconds = std::chrono::system_clock::to_time_t(at);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", days[utc.tm_wday], utc.tm_mday, months[utc.tm_mon],
                       utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

const std::string* find_field(const Fields& fields, std::string_view name) {
    const auto found = std::find_if(fields.begin(), fields.end(),
                                    [&](const auto& field) { return same_ignoring_case(field.first, name); });
    return found != fields.end() ? &found->second : nullptr;
}

std::string encoded(const Answer& answer, std::string_view method) {
    if (!answer.raw.empty()) {
        return answer.raw;
    }
    std::string reason = answer.reason;
    if (reason.empty() && answer.status >= 0) {
        const auto usual = boost::beast::http::obsolete_reason(
            boost::beast::http::int_to_status(static_cast<unsigned>(answer.status)));
        reason.assign(usual.data(), usual.size());
    }
    std::string out = fmt::format("HTTP/1.1 {} {}\r\n", answer.status, reason);
    for (const auto& [name, value] : answer.fields) {
        out += fmt::format("{}: {}\r\n", name, value);
    }
    if (answer.framed) {
        if (find_field(answer.fields, "Date") == nullptr) {
            out += fmt::format("Date: {}\r\n", http_date(std::chrono::system_clock::now()));
        }
        const bool length = answer.status >= 200 && answer.status != 204;
        if (length && find_field(answer.fields, "Content-Length") == nullptr) {
            out += fmt::format("Content-Length: {}\r\n", answer.body.size());
        }
    }
    out += "\r\n";
    if (has_body(answer.status, method)) {
        out += answer.body;
    }
    return out;
}

}  // namespace gateproof::stage
