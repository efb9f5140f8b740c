// Where published documents contradict each other, each reading is judged on a gateway that follows it, and on one that
// follows the other: a profile gets no failure from a gateway of its reading, and sees one of the other.
#include <gmock/gmock.h>

#include "gateway/gateway.hpp"
#include "harness/probe/forge/forge.hpp"
#include "harness/run/runner.hpp"
#include "selfproof/embedded.hpp"
#include "suites/catalogue.hpp"

namespace gateproof::selfproof {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// A gateway, and what the profiles say of it.
struct Scene {
    gateway::Reading gateway = gateway::Reading::packs_2024;
    NamedReading profile = NamedReading::packs_2024;
    RotationMoment moment = RotationMoment::during;
    std::vector<std::string> faults = {};
    bool old_revoked = false;
    bool newly_issued = false;  ///< the new certificate is one that the gateway has never heard of
};

class Judged {
public:
    explicit Judged(const Scene& scene) {
        gateway::Options options;
        options.reading = scene.gateway;
        options.faults = scene.faults;
        const gateway::Gateway gateway(options);
        EmbeddedTargets targets = embedded_targets(gateway);
        std::erase_if(targets.profiles,
                      [](const Profile& profile) { return profile.environment == Environment::production; });
        for (Profile& profile : targets.profiles) {
            adapt(profile, scene);
        }
        Plan plan = embedded_plan(suites::catalogue(), std::move(targets.profiles));
        std::erase_if(plan.checks, [](const PlannedCheck& planned) {
            return planned.check->suite() != "rotation" && planned.check->suite() != "firewall";
        });
        JournalWriter journal;
        RunObserver observer;
        RunOptions run_options;
        run_options.seed = 1;
        run_options.secrets = std::move(targets.secrets);
        record_ = run(plan, suites::catalogue(), journal, run_options, observer);
    }

    [[nodiscard]] CheckResult of(const std::string& check, const std::string& target = "embedded-cloud") const {
        for (const CheckRecord& one : record_.checks) {
            if (one.target == target && one.id == check) {
                return record_.result_of(one);
            }
        }
        ADD_FAILURE() << check << " of " << target << " is not in the plan";
        return {};
    }
    /// "target check: outcome (sentence)" of all that neither passed nor was skipped.
    [[nodiscard]] std::vector<std::string> unsound() const {
        std::vector<std::string> found;
        for (const CheckRecord& one : record_.checks) {
            const CheckResult result = record_.result_of(one);
            if (result.outcome != Outcome::pass && result.outcome != Outcome::skipped) {
                found.push_back(one.target + ' ' + one.full_id() + ": " + std::string(to_string(result.outcome)) +
                                " (" + result.sentence + ")");
            }
        }
        return found;
    }
    [[nodiscard]] const RunRecord& record() const { return record_; }

private:
    static void adapt(Profile& profile, const Scene& scene) {
        profile.reading = scene.profile;
        if (!profile.rotation) {
            return;
        }
        profile.rotation->moment = scene.moment;
        profile.rotation->old_revoked = scene.old_revoked;
        if (scene.newly_issued) {
            forge::Spec spec;
            spec.role = "rotated_new";
            profile.identities["rotated_new"] = forge::issued(*profile.issuer, *profile.identity("rotated_old"), spec);
        }
    }

