// One call at the gateway: its credential, its repetitions, and what is made of the answer.
#include <fmt/format.h>

#include <algorithm>

#include "client/base/encoding.hpp"
#include "client/http/references.hpp"
#include "client/retry.hpp"
#include "client/state.hpp"

namespace gateproof::client {
namespace {

using std::chrono::system_clock;

constexpr const char* doubt = "whether the submission was carried out is not known: ";
constexpr std::string_view before_nonce = "<f:amendReason>";
constexpr int endless = 20;           // as often as a fault does what it should not do at all
constexpr int other_connections = 5;  // over which a fault evades a limit

/// The submission as if it were another.
void take_new_nonce(Request& request) {
    const std::size_t at = request.body.find(before_nonce);
    if (at != std::string::npos) {
        const std::size_t begin = at + before_nonce.size();
        request.body.replace(begin, request.body.find('<', begin) - begin, hex(random_bytes(8), false));
    }
}
constexpr double exact_dice = 0;  // what makes the wait the plain one, without jitter

}  // namespace

std::string Client::State::refresh(const std::string& old_access) {
    const Descriptor lock = store.lock();
    const Tokens kept = store.load();
    if (kept.access != old_access) {
        return {};  // another process has been here
    }
    if (kept.refresh.empty() || !authority || faults.has("never-refreshes")) {
        return "the access token is no longer good, and there is no refresh token: "
               "log in again";
    }
    const Granted granted = token_endpoint().refresh(kept.refresh);
    if (granted.problem.empty()) {
        store.save(granted.tokens);
    } else if (granted.login_needed) {
        store.clear();
        return granted.problem + ": log in again";
    }
    return granted.problem;
}

std::string Client::State::jwt() {
    if (!kept_jwt.empty()) {
        return kept_jwt;
    }
    const Identity signer = load_identity(options.machine.signer);
    const auto now = system_clock::now();
    if (faults.has("reuses-expired")) {
        kept_jwt =
            machine_token(options.machine, signer, faults, now - options.machine.lifetime - std::chrono::minutes(1));
        return kept_jwt;
    }
    if (faults.has("other-certificate") && !own_identity().empty()) {
        return machine_token(options.machine, signer, faults, now, load_identity(own_identity()).certificate.get());
    }
    return machine_token(options.machine, signer, faults, now);
}

bool Client::State::refresh_when_due(std::string& problem) {
    const Tokens tokens = store.load();
    const auto now = system_clock::now();
    const bool over = tokens.access.empty() || (tokens.expires && *tokens.expires <= now);
    const bool soon = tokens.refresh_at && *tokens.refresh_at <= now && !tokens.refresh.empty();
    const bool careless = (over || soon) && (faults.has("token-after-expiry") || faults.has("never-refreshes"));
    const bool due = tokens.access.empty() || ((over || soon) && !careless) ||
                     (!tokens.refresh.empty() && faults.has("token-for-each-call"));
    if (due) {
        problem = refresh(tokens.access);
    }
    // What failed while the old token is good enough does not end the call.
    return problem.empty() || (!over && !store.load().empty());
}

bool Client::State::authorize(Request& request, Credential credential, std::string& problem) {
    if (!options.oauth.client_secret.empty() && faults.has("secret-to-gateway")) {
        request.fields.push_back({"X-Client-Secret", options.oauth.client_secret});
    }
    if (credential == Credential::jwt) {
        const std::string value = (faults.has("bearer-word") ? "Bearer " : "") + jwt();
        request.fields.push_back({"Authorization", value});
        if (faults.has("jwt-to-authority") && authority) {
            authority->exchange({"GET", "/", {{"Authorization", value}}, ""});
        }
    }
    if (credential != Credential::token) {
        return true;
    }
    if (!refresh_when_due(problem)) {
        return false;
    }
    problem.clear();
    const std::string access = store.load().access;
    if (faults.has("token-in-query")) {
        request.path += "?access_token=" + percent_encoded(access);
        return true;
    }
    if (faults.has("token-in-cookie")) {
        request.fields.push_back({"Cookie", "access_token=" + access});
    }
    request.fields.push_back({"Authorization", "Bearer " + access});
    return true;
}

bool Client::State::wait_for_service(const Answer& answer, Progress& progress, std::string& problem) {
    RetryPolicy policy = options.retries;
    policy.at_most = faults.has("never-stops") ? endless * 50 : policy.at_most;
    policy.longest_wait = faults.has("sleeps-a-day-silently") ? std::chrono::hours(48) : policy.longest_wait;
    const std::string_view field = answer.field("retry-after");
    auto told = retry_after(field, system_clock::now());
    const bool is_date = field.find(',') != std::string_view::npos;
    if (faults.has("ignores-retry-after") || (is_date && faults.has("ignores-date"))) {
        told.reset();
    }
    auto wait =
        wait_before(progress.repetition, told, policy, faults.has("exact-backoff") ? exact_dice : random_fraction());
    if (!wait) {
        problem = told && *told > policy.longest_wait
                      ? fmt::format(
                            "the gateway is busy, and asks to come back in {} s, "
                            "which is too long to wait",
                            told->count())
                      : fmt::format("the gateway is busy, and still was after {} repetitions", progress.repetition);
        return false;
    }
    if (told && faults.has("halves-it")) {
        wait = std::chrono::milliseconds(*told) / 2;
    }
    const bool evades = faults.has("evades-by-connections") && progress.evasions++ < other_connections;
    if (evades) {
        gateway->close();
    }
    if (evades || faults.has("retries-at-once") || (field.starts_with('-') && faults.has("loops-on-negative"))) {
        wait = std::chrono::milliseconds(0);
    }
    progress.repetition += evades ? 0 : 1;
    problem = "the client was asked to stop while the gateway was busy";
    return pause_until(Clock::now() + *wait, stop) != Wait::stopped;
}

bool Client::State::repeats_lost(const Operation& operation, const Exchange& exchange, Progress& progress) {
    if (operation.request.repeatable || !exchange.sent || progress.repeats > 0) {
        return false;
    }
    const bool late = exchange.end == End::late;
    const bool again = late ? faults.has("repeats-on-silence") : faults.has("repeats-on-reset");
    progress.repeats += again ? 1 : 0;
    return again;
}

bool Client::State::repeats_refused(const Answer& answer, const Reading& reading, Credential credential,
                                    Progress& progress) {
    const bool soap = answer.status == 200 && reading.forbidden;
    const bool rejected = answer.status == 400 && !reading.token_refused && !reading.forbidden;
    const bool loops = (answer.status == 500 && faults.has("loops-on-500")) ||
                       (reading.token_refused && credential == Credential::jwt && faults.has("machine-loops-on-401"));
    const bool again = loops || (answer.status == 403 && faults.has("repeats-403")) ||
                       (soap && faults.has("repeats-soap-4")) || (rejected && faults.has("repeats-400"));
    return again && progress.repeats++ < (loops ? endless : 2);
}

Call Client::State::served() const {
    std::string text = "the gateway answered";
    if (faults.has("prints-token")) {
        text += " to " + store.load().access;
    }
    return {{Outcome::success, std::move(text)}};
}

Call Client::State::unanswered(const Operation& operation, const Exchange& exchange) {
    const bool write = !operation.request.repeatable && exchange.sent;
    const bool ended = exchange.sent && !exchange.begun && exchange.end != End::late;
    if ((ended && faults.has("late-refusal-is-empty-answer")) || (write && faults.has("claims-success-in-doubt")) ||
        (exchange.begun && exchange.end == End::late && faults.has("takes-half-body"))) {
        return served();
    }
    dead = exchange.end == End::late && faults.has("dead-after-timeout");
    Call call = failed((write ? doubt : "") +
                           std::string(exchange.refused ? "the gateway refused this client's certificate: " : "") +
                           exchange.problem,
                       exchange.refused);
    call.in_doubt = write && !exchange.refused;
    return call;
}

Call Client::State::perform(const Operation& operation, Credential credential) {
    reload_identity();
    Progress progress;
    while (true) {
        Request request = operation.request;
        if (progress.repetition > 0 && faults.has("new-key-on-repeat")) {
            take_new_nonce(request);
        }
        std::string problem = dead ? "a call took too long once" : "";
        if (dead || !authorize(request, credential, problem)) {
            return failed(problem, true);
        }
        const std::string used = credential == Credential::token ? store.load().access : std::string();
        const Exchange exchange = gateway->exchange(request);
        if (!exchange.problem.empty()) {
            if (repeats_lost(operation, exchange, progress)) {
                continue;
            }
            return unanswered(operation, exchange);
        }
        const Answer& answer = exchange.answer;
        if (may_refer(answer.body) && faults.has("fetches-entities")) {
            fetch_references(answer.body, options.addresses, stop);
        }
        // A submission that was refused for its frequency was not carried out; of
        // one that met a 503 nobody knows.
        if (answer.status == 429 || (answer.status == 503 && (request.repeatable || faults.has("repeats-on-503")))) {
            if (!request.repeatable && faults.has("drops-refused-write")) {
                return served();
            }
            if (!wait_for_service(answer, progress, problem)) {
                return failed(problem);
            }
            continue;
        }
        constexpr std::size_t large = 100'000;
        if ((answer.body.size() > large || answer.body.find("<!ENTITY e1") != std::string::npos) &&
            faults.has("lost-in-answers")) {
            pause_until(Clock::now() + std::chrono::hours(1), stop);
            return failed("the client was asked to stop while it read the answer");
        }
        const Reading reading = read_answer(operation, answer, faults);
        if (reading.problem.empty() && progress.repetition > 0 && faults.has("stays-put-off")) {
            return failed("the gateway was busy");
        }
        if (reading.problem.empty()) {
            customer_name = reading.name.empty() ? customer_name : reading.name;
            return served();
        }
        if (reading.token_refused && credential == Credential::token &&
            progress.refreshes < (faults.has("loops-on-401") ? endless : 1)) {
            ++progress.refreshes;
            problem = refresh(used);
            if (problem.empty() || faults.has("loops-on-401")) {
                continue;
            }
            return failed(fmt::format("{}; {}", reading.problem, problem), true);
        }
        if (repeats_refused(answer, reading, credential, progress)) {
            continue;
        }
        const bool in_doubt = !request.repeatable && (answer.status >= 500 || answer.status == 408);
        Call call = failed((in_doubt ? doubt : "") + reading.problem, reading.forbidden || reading.token_refused);
        call.in_doubt = in_doubt;
        return call;
    }
}

}  // namespace gateproof::client
