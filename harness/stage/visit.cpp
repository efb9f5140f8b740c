#include "harness/stage/visit.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/profile/profile.hpp"
#include "harness/text/ascii.hpp"

namespace gateproof::stage {
namespace {

using std::chrono::milliseconds;

milliseconds between(Time from, Time to) {
    return std::chrono::duration_cast<milliseconds>(to - from);
}

/// "Bearer (access token)": the scheme of a credential is no secret, where it has one.
std::string covered(std::string_view value, const std::vector<std::string>& labels) {
    const std::size_t blank = value.find(' ');
    constexpr std::size_t longest_scheme = 16;
    const bool scheme = blank != std::string_view::npos && blank <= longest_scheme &&
                        std::all_of(value.begin(), value.begin() + static_cast<std::ptrdiff_t>(blank), is_alphanumeric);
    return fmt::format("{}({})", scheme ? value.substr(0, blank + 1) : std::string_view(),
                       labels.empty() ? std::string("unknown") : fmt::format("{}", fmt::join(labels, ", ")));
}

/// How the client ended it, in the past tense, with how far it had come.
std::string refusal_text(const Visit& visit) {
    const std::string after = visit.took() ? fmt::format(" after {} ms", visit.took()->count()) : std::string();
    if (visit.alert) {
        return fmt::format("refused with alert {}{}", visit.alert->name(), after);
    }
    const std::string_view where = visit.finished_at ? "after its handshake" : "after its ClientHello";
    const std::string_view how = visit.end == Ending::reset ? "reset the connection"
                                 : visit.close_notify       ? "closed with close_notify"
                                                            : "closed without a word";
    return visit.finished_at && visit.took()
               ? fmt::format("{} {}, {} ms after its ClientHello", how, where, visit.took()->count())
               : fmt::format("{}{} {}", how, after, after.empty() ? where : "of its ClientHello");
}

std::string stage_text(const Visit& visit) {
    const std::string_view where = visit.finished_at ? "after the handshake"
                                   : visit.hello     ? "after the ClientHello"
                                                     : "before a ClientHello";
    if (visit.our_alert) {
        return fmt::format("ended by this gateway with alert {} {}", visit.our_alert->name(), where);
    }
    return fmt::format("{} by this gateway {}", visit.end == Ending::timeout ? "silent, and ended" : "ended", where);
}

std::string request_text(const Visit& visit) {
    const RequestSeen& first = visit.requests.front();
    std::string text = fmt::format("asked {}{} {}", first.in_clear ? "in clear for " : "", first.method, first.path());
    text += first.status == 0 ? " and was not answered" : fmt::format(" and was answered {}", first.status);
    if (visit.request_count > 1) {
        text += fmt::format(", and {} more", visit.request_count - 1);
    }
    return text;
}

}  // namespace

std::string_view to_string(Reached reached) {
    switch (reached) {
        case Reached::nothing: return "nothing";
        case Reached::connection: return "connection";
        case Reached::hello: return "hello";
        case Reached::finished: return "finished";
        case Reached::request: return "request";
        case Reached::answered: return "answered";
    }
    return "?";
}

std::string RequestSeen::path() const {
    return target.substr(0, target.find('?'));
}

bool RequestSeen::carried(std::string_view label) const {
    return std::any_of(secrets.begin(), secrets.end(), [&](const CarriedSecret& one) { return one.label == label; });
}

RequestSeen seen(std::shared_ptr<const Request> raw, const FindLabels& labels) {
    RequestSeen seen;
    const auto find = [&](std::string_view text, const std::string& where) {
        std::vector<std::string> found = labels ? labels(text) : std::vector<std::string>();
        for (const std::string& label : found) {
            seen.secrets.push_back({where, label});
        }
        return found;
    };
    seen.method = raw->method;
    seen.target = raw->target.substr(0, RequestSeen::most_of_target);
    if (const std::vector<std::string> found = find(raw->target, "target"); !found.empty()) {
        seen.target = fmt::format("{}?({})", seen.path(), fmt::join(found, ", "));
        if (labels && !labels(seen.path()).empty()) {
            seen.target = fmt::format("/({})", fmt::join(found, ", "));
        }
    }
    for (const auto& [name, value] : raw->fields) {
        if (seen.fields.size() == RequestSeen::most_fields) {
            break;
        }
        const std::vector<std::string> found = find(value, "field " + lower_case(name));
        const bool hidden = is_credential(name) || !found.empty();
        seen.fields.emplace_back(name, hidden ? covered(value, found) : value.substr(0, RequestSeen::most_of_value));
    }
    seen.body_size = raw->body.size();
    find(raw->body, "body");
    seen.raw = std::move(raw);
    return seen;
}

Reached Visit::reached() const {
    if (std::any_of(requests.begin(), requests.end(),
                    [](const RequestSeen& one) { return one.answered.has_value(); })) {
        return Reached::answered;
    }
    if (accepted_at) {
        return Reached::request;
    }
    if (finished_at) {
        return Reached::finished;
    }
    return hello ? Reached::hello : Reached::connection;
}

bool Visit::refused() const {
    return hello && !accepted_at && !went_on && ended && !by_stage && is_refusal(end);
}

std::string Visit::refusal() const {
    if (!refused()) {
        return {};
    }
    return alert                  ? fmt::format("alert {}", alert->name())
           : end == Ending::reset ? std::string("reset")
           : close_notify         ? std::string("closed with close_notify")
                                  : std::string("closed");
}

std::optional<milliseconds> Visit::took() const {
    const std::optional<Time> until = alert_at ? alert_at : ended;
    return hello_at && until ? std::optional(between(*hello_at, *until)) : std::nullopt;
}

std::string Visit::summary() const {
    if (!requests.empty()) {
        return request_text(*this);
    }
    if (stray && !tunnel.empty()) {
        return fmt::format("asked the proxy for {}", tunnel);
    }
    if (in_clear) {
        return "spoke HTTP without TLS";
    }
    if (accepted_at) {
        return not_http ? "sent application data that is no HTTP request" : "began a request and did not end it";
    }
    if (!ended) {
        return fmt::format("is connected, and came as far as {}", to_string(reached()));
    }
    if (went_on && !by_stage) {
        return "went on with the handshake";
    }
    if (by_stage) {
        return went_on ? "went on with the handshake" : stage_text(*this);
    }
    if (hello) {
        return is_refusal(end) ? refusal_text(*this) : fmt::format("{} after the ClientHello", words_for(end));
    }
    if (first_bytes > 0) {
        return fmt::format("sent {} bytes that are no ClientHello", first_bytes);
    }
    return fmt::format("connected and said nothing: {}", words_for(end));
}

}  // namespace gateproof::stage
