#include "reports/compare/traits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "harness/statistics/rank_test.hpp"

namespace gateproof::reports {
namespace {

using Texts = std::set<std::string>;

std::string text_of(const Observation& observation, std::string_view name) {
    const auto found =
        std::ranges::find(observation.fields, name, [](const auto& field) { return std::string_view(field.first); });
    const auto* text = found == observation.fields.end() ? nullptr : std::get_if<std::string>(&found->second);
    return text == nullptr ? std::string() : *text;
}

std::optional<std::int64_t> number_of(const Observation& observation, std::string_view name) {
    const auto found =
        std::ranges::find(observation.fields, name, [](const auto& field) { return std::string_view(field.first); });
    const auto* number = found == observation.fields.end() ? nullptr : std::get_if<std::int64_t>(&found->second);
    return number == nullptr ? std::nullopt : std::optional(*number);
}

void add_list(Texts& into, std::string_view list) {
    while (!list.empty()) {
        const std::size_t comma = list.find(", ");
        if (std::string item(list.substr(0, comma)); !item.empty()) {
            into.insert(std::move(item));
        }
        list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 2);
    }
}

/// Fields of "client_hello_seen", and what they are to a reader.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> what_hellos_offer{
    {{"versions", "versions"},
     {"cipher_suites", "cipher suites"},
     {"groups", "groups"},
     {"signature_schemes", "signature schemes"},
     {"protocols", "ALPN"},
     {"extensions", "extensions"},
     {"fingerprint", "fingerprint"}}};

bool is_service(std::string_view result) {
    return result.starts_with("HTTP 2") || result.starts_with("HTTP 3");
}

/// How the peer refused what this observation tells of; empty: it did not, or it was not the peer who ended it.
std::string refusal_of(const Observation& observation) {
    std::string result;
    if (observation.kind == "client_hello") {
        result = text_of(observation, "answer");
    } else if (observation.kind == "tcp_exchange") {
        result = text_of(observation, "end");
    } else if (observation.kind == "http_exchange" || observation.kind == "tls_handshake" ||
               observation.kind == "renegotiation") {
        result = text_of(observation, "result");
    }
    if (observation.kind == "visit") {  // of client software: it is itself the judged
        return text_of(observation, "refusal");
    }
    const bool http = result.starts_with("HTTP ") && !is_service(result);
    const bool ended = result.find("closed") != std::string::npos || result.find("reset") != std::string::npos;
    return http || ended || result.starts_with("alert ") ? result : std::string();
}

std::vector<std::string> only_in(const Texts& these, const Texts& others) {
    std::vector<std::string> rest;
    std::ranges::set_difference(these, others, std::back_inserter(rest));
    return rest;
}

/// When the calls of a check's starts came again: all first waits, all second ones, and so on.
class Schedule {
public:
    explicit Schedule(const std::vector<RetryTimes>& starts) {
        for (const RetryTimes& one : starts) {
            const std::vector<std::int64_t> waits = one.waits_ms();
            waits_.resize(std::max(waits_.size(), waits.size()));
            for (std::size_t i = 0; i < waits.size(); ++i) {
                waits_[i].push_back(static_cast<double>(waits[i]));
            }
        }
    }
    [[nodiscard]] bool differs(const Schedule& other, double most_p) const {
        if (waits_.size() != other.waits_.size()) {
            return true;
        }
        for (std::size_t i = 0; i < waits_.size(); ++i) {
            if (apart(waits_[i], other.waits_[i], most_p)) {
                return true;
            }
        }
        return false;
    }
    /// "3 repetitions, after 0.7 s, 1.4 s, 2.9 s", the medians where there are several starts.
    [[nodiscard]] std::string text() const {
        if (waits_.empty()) {
            return "no repetition";
        }
        std::string list;
        for (const std::vector<double>& waits : waits_) {
            list += fmt::format("{}{:.1f} s", list.empty() ? "" : ", ", statistics::median(waits) / 1000);
        }
        return fmt::format("{} repetition{}, after {}", waits_.size(), waits_.size() == 1 ? "" : "s", list);
    }

private:
    static bool apart(const std::vector<double>& these, const std::vector<double>& those, double most_p) {
        constexpr std::size_t enough = 8;
        constexpr double least_shift = 250;  // milliseconds, which a busy machine makes of nothing
        constexpr double far = 3;
        constexpr double by_ranks = 1.25;
        const double one = statistics::median(these);
        const double other = statistics::median(those);
        const double longer = std::max(one, other);
        const double shorter = std::min(one, other);
        if (longer - shorter < least_shift) {
            return false;
        }
        const bool many = these.size() >= enough && those.size() >= enough;
        return many ? longer > shorter * by_ranks && statistics::rank_test(these, those).p <= most_p
                    : longer > shorter * far;
    }

    std::vector<std::vector<double>> waits_;
};

class Differences {
public:
    explicit Differences(const std::string& target) : target_(target) {}

