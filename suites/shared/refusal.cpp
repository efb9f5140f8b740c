#include "suites/shared/refusal.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "harness/probe/http/answer_value.hpp"
#include "suites/shared/failures.hpp"
#include "suites/shared/technical_fault.hpp"

namespace gateproof::suites {

using AnswerKind = Answer::Kind;

namespace {

constexpr std::array refusing_statuses{400, 401, 403, 421, 495, 496, 497};
constexpr std::array refusing_beside_service{302, 404, 407};
constexpr std::size_t longest_code = 64;

template <class List, class T>
bool holds(const List& list, const T& value) {
    return std::ranges::find(list, value) != list.end();
}

/// What an exchange without a whole HTTP answer came to.
AnswerKind kind_without_answer(const HttpOutcome& outcome) {
    if (outcome.response) {
        return outcome.broken_off() ? AnswerKind::broken_off
                                    : AnswerKind::unclear;  // what would have come is not known
    }
    if (outcome.was_cut()) {
        return AnswerKind::cut;
    }
    if (outcome.is_refusal()) {
        return AnswerKind::refused;
    }
    return is_silence(outcome.end) ? AnswerKind::silent : AnswerKind::unclear;
}

int status_in(const HttpOutcome& outcome) {
    return outcome.whole() ? outcome.response->status : 0;
}

bool carries_service(const HttpResponse& response, const HttpOutcome& ourselves) {
    return !response.body.empty() && ourselves.response && response.body == ourselves.response->body;
}

/// The error code that an answer carries, by the errors that the gateways document, though its status says success.
std::string documented_code(const std::string& body) {
    for (const auto& [name, model] : documented_errors()) {
        std::string code = value_at(body, model.pointer, model.xpath).value_or("");
        if (!code.empty() && code.size() <= longest_code && !holds(model.success, code)) {
            return code;
        }
    }
    return {};
}

/// What an answer of success without the expected body came to: an error in words is a refusal whatever its status, and
/// anything else is nothing that a served request is answered with.
void read_unexpected_body(const HttpResponse& response, Answer& read) {
    read.code = documented_code(response.body);
    read.kind = read.code.empty() ? AnswerKind::unclear : AnswerKind::refused;
    read.summary += read.code.empty() ? " without what a served answer holds" : " " + read.code;
}

/// By HTTP's own meaning (RFC 9110 15.5.2, 15.5.4), whatever else stands in the answer.
constexpr std::array statuses_of_access{401, 403};

/// What the model gives for this reason: a code, or a status that by itself speaks of access. Others (no such record,
/// no data in that range, input that is not valid, too many requests) are no word about the right to ask.
bool speaks_of(const Answer& answer, const ErrorModel::Reason& reason) {
    const bool by_code = answer.status < 500 && holds(reason.codes, answer.code);
    const bool by_status = holds(statuses_of_access, answer.status) && holds(reason.status, answer.status);
    return by_code || by_status || matches(answer, reason);  // SOAP 1.2 faults travel with HTTP 500
}

bool is_documented(const Answer& answer, const ErrorModel& model) {
    const auto given = [&answer](const std::optional<ErrorModel::Reason>& reason) {
        return reason && speaks_of(answer, *reason);
    };
    return speaks_of(answer, model.not_permitted) || given(model.no_token) || given(model.invalid_token) ||
           given(model.not_onboarded) || given(model.unwanted_token);
}

std::string joined(std::string_view tried, std::string_view what) {
    return fmt::format("{}{}{}", tried, tried.empty() || what.empty() ? "" : " ", what);
}

/// Of several, what can be said of each: by the one that was tried the least.
std::string none_served_of_each(std::span<const Trial> tried) {
    std::size_t least = tried.front().tries.telling_count();
    for (const Trial& trial : tried) {
        least = std::min(least, trial.tries.telling_count());
    }
    return none_served(least);
}

}  // namespace

bool is_success(int status) {
    return status / 100 == 2;
}

bool is_client_error(int status) {
    return status / 100 == 4;
}

bool is_unknown_there(int status) {
    return status / 100 == 3 || status == 404 || status == 405 || status == 410;
}

Answer answer_of(const ServerAnswer& answer) {
    Answer read{.kind = AnswerKind::unclear, .summary = answer.summary()};
    if (answer.end == Ending::ok || answer.key_exchange_group) {
        read.kind = AnswerKind::served;
    } else if (answer.was_cut()) {
        read.kind = AnswerKind::cut;
    } else if (answer.broken_off) {
        read.kind = AnswerKind::broken_off;
    } else if (is_refusal(answer.end)) {
        read.kind = AnswerKind::refused;
    } else if (is_silence(answer.end)) {
        read.kind = AnswerKind::silent;
    }
    return read;
}

Answer answer_of(const TlsStep& step) {
    Answer read{.kind = AnswerKind::unclear, .summary = step.summary()};
    if (step.ok()) {
        read.kind = AnswerKind::served;
    } else if (step.was_cut()) {
        read.kind = AnswerKind::cut;
    } else if (step.is_refusal()) {
        read.kind = AnswerKind::refused;
    } else if (is_silence(step.end)) {
        read.kind = AnswerKind::silent;
    }
    return read;
}

Answer answer_of(const TcpExchange& exchange) {
    Answer read{.kind = AnswerKind::silent, .summary = fmt::format("the connection was {}", to_string(exchange.end))};
    if (!exchange.bytes.empty()) {
        read.kind = AnswerKind::unclear;
    } else if (exchange.connected && was_cut(exchange.end)) {
        read.kind = AnswerKind::cut;
    }
    return read;
}

Answer answer_of(const oauth::TokenAnswer& answer) {
    Answer read{.kind = AnswerKind::unclear, .summary = answer.summary(), .status = answer.status};
    if (!answer.text("access_token").empty()) {
        read.kind = AnswerKind::served;
    } else if (answer.refused()) {
        read.kind = AnswerKind::refused;
    } else if (answer.status == 0) {
        read.kind = AnswerKind::silent;
    }
    return read;
}

Answer answer_of(const HttpOutcome& outcome, const Operation& operation) {
    Answer read{.kind = AnswerKind::unclear, .summary = outcome.summary(), .status = status_in(outcome)};
    const bool success = outcome.response && is_success(outcome.response->status);
    if (outcome.served(operation) || (success && operation.expect_body_contains.empty())) {
        read.kind = AnswerKind::served;
    } else if (success && outcome.whole()) {
        read_unexpected_body(*outcome.response, read);
    } else if (!outcome.whole()) {
        read.kind = kind_without_answer(outcome);
    } else if (holds(refusing_statuses, read.status)) {
        read.kind = AnswerKind::refused;
    }
    return read;
}

Answer answer_of(const HttpOutcome& outcome, const Operation& operation, const HttpOutcome& ourselves) {
    Answer read{.kind = AnswerKind::unclear, .summary = outcome.summary(), .status = status_in(outcome)};
    if (outcome.served(operation)) {
        read.kind = AnswerKind::served;
    } else if (!outcome.whole()) {
        read.kind = kind_without_answer(outcome);
    } else if ((holds(refusing_statuses, read.status) || holds(refusing_beside_service, read.status)) &&
               !(ourselves.served(operation) && carries_service(*outcome.response, ourselves))) {
        read.kind = AnswerKind::refused;
    } else if (is_success(read.status)) {
        read_unexpected_body(*outcome.response, read);
    }
    return read;
}

Answer answer_beside_service(const HttpOutcome& outcome, const Operation& operation, const HttpOutcome* ourselves) {
    Answer read = answer_of(outcome, operation);
    if (read.served() || !outcome.whole()) {
        return read;
    }
    const bool service_within = ourselves != nullptr && carries_service(*outcome.response, *ourselves);
    if (service_within && (read.refused() || holds(refusing_beside_service, read.status))) {
        read.kind = AnswerKind::unclear;
    } else if (holds(refusing_beside_service, read.status)) {
        read.kind = AnswerKind::refused;
    }
    return read;
}

Answer answer_of(const HttpOutcome& outcome, const Operation& operation, const ErrorModel& model) {
    Answer read{.kind = AnswerKind::unclear, .summary = outcome.summary(), .status = status_in(outcome)};
    if (!outcome.whole()) {
        read.kind = kind_without_answer(outcome);
        read.kind = read.refused() ? AnswerKind::unclear : read.kind;  // nobody answered as the model says
        return read;
    }
    std::string code = value_at(outcome.response->body, model.pointer, model.xpath).value_or("");
    if (!holds(model.success, code) && code.size() <= longest_code) {
        read.code = std::move(code);
    }
    if (!read.code.empty()) {
        read.summary += " " + read.code;
    }
    const bool success = is_success(read.status);
    if (is_technical_fault(outcome)) {
        read.summary += " with the SOAP fault UnAuthorised, a technical fault";
    } else if (read.code.empty() && (outcome.served(operation) || success)) {
        read.kind = AnswerKind::served;
    } else if (is_documented(read, model)) {
        read.kind = AnswerKind::refused;
    }
    return read;
}

bool matches(const Answer& answer, const ErrorModel::Reason& reason) {
    return holds(reason.status, answer.status) && holds(reason.codes, answer.code);
}

std::string describe(const ErrorModel::Reason& reason) {
    return fmt::format("HTTP {} with {}", fmt::join(reason.status, " or "), fmt::join(reason.codes, " or "));
}

Tries Tries::once(const Answer& answer) {
    Tries tries;
    tries.add(answer);
    return tries;
}

void Tries::add(const Answer& answer) {
    last_ = answer.kind;
    successes_ += answer.served() || (is_success(answer.status) && !answer.refused()) ? 1 : 0;
    refused_by_http_ = refused_by_http_ || (answer.refused() && answer.status != 0);
    const auto known = std::ranges::find_if(
        ways_, [&answer](const Way& way) { return way.kind == answer.kind && way.summary == answer.summary; });
    if (known == ways_.end()) {
        ways_.push_back({answer.summary, answer.kind, 1});
    } else {
        ++known->times;
    }
}

std::size_t Tries::count() const {
    std::size_t all = 0;
    for (const Way& way : ways_) {
        all += way.times;
    }
    return all;
}

std::size_t Tries::times(AnswerKind kind) const {
    std::size_t times = 0;
    for (const Way& way : ways_) {
        times += way.kind == kind ? way.times : 0;
    }
    return times;
}

std::size_t Tries::refusals_needed() const {
    return std::max<std::size_t>(ask_ == Ask::twice ? 2 : 1, std::min<std::size_t>(1 + cut_count(), 3));
}

/// How many tries are made at most while cuts alone came, or cuts between too few refusals.
std::size_t Tries::most_of_cuts(bool resets_happen) const {
    if (times(AnswerKind::cut) < count() || resets_happen) {
        return most_beside_cuts;
    }
    return ask_ == Ask::for_service ? most_for_service : most;
}

bool Tries::decided(std::size_t repeat, bool resets_happen) const {
    if (ways_.empty()) {
        return false;
    }
    if (last_ == AnswerKind::silent) {
        return true;  // each more would cost the whole of the probe's time
    }
    const bool told = served_count() > 0 || times(AnswerKind::unclear) > 0 || times(AnswerKind::silent) > 0 ||
                      times(AnswerKind::refused) >= refusals_needed();
    if (ask_ == Ask::counted) {
        const bool mixed = any_cut() && answered_count() > 0;
        const std::size_t wanted = (any_cut() ? std::max(repeat, most) : repeat) * (mixed ? 2 : 1);
        return count() >= wanted && (told || !any_cut() || count() >= most_of_cuts(resets_happen));
    }
    return told || count() >= most_of_cuts(resets_happen);
}

Tries::Result Tries::result() const {
    if (served_count() > 0) {
        return Result::served;
    }
    if (times(AnswerKind::unclear) > 0) {
        return Result::unclear;
    }
    if (ways_.empty() || times(AnswerKind::silent) > 0) {
        return Result::nothing;
    }
    if (times(AnswerKind::refused) >= refusals_needed()) {
        return Result::refused;
    }
    if (times(AnswerKind::broken_off) > 0) {
        return Result::unclear;
    }
    return times(AnswerKind::cut) == count() && count() >= most ? Result::cut_every_time : Result::undecided;
}

bool Tries::is_refusal(Reading reading) const {
    return result() == Result::refused || (reading == Reading::no_service && rests_on_resets());
}

std::string Tries::doubt(Reading reading) const {
    if (is_refusal(reading)) {
        return {};
    }
    if (ways_.empty()) {
        return "nothing was tried";
    }
    if (reading == Reading::no_service && result() == Result::undecided) {
        return fmt::format("{}, and a reset or close is no refusal unless every try ends so", summary());
    }
    const std::string neither = other();
    return fmt::format("{}, which is neither service nor a refusal", neither.empty() ? summary() : neither);
}

std::string Tries::summary() const {
    if (count() <= 1) {
        return ways_.empty() ? "nothing was tried" : ways_.front().summary;
    }
    std::vector<std::string> parts;
    for (const Way& way : ways_) {
        parts.push_back(fmt::format("{} in {} of {} tries", way.summary, way.times, count()));
    }
    return fmt::format("{}", fmt::join(parts, ", "));
}

std::string Tries::refusals() const {
    std::vector<std::string_view> ways;
    for (const Way& way : ways_) {
        if (way.kind == AnswerKind::refused || way.kind == AnswerKind::cut) {
            ways.push_back(way.summary);
        }
    }
    return fmt::format("{}", fmt::join(ways, ", "));
}

std::string Tries::told() const {
    std::set<std::string_view> ways;
    for (const Way& way : ways_) {
        if (!is_cut(way.kind)) {
            ways.insert(way.summary);
        }
    }
    return ways.empty() ? "cut" : fmt::format("{}", fmt::join(ways, ", "));
}

const Tries::Way* Tries::first_of(AnswerKind kind) const {
    const auto found = std::ranges::find(ways_, kind, &Way::kind);
    return found == ways_.end() ? nullptr : &*found;
}

std::string Tries::service() const {
    const Way* const way = first_of(AnswerKind::served);
    return way == nullptr ? "" : way->summary;
}

std::string Tries::other() const {
    const Way* way = first_of(AnswerKind::unclear);
    way = way == nullptr ? first_of(AnswerKind::silent) : way;
    return way == nullptr ? "" : way->summary;
}

std::string Tries::share_served() const {
    return fmt::format("{} of {}", served_count(), count());
}

bool ended_by_cut(const HttpOutcome& outcome) {
    return outcome.was_cut() || outcome.broken_off();
}

std::string none_served(std::size_t tries) {
    if (tries < 2) {
        return {};
    }
    // Whatever share is higher would have shown itself in 95 of 100 such series.
    const double bound = 1 - std::pow(0.05, 1 / static_cast<double>(tries));
    return fmt::format("; 0 of {} tries were served (95 % confidence: below {:.0f} %)", tries, 100 * bound);
}

std::optional<Verdict> not_refused(const Trial& trial, std::string_view tried, std::string_view remedy,
                                   Reading reading) {
    const std::string what = joined(tried, trial.what);
    if (trial.tries.served()) {
        return Verdict::fail("{} was served: {}", what, trial.tries.summary())
            .remedy(std::string(remedy))
            .found({fmt::format("{} was served: {}", what, trial.tries.service())})
            .stands();
    }
    if (const std::string doubt = trial.tries.doubt(reading); !doubt.empty()) {
        return Verdict::inconclusive("{}: {}", what, doubt);
    }
    return std::nullopt;
}

Verdict judge_refused(const Answer& beside, std::span<const Trial> tried, const Words& words, std::string_view remedy,
                      Reading reading) {
    if (!beside.served()) {
        return Verdict::inconclusive("{} is not served, so a refusal proves nothing: {}", words.beside, beside.summary);
    }
    Failures failures;
    std::string how;
    bool rests_on_resets = false;
    for (const Trial& trial : tried) {
        const std::string_view advice = trial.remedy.empty() ? remedy : trial.remedy;
        if (std::optional<Verdict> verdict = not_refused(trial, words.tried, advice, reading)) {
            failures.add(std::move(*verdict));
        }
        rests_on_resets = rests_on_resets || trial.tries.rests_on_resets();
        how += fmt::format("{}{}{}{}", how.empty() ? "" : ", ", trial.what, trial.what.empty() ? "" : ": ",
                           trial.tries.summary());
    }
    if (std::optional<Verdict> verdict = std::move(failures).verdict()) {
        return *verdict;
    }
    if (tried.empty()) {
        return Verdict::inconclusive("nothing was tried beside {}", words.beside);
    }
    const std::string what = tried.size() == 1 ? joined(words.tried, tried.front().what) : std::string(words.tried);
    return Verdict::pass("{} was refused ({}{}), {} was served ({})", what,
                         tried.size() == 1 ? tried.front().tries.summary() : how,
                         reading == Reading::documented ? none_served_of_each(tried) : "", words.beside, beside.summary)
        .rests_on_resets(rests_on_resets);
}

Verdict judge_refused_between(const Answer& before, const Answer& after, std::span<const Trial> tried,
                              const Words& words, std::string_view remedy, Reading reading) {
    Verdict verdict = judge_refused(before, tried, words, remedy, reading);
    if (verdict.outcome() == Outcome::pass && !after.served()) {
        return Verdict::inconclusive("{} is not served any more behind what was refused, which proves nothing so: {}",
                                     words.beside, after.summary);
    }
    return verdict;
}

}  // namespace gateproof::suites