    RunRecord record_;
};

constexpr const char* old_refused = "rotation.old-refused-after-cut-over";
constexpr const char* old_session = "rotation.old-ticket-not-resumed";
constexpr const char* new_served = "rotation.new-served";
constexpr const char* other_source = "firewall.other-source-blocked";
constexpr const char* allowed_source = "firewall.allowed-source-served";

const Scene old_behaviour{.gateway = gateway::Reading::se_2021, .profile = NamedReading::se_2021};

TEST(Readings, AGatewayOfTheOlderReadingPassesByIt) {
    const Judged judged(old_behaviour);
    EXPECT_THAT(judged.unsound(), IsEmpty());
    EXPECT_EQ(judged.of(other_source).outcome, Outcome::pass);
    EXPECT_THAT(judged.of(other_source).sentence, HasSubstr("is blocked"));
    EXPECT_EQ(judged.of(old_refused).outcome, Outcome::pass);
    EXPECT_THAT(judged.of(old_refused).sentence, HasSubstr("its enrolment ended"));
    EXPECT_EQ(judged.of(old_session).outcome, Outcome::pass);
}

TEST(Readings, AnOpenCloudIsAFailureByTheOlderReadingAlone) {
    const Judged older({.profile = NamedReading::se_2021});
    EXPECT_EQ(older.of(other_source).outcome, Outcome::fail);
    const Judged newer(Scene{});
    EXPECT_EQ(newer.of(other_source).outcome, Outcome::pass) << newer.of(other_source).sentence;
    EXPECT_EQ(newer.of(allowed_source).outcome, Outcome::pass) << newer.of(allowed_source).sentence;
    for (const char* const target : {"embedded-desktop", "embedded-mock"}) {
        EXPECT_EQ(newer.of(other_source, target).outcome, Outcome::pass) << "both readings say so";
        EXPECT_THAT(newer.of(other_source, target).sentence, HasSubstr("is blocked"));
    }
}

TEST(Readings, AnAllowListedCloudIsAFailureByTheNewerReadingAlone) {
    const Judged judged({.gateway = gateway::Reading::se_2021});
    EXPECT_EQ(judged.of(allowed_source).outcome, Outcome::fail);
}

TEST(Readings, ACertificateThatNobodyWasToldOfIsServedWhereNamesAreTrusted) {
    const Judged newer({.moment = RotationMoment::before, .newly_issued = true});
    EXPECT_EQ(newer.of(new_served).outcome, Outcome::pass) << newer.of(new_served).sentence;
    EXPECT_EQ(newer.of("rotation.overlap").outcome, Outcome::pass);
    EXPECT_EQ(newer.of("rotation.same-identity").outcome, Outcome::pass);
    const Judged refusing(
        {.gateway = gateway::Reading::se_2021, .moment = RotationMoment::before, .newly_issued = true});
    EXPECT_EQ(refusing.of(new_served).outcome, Outcome::fail);
    Scene older = old_behaviour;
    older.moment = RotationMoment::before;
    older.newly_issued = true;
    const Judged exchanging(older);
    EXPECT_EQ(exchanging.of(new_served).outcome, Outcome::skipped) << "it is not to be known yet";
    older.moment = RotationMoment::during;
    EXPECT_EQ(Judged(older).of(new_served).outcome, Outcome::fail) << "it has not been exchanged";
}

TEST(Readings, AnOldCertificateThatIsServedIsAFailureByTheOlderReadingAlone) {
    Scene scene{.moment = RotationMoment::after, .faults = {"old-certificate-still-served"}};
    const Judged newer(scene);
    EXPECT_EQ(newer.of(old_refused).outcome, Outcome::pass);
    EXPECT_THAT(newer.of(old_refused).sentence, HasSubstr("(retired) is served still"));
    EXPECT_THAT(newer.of(old_refused).sentence, HasSubstr("(rotated_old) is served still"));
    EXPECT_THAT(newer.of(old_refused).remedy, HasSubstr("have its authority revoke it"));
    EXPECT_EQ(newer.of(old_session).outcome, Outcome::skipped);
    scene.old_revoked = true;
    const Judged revoked(scene);
    EXPECT_EQ(revoked.of(old_refused).outcome, Outcome::fail) << "it is revoked";
    EXPECT_EQ(revoked.of(old_session).outcome, Outcome::fail);
    scene.old_revoked = false;
    scene.profile = NamedReading::se_2021;
    EXPECT_EQ(Judged(scene).of(old_refused).outcome, Outcome::fail);
}

TEST(Readings, AnExpiredOldCertificateMustBeRefusedByEither) {
    for (const NamedReading reading : {NamedReading::packs_2024, NamedReading::se_2021}) {
        for (const bool careless : {false, true}) {
            gateway::Options options;
            if (careless) {
                options.faults = {"no-expiry-check"};
            }
            const gateway::Gateway gateway(options);
            EmbeddedTargets targets = embedded_targets(gateway);
            std::erase_if(targets.profiles, [](const Profile& profile) { return profile.name != "embedded-cloud"; });
            Profile& profile = targets.profiles.front();
            profile.reading = reading;
            profile.rotation->old_revoked = false;
            profile.identities["retired"] = profile.identities.at("expired");
            Plan plan = embedded_plan(suites::catalogue(), std::move(targets.profiles));
            std::erase_if(plan.checks, [](const PlannedCheck& planned) { return planned.check->id != old_refused; });
            JournalWriter journal;
            RunObserver observer;
            RunOptions run_options;
            run_options.secrets = std::move(targets.secrets);
            const RunRecord record = run(plan, suites::catalogue(), journal, run_options, observer);
            ASSERT_EQ(record.checks.size(), 1U);
            EXPECT_EQ(record.result_of(record.checks.front()).outcome, careless ? Outcome::fail : Outcome::pass);
        }
    }
}

TEST(Readings, TheJournalSaysWhichOneJudgedWhom) {
    const Judged judged({.profile = NamedReading::se_2021});
    const RunRecord& record = judged.record();
    for (const TargetRecord& target : record.targets) {
        EXPECT_EQ(target.readings.at("FW-NONPROD"), "SE-2021") << target.name;
    }
    EXPECT_EQ(record.requirements.at("ROTATION").readings.size(), 2U);
    for (const auto& [id, requirement] : record.requirements) {
        for (const ReadingRecord& reading : requirement.readings) {
            EXPECT_THAT(reading.source, testing::ContainsRegex("20[0-9][0-9]-[0-9][0-9]-[0-9][0-9]"))
                << id << " " << reading.name << " is to be dated";
        }
    }
}

}  // namespace
}  // namespace gateproof::selfproof
