// Real HTTP clients, sound and misconfigured, judged as rows of expected.json, each beside an independent witness.
#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <functional>

#include "suites/catalogue.hpp"
#include "tests/clients/judged.hpp"
#include "tests/clients/rows.hpp"
#include "tests/clients/witness.hpp"

namespace gateproof::test {
namespace {

using testing::HasSubstr;

bool is_of_channel(const std::string& id, const std::string& channel) {
    const Check* const check = suites::catalogue().check(id);
    return check == nullptr || check->channels.empty() ||
           std::ranges::any_of(check->channels, [&channel](Channel one) { return to_string(one) == channel; });
}

std::string seen_by(const WitnessKind& kind, const ClientUnderTest& client) {
    Witness witness(kind, client.pki(), client.folder() / "witness" / kind.name, client.host());
    std::vector<std::string> command{"env", "--chdir=" + client.folder().string()};
    command.insert(command.end(), client.command().begin(), client.command().end());
    return witness.meets(std::move(command), client.variables());
}

/// The sentence of a result and what the client wrote while it was shown something.
std::string told_by(const CheckResult& result) {
    std::string told = result.sentence;
    for (const Observation& seen : result.evidence) {
        for (const auto& [name, value] : seen.fields) {
            if (seen.kind == "client_run" && name == "output" && std::holds_alternative<std::string>(value)) {
                told += '\n' + std::get<std::string>(value);
            }
        }
    }
    return told;
}

/// Each check of the channel is as the row has it, and what it does not name passes.
void expect_as_listed(const ClientRow& row, const ClientJudgement& judgement) {
    EXPECT_FALSE(judgement.record.checks.empty()) << "nothing was judged";
    std::map<std::string, std::string> missed = row.findings;
    for (const CheckRecord& check : judgement.record.checks) {
        if (!is_of_channel(check.id, row.channel)) {
            continue;
        }
        const CheckResult result = judgement.record.result_of(check);
        if (result.outcome == Outcome::skipped && result.sentence.starts_with("needs software that ")) {
            continue;  // goes on calling, or logs in: these programs do neither
        }
        const std::string key = finding_for(row, check.full_id());
        const std::string wanted = key.empty() ? "pass" : row.findings.at(key);
        const char* const what = wanted == "pass" ? "FALSE ALARM: " : "MISSED: ";
        if (result.outcome == Outcome::fail && result.sentence.starts_with("the client crashed") &&
            std::ranges::find(row.crashes, check.full_id()) != row.crashes.end()) {
            missed.erase(key);
            continue;
        }
        EXPECT_EQ(to_string(result.outcome), wanted) << what << check.full_id() << " (" << result.sentence << ")";
        missed.erase(key);
        if (const auto says = row.says.find(check.full_id()); says != row.says.end()) {
            EXPECT_THAT(told_by(result), HasSubstr(says->second)) << check.full_id();
        }
    }
    for (const auto& [check, outcome] : missed) {
        ADD_FAILURE() << "MISSED: " << check << " was to be " << outcome << ", and is not in the run";
    }
    if (testing::Test::HasFailure()) {
        GTEST_LOG_(INFO) << judgement.output;
    }
}

class RealClient : public testing::TestWithParam<ClientRow> {};

TEST_P(RealClient, IsJudgedAsListed) {
    const ClientRow& row = GetParam();
    if (const std::string missing = missing_for(row); !missing.empty()) {
        GTEST_SKIP() << missing;
    }
    const ClientUnderTest client(row);
    expect_as_listed(row, client.judge());
    for (const std::string& name : row.witnesses) {
        EXPECT_THAT(seen_by(witness_kind(name), client), HasSubstr(witness_kind(name).says)) << "witness " << name;
    }
}

INSTANTIATE_TEST_SUITE_P(Rows, RealClient, testing::ValuesIn(client_rows()),
                         [](const testing::TestParamInfo<ClientRow>& row) { return row.param.name; });

const ClientRow& row_of(const std::string& name) {
    const auto row = std::ranges::find(client_rows(), name, &ClientRow::name);
    if (row == client_rows().end()) {
        throw std::out_of_range("no row " + name);
    }
    return *row;
}

/// Nothing shows a client that asks for no state of certificates what these are.
bool is_of_revocation(const WitnessKind& kind) {
    return kind.revoked || !kind.tls_feature.empty();
}

/// What a witness shows of clients with a finding it does not show of one without, so that it tells them apart.
void expect_opposite(const ClientUnderTest& client, const std::function<bool(const WitnessKind&)>& chosen) {
    for (const WitnessKind& kind : witness_kinds()) {
        if (!kind.waits.empty() || !chosen(kind)) {
            continue;
        }
        const std::string seen = seen_by(kind, client);
        if (kind.name == "sound") {
            EXPECT_THAT(seen, HasSubstr(kind.says));
        } else {
            EXPECT_THAT(seen, testing::Not(HasSubstr(kind.says))) << kind.name;
            EXPECT_THAT(seen, HasSubstr("exit code ")) << kind.name;
        }
    }
}

TEST(Witnesses, AreToldTheOppositeByAClientWithoutFindings) {
    const ClientRow& row = row_of("CurlPublishedSuites");
    ASSERT_TRUE(row.findings.empty());
    if (const std::string missing = missing_for(row); !missing.empty()) {
        GTEST_SKIP() << missing;
    }
    expect_opposite(ClientUnderTest(row),
                    [](const WitnessKind& kind) { return kind.answers.empty() && !is_of_revocation(kind); });
}

/// No client in common use is without findings there.
TEST(Witnesses, OfHttpAndRevocationAreToldTheOppositeByTheReferenceClient) {
    ClientRow row;
    row.channel = "cloud";
    row.command = {GATEPROOF_REFERENCE_CLIENT, "read"};
    expect_opposite(ClientUnderTest(row), [](const WitnessKind& kind) {
        return !kind.answers.empty() || is_of_revocation(kind) || kind.name == "sound";
    });
}

/// Whose patience is longer than what is slow, and shorter than what has no end.
TEST(Witnesses, OfWaitsAreToldTheOppositeByTheReferenceClient) {
    ClientRow row;
    row.channel = "cloud";
    row.command = {GATEPROOF_REFERENCE_CLIENT, "read", "--answer-limit", "5000", "--connect-limit", "5000"};
    const ClientUnderTest client(row);
    for (const WitnessKind& kind : witness_kinds()) {
        if (!kind.waits.empty()) {
            const std::string seen = seen_by(kind, client);
            EXPECT_THAT(seen, HasSubstr("exit code ")) << kind.name;
            EXPECT_THAT(seen, testing::Not(HasSubstr(kind.says))) << kind.name;
        }
    }
}

/// By how much this machine is slower than one that has nothing else to do: 1 or more.
double crowding() {
    const auto processor_time = [] {
        return std::chrono::duration<double>(static_cast<double>(std::clock()) / CLOCKS_PER_SEC);
    };
    const auto begun = std::chrono::steady_clock::now();
    const auto until = processor_time() + std::chrono::milliseconds(200);
    while (processor_time() < until) {
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    return std::max(1.0, took.count() / 0.2);
}

/// A vendor waits for this after each change: some 200 starts of a program that takes 20 ms.
TEST(Speed, AllThatCurlIsShownTakesSeconds) {
    const ClientRow& row = row_of("Curl");
    if (const std::string missing = missing_for(row); !missing.empty()) {
        GTEST_SKIP() << missing;
    }
    const ClientUnderTest client(row);
    // Other tests run beside this one: the best of three, and less is asked of a machine that is busy all along.
    std::chrono::duration<double> took = std::chrono::hours(1);
    for (int i = 0; i < 3 && took > std::chrono::seconds(10); ++i) {
        const double before = crowding();
        took = client.judge().took / std::max(before, crowding());
    }
    EXPECT_LT(took, std::chrono::seconds(10));
}

}  // namespace
}  // namespace gateproof::test
