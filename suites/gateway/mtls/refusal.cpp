#include "suites/gateway/mtls/refusal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace gateproof::suites {
namespace {

constexpr std::array refusing_statuses{302, 400, 401, 403, 404, 407, 421, 495, 496, 497};

Attempt attempt_of_failure(const HttpOutcome& outcome) {
    if (outcome.response) {
        return Attempt::unclear;  // broken off: what would have come is not known
    }
    if (outcome.alert || outcome.end == Ending::closed) {
        return Attempt::refused;
    }
    if (outcome.end == Ending::reset) {
        return Attempt::reset;
    }
    return is_silence(outcome.end) ? Attempt::silent : Attempt::unclear;
}

bool carries_service(const HttpResponse& response, const HttpOutcome& ourselves) {
    return !response.body.empty() && ourselves.response && response.body == ourselves.response->body;
}

void name_refusal(std::string& refusals, const std::string& how) {
    if (refusals.find(how) == std::string::npos) {
        refusals += (refusals.empty() ? "" : ", ") + how;
    }
}

}  // namespace

Attempt attempt_of(const HttpOutcome& outcome, const HttpOutcome& ourselves, const Operation& operation) {
    if (outcome.served(operation)) {
        return Attempt::served;
    }
    if (!outcome.whole()) {
        return attempt_of_failure(outcome);
    }
    const bool refuses = std::ranges::find(refusing_statuses, outcome.response->status) != refusing_statuses.end();
    return refuses && !(ourselves.served(operation) && carries_service(*outcome.response, ourselves))
               ? Attempt::refused
               : Attempt::unclear;
}

void CountedTries::add(const HttpOutcome& outcome, const HttpOutcome& ourselves, const Operation& operation) {
    const std::string summary = outcome.summary();
    const Attempt attempt = attempt_of(outcome, ourselves, operation);
    success += gives_service(outcome, operation) ? 1 : 0;
    if (attempt == Attempt::refused) {
        add_refusal(summary, outcome.response.has_value());
        return;
    }
    ++all;
    if (attempt == Attempt::served) {
        ++served;
        service = service.empty() ? summary : service;
    } else if (attempt == Attempt::reset) {
        ++reset;
        name_refusal(refusals, summary);
    } else {
        other = other.empty() ? summary : other;
    }
}

void CountedTries::add_refusal(const std::string& how, bool by_http) {
    ++all;
    ++refused;
    at_http_level = at_http_level || by_http;
    name_refusal(refusals, how);
}

std::string CountedTries::doubt(bool control_reset) const {
    if (!other.empty()) {
        return fmt::format("{}, which is neither service nor a refusal", other);
    }
    if (all == 0) {
        return "nothing was tried";
    }
    const bool told_enough = refused >= std::min(all, refusal_tries - 1);
    if (reset == 0 || told_enough) {
        return {};
    }
    if (reset < all) {
        return fmt::format("the connection was reset in {} tries, which is no refusal unless every try ends so",
                           share(reset, all));
    }
    return control_reset ? "every try was reset, but so was a connection that is to be served" : "";
}

CountedTries count(const std::vector<HttpOutcome>& outcomes, const HttpOutcome& ourselves, const Operation& operation) {
    CountedTries tries;
    for (const HttpOutcome& outcome : outcomes) {
        tries.add(outcome, ourselves, operation);
    }
    return tries;
}

bool try_again(const std::vector<HttpOutcome>& so_far) {
    std::size_t resets = 0;
    for (const HttpOutcome& outcome : so_far) {
        if (!outcome.response && is_silence(outcome.end)) {
            return false;
        }
        resets += outcome.end == Ending::reset && !outcome.response ? 1 : 0;
    }
    const bool mixed = resets > 0 && resets < so_far.size();
    return so_far.size() < refusal_tries * (mixed ? 2 : 1);
}

bool any_served(const std::vector<HttpOutcome>& outcomes, const Operation& operation) {
    return std::ranges::any_of(outcomes, [&](const HttpOutcome& one) { return one.served(operation); });
}

bool any_reset(const std::vector<HttpOutcome>& outcomes) {
    return std::ranges::any_of(outcomes, [](const HttpOutcome& one) { return one.end == Ending::reset; });
}

std::string share(std::size_t part, std::size_t all) {
    return fmt::format("{} of {}", part, all);
}

}  // namespace gateproof::suites
