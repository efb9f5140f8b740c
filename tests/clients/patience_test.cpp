// What real clients do with a gateway that may take a minute, in unscaled time: all of them side by side.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <future>
#include <set>

#include "tests/clients/judged.hpp"
#include "tests/clients/rows.hpp"

namespace gateproof::test {
namespace {

struct Waited {
    ClientRow row;
    ClientJudgement judgement;
};

/// The sound program of each client that calls over HTTP: the first row that has it.
std::vector<ClientRow> sound_clients() {
    std::set<std::string> seen;
    std::vector<ClientRow> rows;
    for (const ClientRow& row : client_rows()) {
        if (row.configuration.starts_with("sound") && row.act == "read" &&
            std::ranges::find(row.families, "client-http") != row.families.end() && missing_for(row).empty() &&
            seen.insert(row.client).second) {
            rows.push_back(row);
        }
    }
    return rows;
}

/// Judged with the limit that Inland Revenue publishes, whatever the row says of time.
Waited wait_with(ClientRow row) {
    row.families = {"client-time"};
    row.arguments.clear();
    row.profile = R"({"timeouts": {"limit_ms": 60000}})";
    ClientJudgement judgement = ClientUnderTest(row).judge();
    return {std::move(row), std::move(judgement)};
}

/// A line of docs/proof.md; what came out of each check is named but where it passed or does not apply.
void show(const Waited& waited) {
    std::string found;
    for (const CheckRecord& check : waited.judgement.record.checks) {
        const CheckResult result = waited.judgement.record.result_of(check);
        if (result.outcome == Outcome::pass || result.outcome == Outcome::skipped) {
            continue;
        }
        EXPECT_TRUE(result.outcome == Outcome::fail || result.outcome == Outcome::warning)
            << waited.row.name << ": " << check.full_id() << ": " << result.sentence;
        found += (found.empty() ? "" : ", ") + check.full_id() +
                 (result.outcome == Outcome::fail ? "" : " (" + std::string(to_string(result.outcome)) + ")");
    }
    EXPECT_FALSE(waited.judgement.record.checks.empty()) << waited.row.name << ": " << waited.judgement.output;
    std::printf("| %s | %s | %s |\n", waited.row.client.c_str(), waited.row.configuration.c_str(),
                found.empty() ? "none" : found.c_str());
}

/// Minutes long, so `./dev proof patience` runs it and no other.
TEST(Patience, OfSoundClientsInUnscaledTime) {
    const auto begun = std::chrono::steady_clock::now();
    std::vector<std::future<Waited>> waiting;
    for (const ClientRow& row : sound_clients()) {
        waiting.push_back(std::async(std::launch::async, &wait_with, row));
    }
    ASSERT_FALSE(waiting.empty()) << "no client is here";
    const std::size_t clients = waiting.size();
    for (std::future<Waited>& one : waiting) {
        show(one.get());
    }
    const auto took =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - begun).count();
    std::printf("%zu clients side by side in %lld s\n", clients, static_cast<long long>(took));
    EXPECT_LT(took, 300);
}

}  // namespace
}  // namespace gateproof::test
