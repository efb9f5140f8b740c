#include <fmt/format.h>

#include <algorithm>

#include "harness/json/reader.hpp"
#include "harness/profile/read/profile.hpp"

namespace gateproof {

namespace {

using Rank = Problems::Rank;

constexpr std::int64_t longest_ms = 86'400'000;  // limits are declared by the day at most

void read_time(const JsonField& field, Problems& problems, std::int64_t least, std::chrono::milliseconds& value) {
    if (const auto number = read_integer(field, problems, least, longest_ms)) {
        value = std::chrono::milliseconds(*number);
    }
}

void read_limit(const JsonField& field, Problems& problems, ThrottleLimits& limits) {
    if (!field) {
        return;
    }
    ObjectReader reader(field, problems, "an object with \"requests\" or \"concurrency\"");
    const JsonField concurrency = reader.optional("concurrency");
    const JsonField requests = concurrency ? reader.optional("requests")
                                           : reader.required("requests",
                                                             "how many requests each window allows, or "
                                                             "\"concurrency\", how many calls at once");
    const JsonField window = reader.optional("window_ms");
    const JsonField burst = reader.optional("burst");
    const JsonField tolerance = reader.optional("tolerance");
    reader.finish();
    limits.tolerance = read_number(tolerance, problems, 0, 10).value_or(limits.tolerance);
    if (concurrency) {
        for (const JsonField& other : {requests, window, burst}) {
            if (other) {
                problems.error(Rank::value, other,
                               "a limit of calls at once has no number of requests; \"throttle\" takes a list of two "
                               "limits, one of each kind");
            }
        }
        limits.concurrency = read_integer(concurrency, problems, 1, 1000).value_or(1);
        return;
    }
    limits.requests = read_integer(requests, problems, 1, 1'000'000).value_or(1);
    read_time(window, problems, 10, limits.window);
    limits.burst = read_integer(burst, problems, 1, 1'000'000).value_or(limits.requests);
}

void read_refusal(const JsonField& field, Problems& problems, ThrottleLimits& limits) {
    if (!field) {
        return;
    }
    ObjectReader reader(field, problems);
    const JsonField status = reader.optional("status");
    const JsonField retry_after = reader.optional("retry_after");
    const JsonField contains = reader.optional("body_contains");
    const JsonField fault = reader.optional("soap_fault");
    reader.finish();
    if (status) {
        limits.refusal_status.clear();
        for (const JsonField& item : read_list(status, problems, "a list of HTTP status codes such as [429]")) {
            if (const auto code = read_integer(item, problems, 400, 599)) {
                limits.refusal_status.push_back(static_cast<int>(*code));
            }
        }
    }
    limits.refusal_retry_after = read_bool(retry_after, problems).value_or(limits.refusal_retry_after);
    limits.refusal_body = read_text(contains, problems).value_or("");
    limits.soap_fault = read_text(fault, problems).value_or(limits.soap_fault);
}

void read_paths(const JsonField& field, Problems& problems, std::vector<std::string>& paths) {
    if (!field) {
        return;
    }
    for (const JsonField& item : read_list(field, problems, "a list of paths")) {
        const std::optional<std::string> path = read_text(item, problems, "a path");
        if (!path) {
            continue;
        }
        const bool good = !path->empty() && path->front() == '/' &&
                          std::ranges::all_of(*path, [](char c) { return c > ' ' && c < 0x7F && c != '#'; });
        if (!good) {
            problems.error(Rank::value, item,
                           fmt::format("expected a path that begins with '/', without spaces and '#', found {}",
                                       in_quotes(*path)));
        } else {
            paths.push_back(*path);
        }
    }
}

void read_tokens(const JsonField& field, References& references, std::vector<std::string>& tokens) {
    if (!field) {
        return;
    }
    Problems& problems = references.problems();
    for (const JsonField& item : read_list(field, problems, "a list of values of Authorization")) {
        const std::optional<ResolvedText> text = references.literal_or_follow(item, "a value of Authorization");
        if (!text) {
            continue;
        }
        std::string value = without_line_end(text->text);
        references.keep_secret(value);
        if (text->source.empty()) {
            problems.warning(item, "a token stands in the profile itself; write env:NAME or file:PATH instead");
        }
        const bool good = !value.empty() && std::ranges::all_of(value, [](char c) { return c >= ' ' && c < 0x7F; });
        if (!good) {
            problems.error(Rank::value, item, "a header value must not be empty or hold control characters");
        }
        tokens.push_back(std::move(value));
    }
}

void read_keyed_by(const JsonField& field, Problems& problems, ThrottleKey& key) {
    const std::optional<std::string> word = read_choice(field, problems, {"certificate", "address", "token"});
    for (const ThrottleKey one : {ThrottleKey::certificate, ThrottleKey::address, ThrottleKey::token}) {
        key = word == to_string(one) ? one : key;
    }
}

void read_load(const JsonField& field, Problems& problems, LoadLimits& load) {
    if (!field) {
        return;
    }
    ObjectReader reader(field, problems);
    const JsonField rate = reader.optional("requests_per_second");
    const JsonField requests = reader.optional("requests");
    const JsonField duration = reader.optional("duration_ms");
    const JsonField errors = reader.optional("errors");
    const JsonField connections = reader.optional("connections");
    reader.finish();
    load.requests_per_second = read_number(rate, problems, 1, 10'000).value_or(load.requests_per_second);
    load.requests = read_integer(requests, problems, 1, 1'000'000).value_or(load.requests);
    if (const auto number = read_integer(duration, problems, 100, 3'600'000)) {
        load.duration = std::chrono::milliseconds(*number);
    }
    load.errors = static_cast<int>(read_integer(errors, problems, 1, 10'000).value_or(load.errors));
    load.connections = static_cast<int>(read_integer(connections, problems, 1, 1000).value_or(load.connections));
}

bool asks_for(const Operation& operation, const std::string& number) {
    return operation.path.find(number) != std::string::npos || operation.body.find(number) != std::string::npos;
}

/// The number has to be the one that the operation asks for: another would be used up unasked.
void read_set_aside(const JsonField& field, References& references, const Profile& profile, ThrottleLimits& limits) {
    if (!field) {
        return;
    }
    Problems& problems = references.problems();
    const std::optional<ResolvedText> text = references.literal_or_follow(field, "an IRD number");
    if (!text) {
        return;
    }
    limits.ird_set_aside = without_line_end(text->text);
    const bool digits = (limits.ird_set_aside.size() == 8 || limits.ird_set_aside.size() == 9) &&
                        std::ranges::all_of(limits.ird_set_aside, [](char c) { return c >= '0' && c <= '9'; });
    if (!digits) {
        problems.error(Rank::value, field, "expected an IRD number, 8 or 9 digits");
        return;
    }
    const auto operation = profile.operations.find(limits.operation);
    if (operation != profile.operations.end() && !asks_for(operation->second, limits.ird_set_aside)) {
        problems.error(
            Rank::value, field,
            fmt::format("operation {} asks for another number than the one that is set aside; write this one "
                        "into its path or body",
                        in_quotes(limits.operation)));
    }
}

/// One limit, of either kind.
void read_one_limit(const JsonField& field, const JsonField& operations, References& references, Profile& profile) {
    Problems& problems = references.problems();
    ObjectReader reader(field, problems, "an object with \"limit\"");
    const JsonField operation = reader.optional("operation");
    const JsonField limit = reader.required("limit", "the declared limit, such as {\"requests\": 10}");
    const JsonField refusal = reader.optional("refusal");
    const JsonField recovery = reader.optional("recovery_ms");
    const JsonField keyed_by = reader.optional("keyed_by");
    const JsonField paths = reader.optional("paths");
    const JsonField tokens = reader.optional("tokens");
    const JsonField slowdown = reader.optional("slowdown_ms");
    const JsonField set_aside = reader.optional("ird_set_aside");
    const JsonField load = reader.optional("load");
    reader.finish();
    ThrottleLimits limits;
    limits.operation =
        operation ? read_operation_name(operation, operations, problems, profile.operations) : profile.control;
    read_limit(limit, problems, limits);
    if (limits.concurrency > 0) {
        limits.refusal_retry_after = false;
        limits.soap_fault = "UnAuthorised";
    }
    read_refusal(refusal, problems, limits);
    limits.recovery = limits.concurrency > 0 ? std::chrono::milliseconds(5000) : limits.window;
    read_time(recovery, problems, 1, limits.recovery);
    read_keyed_by(keyed_by, problems, limits.keyed_by);
    read_paths(paths, problems, limits.paths);
    read_tokens(tokens, references, limits.tokens);
    read_time(slowdown, problems, 1, limits.slowdown);
    read_set_aside(set_aside, references, profile, limits);
    read_load(load, problems, limits.load);
    for (const JsonField& other : {keyed_by, paths, tokens, slowdown}) {
        if (other && limits.concurrency > 0) {
            problems.error(Rank::value, other, "this is of a limit of requests in a time, not of calls at once");
        }
    }
    std::optional<ThrottleLimits>& place = limits.concurrency > 0 ? profile.concurrency : profile.throttle;
    if (place) {
        problems.error(Rank::value, field, "a second limit of the same kind; \"throttle\" takes one of each");
    }
    place = std::move(limits);
}

}  // namespace

std::string_view to_string(ThrottleKey key) {
    switch (key) {
        case ThrottleKey::certificate: return "certificate";
        case ThrottleKey::address: return "address";
        case ThrottleKey::token: return "token";
    }
    return "certificate";
}

void read_throttle_limits(const JsonField& field, const JsonField& operations, References& references,
                          Profile& profile) {
    if (!field) {
        return;
    }
    if (field.node->kind != JsonNode::Kind::array) {
        read_one_limit(field, operations, references, profile);
        return;
    }
    for (const JsonField& one :
         read_list(field, references.problems(), "an object with \"limit\", or a list of two of them")) {
        read_one_limit(one, operations, references, profile);
    }
}

}  // namespace gateproof
