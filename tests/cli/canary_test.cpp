// Nothing secret leaves the program while logins, machines and delegations are judged: the embedded gateway's
// passwords, client secrets, tokens, IRD numbers and keys are looked for in everything that comes out, whether it
// conforms or not.
#include <gmock/gmock.h>

#include <filesystem>
#include <map>
#include <set>

#include "harness/journal/read.hpp"
#include "tests/cli/served.hpp"

namespace gateproof::test {
namespace {

using testing::HasSubstr;
using testing::IsSupersetOf;

const std::vector<std::string> suites = {"--suite", "oauth", "--suite", "m2m", "--suite", "permission"};
const std::string every_format = "html,junit,json,markdown,csv,prometheus";

class Canaries : public testing::Test {
protected:
    void serve(const std::vector<std::string>& faults) {
        gateway_ = std::make_unique<ServedGateway>(path("gateway"), faults);
        ASSERT_TRUE(gateway_->serving()) << gateway_->output();
        for (const auto& entry : std::filesystem::directory_iterator(path("gateway"))) {
            const std::string name = entry.path().filename();
            const std::string content = read_file(entry.path());
            if (name.ends_with(".key.pem")) {
                // The middle of a key's text, which no other text holds by chance.
                canaries_[name] = content.substr(content.size() / 2, 40);
            } else if (!name.ends_with(".pem") && !name.ends_with(".json")) {
                canaries_[name] = content;
            }
        }
        // Every JWT begins like this: access tokens that the run was given, and what its machines signed.
        canaries_["a JSON object in base64url"] = "eyJ";
    }

    void search(const std::string& where, const std::string& text) {
        EXPECT_FALSE(text.empty()) << where;
        for (const auto& [name, canary] : canaries_) {
            EXPECT_GE(canary.size(), 3U) << name;
            EXPECT_EQ(text.find(canary), std::string::npos) << name << " stands in " << where;
        }
    }

    /// Judges both channels and mock, and searches what is printed and written; the journal comes back.
    RunRecord judge() {
        std::vector<std::string> words{"run",   gateway_->cloud(), gateway_->desktop(), gateway_->mock(), "-v",
                                       "--out", path("out"),       "--report",          every_format};
        words.insert(words.end(), suites.begin(), suites.end());
        int status = 0;
        search("the terminal", on_terminal(words, {}, status));
        std::size_t files = 0;
        for (const auto& entry : std::filesystem::directory_iterator(path("out"))) {
            search(entry.path().filename(), read_file(entry.path()));
            ++files;
        }
        EXPECT_EQ(files, 7U) << "the journal and each report";
        words.insert(words.end(), {"--junit", "-"});
        search("standard output", gateproof(words).out);
        search("the report of a journal", gateproof({"report", path("out/run.jsonl"), "-v"}).out);
        search("the plan", gateproof({"plan", gateway_->cloud(), gateway_->mock()}).out);
        return read_journal(std::filesystem::path(path("out/run.jsonl"))).run;
    }

    [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

    TemporaryFolder folder_;
    std::unique_ptr<ServedGateway> gateway_;
    std::map<std::string, std::string> canaries_;  ///< by the name of what it is
};

/// Checks of that outcome.
std::set<std::string> ids(const RunRecord& run, Outcome outcome) {
    std::set<std::string> found;
    for (const CheckRecord& check : run.checks) {
        if (run.result_of(check).outcome == outcome) {
            found.insert(check.full_id());
        }
    }
    return found;
}

TEST_F(Canaries, StayInsideOfTheDoctor) {
    serve({});
    const std::vector<std::string> words{"doctor", gateway_->cloud(), gateway_->desktop(), gateway_->mock()};
    for (const bool for_programs : {false, true}) {
        std::vector<std::string> all = words;
        all.insert(all.end(), for_programs ? 1 : 0, "--json");
        const Finished finished = gateproof(all);
        EXPECT_EQ(finished.status, 0) << finished.err;
        search("what the doctor prints", finished.out + finished.err);
    }
}

TEST_F(Canaries, StayInsideWhenAllIsWell) {
    serve({});
    ASSERT_GE(canaries_.size(), 36U);
    const RunRecord run = judge();
    EXPECT_THAT(ids(run, Outcome::fail), testing::IsEmpty());
    // These cannot pass unless passwords, secrets, codes, tokens, JWTs and IRD numbers were sent.
    EXPECT_THAT(
        ids(run, Outcome::pass),
        IsSupersetOf({"oauth.wrong-password-refused", "oauth.client-authenticated", "oauth.code-single-use",
                      "oauth.refresh-reuse-revokes", "oauth.token-response", "m2m.valid-served",
                      "m2m.other-environment-refused", "permission.own-data-served[second-customer]",
                      "permission.own-data-served[machine-customer]",
                      "permission.other-customer-refused[other-customer]", "permission.expired-token[own-customer]",
                      "permission.no-existence-oracle[other-customer]"}));
    const std::string journal = read_file(path("out/run.jsonl"));
    EXPECT_THAT(journal, HasSubstr("POST /gateway/customer/customer"));
}

TEST_F(Canaries, StayInsideWhenTheGatewayIsCareless) {
    const std::vector<std::string> faults{
        "redirect-uri-unchecked",   "code-reusable",          "code-not-bound-to-client", "client-secret-unchecked",
        "pkce-verifier-unchecked",  "token-lives-longer",     "errors-with-status-200",   "introspection-open",
        "revocation-ignored",       "refresh-token-reusable", "native-refresh-token",     "token-optional",
        "token-no-signature-check", "token-accepts-expired",  "token-in-query-served",    "token-not-bound",
        "serves-other-customers",   "serves-other-accounts",  "error-names-customer",     "batch-error-carries-record",
        "m2m-no-signature-check",   "m2m-accepts-expired",    "m2m-ignores-kid",          "m2m-accepts-alg-none",
        "delegation-error-with-200"};
    serve(faults);
    const RunRecord run = judge();
    EXPECT_THAT(
        ids(run, Outcome::fail),
        IsSupersetOf({"oauth.code-single-use", "oauth.client-authenticated", "oauth.introspection",
                      "oauth.refresh-reuse-revokes", "oauth.desktop-no-refresh-token", "m2m.signature-checked",
                      "m2m.alg-none", "m2m.expired", "permission.token-in-query-refused[own-customer]",
                      "permission.expired-token[own-customer]", "permission.other-customer-refused[other-customer]"}))
        << "evidence of findings is printed too";
}

}  // namespace
}  // namespace gateproof::test
