#include "suites/client/throttle/repetitions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

#include "harness/text/ascii.hpp"

namespace gateproof::suites {

namespace {

using stage::RequestSeen;
using stage::Visit;
using std::chrono::milliseconds;

const std::vector<Visit>& visits_at(const Attempt& attempt, PutOffAt where) {
    return where == PutOffAt::authority ? attempt.authority : attempt.visits;
}

bool is_put_off(const RequestSeen& request) {
    return request.status == 429 || request.status == 503;
}

/// What a request asks for, in whatever way it is written.
std::string wanted(const RequestSeen& request) {
    std::string path = lower_case(request.path());
    for (std::size_t at = path.find("//"); at != std::string::npos; at = path.find("//", at)) {
        path.erase(at, 1);
    }
    if (path.size() > 1 && path.ends_with('/')) {
        path.pop_back();
    }
    return fmt::format("{} {}", request.method, path);
}

std::vector<Arrival> arrivals(const std::vector<Visit>& visits) {
    std::vector<Arrival> all;
    for (const Visit& visit : visits) {
        for (const RequestSeen& request : visit.requests) {
            all.push_back({&request, &visit});
        }
    }
    std::ranges::sort(all, {}, [](const Arrival& one) { return one.request->first_byte; });
    return all;
}

milliseconds between(stage::Time from, stage::Time to) {
    return std::chrono::duration_cast<milliseconds>(to - from);
}

Repetition::Wait wait_between(const Attempt& attempt, stage::Time from, stage::Time to) {
    const stage::Lateness::Bounds bounds = attempt.lateness.between(from, to);
    return {between(from, to), bounds.least, bounds.most};
}

/// Before its new connection came, and behind the handshake.
Repetition::Wait pause_around(const Attempt& attempt, const Visit& visit, stage::Time answered, stage::Time called) {
    const Repetition::Wait before = wait_between(attempt, answered, visit.began);
    const Repetition::Wait behind =
        wait_between(attempt, std::min(visit.finished_at.value_or(visit.began), called), called);
    return {before.noted + behind.noted, before.least + behind.least, before.most + behind.most};
}

}  // namespace

std::vector<Arrival> put_off_call(const Attempt& attempt, PutOffAt where) {
    std::vector<Arrival> all = arrivals(visits_at(attempt, where));
    const auto first = std::ranges::find_if(all, [](const Arrival& one) { return is_put_off(*one.request); });
    if (first == all.end()) {
        return {};
    }
    const std::string call = wanted(*first->request);
    std::vector<Arrival> came;
    std::copy_if(first, all.end(), std::back_inserter(came),
                 [&](const Arrival& one) { return wanted(*one.request) == call; });
    return came;
}

std::vector<Repetition> repetitions_at(const Attempt& attempt, PutOffAt where) {
    std::vector<Repetition> all;
    const std::vector<Arrival> came = put_off_call(attempt, where);
    for (std::size_t i = 1; i < came.size(); ++i) {
        const RequestSeen& before = *came[i - 1].request;
        if (!is_put_off(before) || !before.answered) {
            continue;
        }
        const RequestSeen& request = *came[i].request;
        const Visit& visit = *came[i].visit;
        const bool is_new = visit.began > *before.answered;
        Repetition made;
        made.gap = wait_between(attempt, *before.answered, request.first_byte);
        made.pause = is_new ? pause_around(attempt, visit, *before.answered, request.first_byte) : made.gap;
        // No answer leaves before its request was noted whole, however late the rest was noted.
        const milliseconds since_asked = between(before.whole.value_or(before.first_byte), request.first_byte);
        made.gap.most = std::min(made.gap.most, since_asked);
        made.pause.most = std::min(made.pause.most, since_asked);
        made.back = between(*before.answered, is_new ? visit.began : request.first_byte);
        all.push_back(made);
    }
    return all;
}

void note_retries(Evidence& evidence, const std::vector<Attempt>& attempts, milliseconds told, PutOffAt where) {
    constexpr std::size_t most = 64;
    int start = 0;
    for (const Attempt& attempt : attempts) {
        const std::vector<Arrival> came = put_off_call(attempt, where);
        ++start;
        if (came.empty()) {
            continue;
        }
        std::string times;
        std::string statuses;
        for (std::size_t i = 0; i < std::min(came.size(), most); ++i) {
            const std::string_view comma = i == 0 ? "" : ", ";
            times += fmt::format("{}{}", comma,
                                 between(came.front().request->first_byte, came[i].request->first_byte).count());
            statuses += fmt::format("{}{}", comma, came[i].request->status);
        }
        evidence.add("retry_times")
            .with("start", start)
            .with("told_ms", told.count())
            .with("at_ms", times)
            .with("status", statuses);
    }
}

}  // namespace gateproof::suites
