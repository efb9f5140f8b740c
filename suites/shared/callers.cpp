#include "suites/shared/callers.hpp"

#include <fmt/format.h>
#include <openssl/x509v3.h>

#include "harness/probe/http/answer_value.hpp"
#include "harness/probe/tls/trust.hpp"
#include "suites/shared/failures.hpp"

namespace gateproof::suites {

HttpRequest bare_request(const Profile& profile, std::string path) {
    HttpRequest request;
    request.endpoint = profile.endpoint;
    request.path = std::move(path);
    return request;
}

const Operation& revealing_operation(const Profile& profile) {
    const auto found = profile.operations.find(profile.identity_operation);
    return found == profile.operations.end() ? profile.control_operation() : found->second;
}

std::vector<const Operation*> control_sent(const Profile& profile) {
    return {&profile.control_operation()};
}

std::vector<const Operation*> revealing_sent(const Profile& profile) {
    return {&profile.control_operation(), &revealing_operation(profile)};
}

std::optional<std::string> named_in(const HttpOutcome& outcome, const Operation& operation,
                                    const std::string& pointer) {
    if (!outcome.served(operation) || outcome.response->truncated) {
        return std::nullopt;
    }
    const std::string& body = outcome.response->body;
    return pointer.empty() ? body : json_value(body, pointer);
}

std::string request_line(const Operation& operation) {
    return fmt::format("{} {}", operation.method, operation.path);
}

std::string shown(const std::optional<std::string>& name) {
    constexpr std::size_t longest = 256;
    if (!name) {
        return "nobody";
    }
    // Never cut: half a secret would not be recognised by the redaction that follows.
    return name->size() > longest ? fmt::format("an answer of {} bytes", name->size()) : fmt::format("'{}'", *name);
}

bool version_not_served(const HttpOutcome& outcome) {
    const bool ended = outcome.alert || is_refusal(outcome.end) || outcome.end == Ending::handshake_failed;
    return !outcome.response && !outcome.handshake_done && ended;
}

Verdict judge_versions_refused(const std::vector<VersionOutcome>& outcomes, const Operation& operation,
                               std::string_view who, std::string_view remedy) {
    std::vector<Trial> trials;
    std::string left_out;
    std::optional<Verdict> unclear;
    Answer beside;
    bool by_http = false;
    Failures failures;
    for (const VersionOutcome& outcome : outcomes) {
        const std::string version = to_string(outcome.version);
        if (outcome.tried) {
            beside = answer_of(outcome.ourselves, operation);
            trials.emplace_back("under " + version, outcome.tried->tries);
            by_http = by_http || outcome.tried->tries.refused_by_http();
            continue;
        }
        if (outcome.alone && outcome.alone->served(operation)) {
            failures.add(Verdict::fail("{} {} was served under {} ({}), though our own request is not ({})",
                                       request_line(operation), who, version, outcome.alone->summary(),
                                       outcome.ourselves.summary())
                             .remedy(std::string(remedy))
                             .stands());
            continue;
        }
        left_out += fmt::format("{}{}: {}", left_out.empty() ? "" : ", ", version, outcome.ourselves.summary());
        const bool cut_like_others = outcome.resets_happen && outcome.ourselves.was_cut();
        if ((!version_not_served(outcome.ourselves) || cut_like_others) && !unclear) {
            unclear = Verdict::inconclusive("we are not served under {} ourselves, so a refusal proves nothing: {}",
                                            version, outcome.ourselves.summary());
        }
    }
    if (trials.empty() && failures.any()) {
        return *std::move(failures).verdict();
    }
    if (trials.empty()) {
        return Verdict::inconclusive("we are served under no version ourselves, so a refusal proves nothing: {}",
                                     left_out.empty() ? "nothing was tried" : left_out);
    }
    const std::string tried = fmt::format("{} {}", request_line(operation), who);
    Words words;
    words.tried = tried;
    words.beside = "our own request";
    Verdict verdict = judge_refused(beside, trials, words, remedy, Reading::no_service);
    failures.add(verdict);
    if (std::optional<Verdict> failed = std::move(failures).verdict()) {
        return *failed;
    }
    if (unclear) {
        return *unclear;
    }
    std::size_t tries = 0;
    for (const Trial& trial : trials) {
        tries += trial.tries.telling_count();
    }
    return Verdict::pass("{}{}{}{}", verdict.sentence(), none_served(tries),
                         by_http ? "; the connection itself was accepted and refused at HTTP level" : "",
                         left_out.empty() ? "" : "; not served, so left out: " + left_out)
        .rests_on_resets(verdict.rests_on_resets());
}

bool same_certificate(const Identity& one, const Identity& other) {
    return one.leaf.sha256_fingerprint() == other.leaf.sha256_fingerprint();
}

std::string not_what_it_says(const Identity& identity, const Identity& enrolled, const TimeSpan& now) {
    if (same_certificate(identity, enrolled)) {
        return "it is the enrolled certificate";
    }
    X509* const leaf = identity.leaf.get();
    const std::optional<Validity> period = validity_of(identity.leaf);
    if (identity.role == "expired" && period && period->not_after >= now.earliest) {
        return "it has not expired yet";
    }
    if (identity.role == "not_yet_valid" && period && period->not_before <= now.latest) {
        return "it is valid by now";
    }
    // Without the extension every use is allowed (RFC 5280 4.2.1.12).
    if (identity.role == "wrong_eku" && (X509_get_extended_key_usage(leaf) & XKU_SSL_CLIENT) != 0) {
        return "its extended key usage allows TLS clients";
    }
    if (identity.role == "unenrolled" && identity.leaf.common_name() == enrolled.leaf.common_name()) {
        return "its common name is the enrolled one";
    }
    return {};
}

std::vector<Environment> mtls_environments() {
    return {Environment::embedded, Environment::sandbox, Environment::test, Environment::production};
}

}  // namespace gateproof::suites
