// The key that a machine signs its JWTs with (IA 2.4): it is registered by its certificate's thumbprint, apart from the
// client certificate, and so has a rotation of its own.
#include "suites/gateway/rotation/signers.hpp"

#include "harness/run/context.hpp"
#include "suites/gateway/m2m/suite.hpp"
#include "suites/gateway/rotation/fitness.hpp"
#include "suites/gateway/rotation/suite.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

constexpr const char* register_new =
    "have the new signing certificate registered for this environment by its thumbprint (SHA-256), under the issuer "
    "and the client certificate of the old one";
constexpr const char* withdraw_old =
    "withdraw the registration of the old signing certificate, on every node and in every cache: whoever has its key "
    "acts as this machine";

Verdict judge_before(const SignerAnswers& answers) {
    if (answers.old.refused()) {
        return Verdict::fail("a JWT of the key in use was refused: {}", answers.old.summary)
            .remedy("see that rotation.signers.old is the certificate that is registered now, or declare the moment");
    }
    if (!answers.old.served() || (!answers.fresh.served() && !answers.fresh.refused())) {
        return Verdict::inconclusive("JWT of the old key: {}; of the new key: {}", answers.old.summary,
                                     answers.fresh.summary);
    }
    if (answers.fresh.served()) {
        return Verdict::warning("JWTs of the new key are served already, though its registration is declared for later")
            .remedy("declare the moment that has come: rotation.signers.moment during");
    }
    return Verdict::pass("JWTs of the old key are served, those of the new one not yet ({}), as declared",
                         answers.fresh.summary);
}

Verdict judge_cut_over(const SignerAnswers& answers) {
    std::vector<Trial> trials{Trial("of the old key", answers.old_again.value_or(Tries::once(answers.old)))};
    if (answers.crossed) {
        trials.emplace_back("in the name of the new certificate that the old key signed", *answers.crossed,
                            "verify a JWT with the key of the certificate that sub names, and with no other of that "
                            "machine");
    }
    const Words words{"a JWT", "a JWT of the new key"};
    Verdict refused = judge_refused(answers.fresh, trials, words, withdraw_old, Reading::documented);
    if (refused.outcome() != Outcome::pass) {
        return refused;
    }
    if (answers.fresh_again && !answers.fresh_again->served()) {
        return Verdict::inconclusive("JWTs of the new key are not served any more: {}", answers.fresh_again->summary);
    }
    const Tries& old = trials.front().tries;
    return Verdict::pass("JWTs of the new key are served, and what the old key signed is refused ({}{})", old.summary(),
                         none_served(old.telling_count()));
}

/// The machine with another key; the algorithm is that of the key where the declared one was for its predecessor.
Machine signing_with(const Machine& machine, const std::shared_ptr<const Identity>& signer) {
    Machine other = machine;
    other.signer = signer;
    const std::optional<jwt::Algorithm> declared = jwt::algorithm_from(other.algorithm);
    if (declared && !jwt::fits(*declared, signer->key.get())) {
        other.algorithm.clear();
    }
    return other;
}

/// Named as the new certificate's, signed by the old key.
std::string crossed_token(const Machine& old, const Machine& fresh, const TimeSpan& now) {
    const MachineToken made_by_old = good_token(old, now).value();
    MachineToken token = good_token(fresh, now).value();
    token.key = made_by_old.key;
    token.algorithm = made_by_old.algorithm;
    token.header = made_by_old.header;
    return token.text().value_or("");
}

void note_key(Context& ctx, std::string_view key, const Machine& named, const std::string& answer) {
    ctx.evidence()
        .add("signing_key")
        .with("key", key)
        .with("named", named.signer->leaf.sha256_fingerprint())
        .with("answer", answer);
}

awaitable<Answer> ask_with(Context& ctx, std::string_view key, const Machine& machine, std::string token) {
    const Answer answer = co_await ask_as_machine(ctx, std::move(token));
    note_key(ctx, key, machine, answer.summary);
    co_return answer;
}

/// The same for a token that must be refused.
awaitable<Tries> try_with(Context& ctx, std::string_view key, const Machine& machine, std::string token) {
    const Tries tries = co_await try_as_machine(ctx, std::move(token));
    note_key(ctx, key, machine, tries.summary());
    co_return tries;
}

