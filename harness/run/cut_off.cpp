#include "harness/run/cut_off.hpp"

#include <algorithm>

namespace gateproof {

namespace {

constexpr std::size_t most_named = 3;

}  // namespace

CutOffWatch::Next CutOffWatch::after_control(bool served, std::string_view answer, Clock::time_point begun) {
    if (served) {
        has_served_ = true;
        served_at_ = begun;
        failed_ = 0;
        found_.reset();
        return Next::go_on;
    }
    if (!has_served_ || limits_.cut_off_after == 0) {
        return Next::go_on;
    }
    if (failed_++ == 0) {
        const auto ago = std::chrono::duration_cast<std::chrono::system_clock::duration>(Clock::now() - begun);
        found_ = CutOff{std::chrono::system_clock::now() - ago, last_senders(begun), {}};
    }
    found_->answer = answer;
    if (failed_ < limits_.cut_off_after) {
        return Next::ask_again;
    }
    return failed_ == limits_.cut_off_after ? Next::wait_and_ask : Next::end_of_target;
}

std::vector<std::string> CutOffWatch::last_senders(Clock::time_point before) const {
    std::vector<std::pair<Clock::time_point, std::string>> sent;
    for (const auto& [check, at] : senders_) {
        if (at <= before) {
            sent.emplace_back(at, check);
        }
    }
    std::sort(sent.begin(), sent.end(), std::greater<>());
    std::vector<std::string> names;
    for (const auto& [at, check] : sent) {
        // What was sent before we were served the last time was not taken ill, unless nothing was sent since.
        if (names.size() == most_named || (at < served_at_ && !names.empty())) {
            break;
        }
        names.push_back(check);
    }
    return names;
}

}  // namespace gateproof