    void compare(Trait trait, const Texts& before, const Texts& after, const std::string& subject = {}) {
        if (!before.empty() && !after.empty() && before != after) {
            changes_.push_back({trait, target_, subject, only_in(before, after), only_in(after, before)});
        }
    }
    void compare_latency(const std::string& request, const std::vector<double>& before,
                         const std::vector<double>& after, const LatencyRule& rule) {
        constexpr std::size_t least = 8;  // of values on a side: below that the test's approximation does not hold
        if (before.size() < least || after.size() < least || statistics::rank_test(before, after).p > rule.most_p) {
            return;
        }
        const double then = statistics::median(before);
        const double now = statistics::median(after);
        const double slower = std::max(then, now);
        const double faster = std::min(then, now);
        if (slower < faster * rule.least_ratio || slower - faster < static_cast<double>(rule.least_shift.count())) {
            return;
        }
        const auto told = [](double micros, std::size_t count) {
            return fmt::format("median {:.1f} ms of {}", micros / 1000, count);
        };
        changes_.push_back({Trait::latency, target_, request, {told(then, before.size())}, {told(now, after.size())}});
    }
    /// What a wait has by chance is no difference: many waits are told apart by their ranks, and single ones where one
    /// is more than three times as long as the other.
    void compare_retries(const std::string& check, const std::vector<RetryTimes>& before,
                         const std::vector<RetryTimes>& after, double most_p) {
        const Schedule then(before);
        const Schedule now(after);
        if (!before.empty() && !after.empty() && then.differs(now, most_p)) {
            changes_.push_back({Trait::retries, target_, check, {then.text()}, {now.text()}});
        }
    }
    std::vector<TraitChange> take() && { return std::move(changes_); }

private:
    const std::string& target_;
    std::vector<TraitChange> changes_;
};

}  // namespace

void TargetTraits::add(const CheckRecord& check, const CheckResult& result) {
    std::vector<RetryTimes> starts = retry_times(result);
    std::ranges::move(starts, std::back_inserter(retries[check.full_id()]));
    for (const Observation& observation : result.evidence) {
        const std::string role = observation.kind == "certificate" ? text_of(observation, "role") : std::string();
        if (role == "old" || role == "new") {
            continue;  // a client's own, of a rotation: nothing that the endpoint shows
        }
        if (observation.kind == "certificate") {
            Texts& into = number_of(observation, "depth") == 0 ? certificates : chain;
            into.insert(fmt::format("{}, issued by {}, SHA-256 {}", text_of(observation, "subject"),
                                    text_of(observation, "issuer"), text_of(observation, "sha256")));
        } else if (observation.kind == "acceptable_ca") {
            acceptable_cas.insert(text_of(observation, "subject"));
        } else if (observation.kind == "cipher_suites") {
            add_list(cipher_suites[text_of(observation, "version")], text_of(observation, "accepted"));
        } else if (observation.kind == "client_hello_seen") {
            for (const auto& [name, subject] : what_hellos_offer) {
                add_list(offers[std::string(subject)], text_of(observation, name));
            }
        } else if (observation.kind == "request_seen") {
            if (std::string agent = text_of(observation, "user_agent"); !agent.empty()) {
                offers["User-Agent"].insert(std::move(agent));
            }
        } else if (observation.kind == "groups") {
            add_list(groups, text_of(observation, "accepted"));
        } else if (observation.kind == "http_exchange" && is_service(text_of(observation, "result"))) {
            if (std::string version = text_of(observation, "tls_version"); !version.empty()) {
                tls_versions.insert(std::move(version));
            }
            if (const auto duration = number_of(observation, "duration_us")) {
                latencies[fmt::format("{} ({})", text_of(observation, "request"), text_of(observation, "result"))]
                    .push_back(static_cast<double>(*duration));
            }
        }
        if (std::string refusal = refusal_of(observation); !refusal.empty()) {
            refusals[check.full_id()].insert(std::move(refusal));
        }
    }
}

std::vector<TraitChange> trait_changes(const std::string& target, const TargetTraits& before, const TargetTraits& after,
                                       const LatencyRule& rule) {
    Differences differences(target);
    differences.compare(Trait::certificate, before.certificates, after.certificates);
    differences.compare(Trait::chain, before.chain, after.chain);
    differences.compare(Trait::acceptable_cas, before.acceptable_cas, after.acceptable_cas);
    differences.compare(Trait::tls_version, before.tls_versions, after.tls_versions);
    for (const auto& [version, suites] : before.cipher_suites) {
        if (const auto now = after.cipher_suites.find(version); now != after.cipher_suites.end()) {
            differences.compare(Trait::cipher_suite, suites, now->second, version);
        }
    }
    differences.compare(Trait::group, before.groups, after.groups);
    for (const auto& [subject, offered] : before.offers) {
        if (const auto now = after.offers.find(subject); now != after.offers.end()) {
            differences.compare(Trait::offer, offered, now->second, subject);
        }
    }
    for (const auto& [check, refusals] : before.refusals) {
        if (const auto now = after.refusals.find(check); now != after.refusals.end()) {
            differences.compare(Trait::refusal, refusals, now->second, check);
        }
    }
    for (const auto& [check, starts] : before.retries) {
        if (const auto now = after.retries.find(check); now != after.retries.end()) {
            differences.compare_retries(check, starts, now->second, rule.most_p);
        }
    }
    for (const auto& [request, latencies] : before.latencies) {
        if (const auto now = after.latencies.find(request); now != after.latencies.end()) {
            differences.compare_latency(request, latencies, now->second, rule);
        }
    }
    return std::move(differences).take();
}

}  // namespace gateproof::reports