awaitable<Look> look_at_keys(Context& ctx) {
    const Profile& profile = ctx.profile();
    const RotationExpectations& rotation = *profile.rotation;
    const Machine old = signing_with(*profile.machine, rotation.signers->old);
    const Machine fresh = signing_with(*profile.machine, rotation.signers->fresh);
    if (same_public_key(old.signer->leaf, fresh.signer->leaf)) {
        co_return Look{Verdict::fail("the new signing certificate has the key of the old one: nothing is rotated")
                           .remedy("make a new key for the new signing certificate"),
                       false};
    }
    const TimeSpan now = co_await ctx.times();
    const std::string new_token = machine_token(fresh, now).value_or("");
    if (new_token.empty()) {
        co_return Look{Verdict::fail("the new key is of a kind that no documented algorithm takes, or does not sign")
                           .remedy("take an RSA key of 2048 bits or more, or one on P-256, P-384 or P-521"),
                       false};
    }
    const RotationMoment moment = rotation.moment_of_signers();
    const Overlap overlap = rotation.overlap_of_signers();
    SignerAnswers answers;
    answers.fresh = co_await ask_with(ctx, "new", fresh, new_token);
    answers.old = co_await ask_with(ctx, "old", old, machine_token(old, now).value_or(""));
    if (old_key_cut_over(moment, overlap) && answers.fresh.served()) {
        if (!answers.old.served()) {
            answers.old_again = co_await try_with(ctx, "old", old, machine_token(old, now).value_or(""));
        }
        answers.crossed = co_await try_with(ctx, "old", fresh, crossed_token(old, fresh, now));
        answers.fresh_again = co_await ask_with(ctx, "new", fresh, new_token);
    }
    const bool declared_later = moment == RotationMoment::before;
    const bool crossed_served = answers.crossed && answers.crossed->served();
    co_return Look{judge_signers(answers, moment, overlap), !declared_later && !crossed_served};
}

Need both_signing_keys() {
    return {"both signing keys", [](const Profile& profile) {
                if (!profile.rotation || !profile.rotation->signers) {
                    return "needs both signing keys of a machine's rotation; give rotation.signers in the profile";
                }
                if (!profile.machine) {
                    return "needs a machine that signs JWTs; give m2m in the profile, beside rotation.signers";
                }
                const Machine old = signing_with(*profile.machine, profile.rotation->signers->old);
                return machine_token(old, TimeSpan::now())
                           ? ""
                           : "needs an old signing key that RS256, RS384, RS512, ES256, ES384 or ES512 takes; give "
                             "another rotation.signers.old in the profile";
            }};
}

}  // namespace

bool old_key_cut_over(RotationMoment moment, Overlap overlap) {
    return moment == RotationMoment::after ||
           (moment == RotationMoment::during && overlap == Overlap::cut_over_at_once);
}

Verdict judge_signers(const SignerAnswers& answers, RotationMoment moment, Overlap overlap) {
    if (moment == RotationMoment::before) {
        return judge_before(answers);
    }
    if (answers.fresh.refused()) {
        return Verdict::fail("a JWT of the new key was refused: {}; of the old key: {}", answers.fresh.summary,
                             answers.old.summary)
            .remedy(register_new);
    }
    if (!answers.fresh.served()) {
        return Verdict::inconclusive("a JWT of the new key: {}, which is neither service nor a refusal",
                                     answers.fresh.summary);
    }
    if (old_key_cut_over(moment, overlap)) {
        return judge_cut_over(answers);
    }
    if (answers.old.refused()) {
        return Verdict::fail("JWTs of both keys should be served for a while, but the old key's is refused: {}",
                             answers.old.summary)
            .remedy("keep the old signing certificate registered until every machine has changed, as declared");
    }
    return answers.old.served() ? Verdict::pass("JWTs of the old and of the new key are both served, as declared")
                                : Verdict::inconclusive("a JWT of the old key: {}", answers.old.summary);
}

std::vector<Check> rotation_signer_checks() {
    // As with certificates: one's own old key is what a machine that was forgotten in the rotation signs with.
    return checks({.requirements = {adds("ROTATION")}, .channels = {Channel::cloud}, .needs = {both_signing_keys()}},
                  {{.id = "rotation.jwt-key-rotated",
                    .title = "A machine's new signing key must be served, and the old one no longer",
                    .run = while_cut_over(look_at_keys),
                    .deadline = with_time_to_cut_over()}});
}

}  // namespace gateproof::suites
