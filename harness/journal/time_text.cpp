#include <charconv>

#include "harness/journal/codec.hpp"

namespace gateproof {
namespace {

/// Decimal digits alone, as many as `text` holds.
std::optional<unsigned> digits(std::string_view text) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

}  // namespace

std::string iso_time(std::chrono::system_clock::time_point time) {
    using namespace std::chrono;
    const auto millis = floor<milliseconds>(time);
    const auto day = floor<days>(millis);
    const year_month_day date(day);
    const hh_mm_ss<milliseconds> clock(millis - day);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", int{date.year()}, unsigned{date.month()},
                       unsigned{date.day()}, clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                       clock.subseconds().count());
}

std::optional<std::chrono::system_clock::time_point> parse_iso_time(std::string_view text) {
    using namespace std::chrono;
    const bool with_millis = text.size() == 24;
    if ((!with_millis && text.size() != 20) || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' ||
        text[16] != ':' || text.back() != 'Z' || (with_millis && text[19] != '.')) {
        return std::nullopt;
    }
    const auto years = digits(text.substr(0, 4));
    const auto months = digits(text.substr(5, 2));
    const auto days = digits(text.substr(8, 2));
    const auto hour = digits(text.substr(11, 2));
    const auto minute = digits(text.substr(14, 2));
    const auto second = digits(text.substr(17, 2));
    const auto milli = with_millis ? digits(text.substr(20, 3)) : std::optional(0U);
    if (!years || !months || !days || !hour || !minute || !second || !milli) {
        return std::nullopt;
    }
    const year_month_day date(year(static_cast<int>(*years)), month(*months), day(*days));
    if (!date.ok() || *years < 1970 || *years > 2199 || *hour > 23 || *minute > 59 || *second > 60) {
        return std::nullopt;
    }
    return sys_days(date) + hours(*hour) + minutes(*minute) + seconds(*second) + milliseconds(*milli);
}

}  // namespace gateproof
