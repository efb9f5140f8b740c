// A server that says back the key it was sent, spelt in every way that servers have: neither the journal nor a report
// nor the terminal shows it in any of them.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cctype>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <variant>

#include "harness/journal/read.hpp"
#include "tests/cli/command.hpp"

namespace gateproof::test {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string secret = "Zm9vYmFyWmFi/Qux+12\"34abcdEFGH==";

class Echo : public testing::Test {
protected:
    void SetUp() override {
        const Finished made =
            run({find_program("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                 "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout",
                 path("server.key"), "-out", path("server.pem")});
        ASSERT_EQ(made.status, 0) << made.err;
        server_ = std::make_unique<Process>(
            std::vector<std::string>{"python3", GATEPROOF_TEST_ECHO, path("server.pem"), path("server.key")});
        ASSERT_TRUE(server_->wait_for_output("\n")) << server_->standard_error();
        port_ = server_->standard_output().substr(5);
        port_.erase(port_.find('\n'));
    }

    [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

    std::string profile(const std::string& spelling) {
        return folder_.write(spelling + ".json", fmt::format(R"({{
  "name": "{0}", "environment": "sandbox", "channel": "desktop",
  "endpoint": {{"url": "https://localhost:{1}", "connect": "127.0.0.1"}},
  "trust": {{"ca": "file:server.pem"}},
  "operations": {{"status": {{"path": "/echo/{0}", "headers": {{"X-Api-Key": "env:ECHO_KEY"}},
                             "expect": {{"status": [200], "body_contains": "OK"}}}}}},
  "control": "status"
}})",
                                                             spelling, port_));
    }

    TemporaryFolder folder_;
    std::unique_ptr<Process> server_;
    std::string port_;
};

/// Pieces of a spelling that no other text has by chance and that journals and reports write as they are.
std::vector<std::string> telling(const std::string& spelt) {
    std::vector<std::string> out;
    std::string word;
    for (const char c : spelt + ' ') {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
            word += c;
        } else {
            if (word.size() >= 8) {
                out.push_back(word);
            }
            word.clear();
        }
    }
    return out;
}

/// What evidence shows of the answers that this target gave.
std::string bodies(const RunRecord& run, const std::string& target) {
    std::string all;
    for (const CheckRecord& check : run.checks) {
        for (const Observation& observation : run.result_of(check).evidence) {
            for (const auto& [name, value] : observation.fields) {
                const auto* text = std::get_if<std::string>(&value);
                all += text != nullptr && name == "body" && check.target == target ? *text + '\n' : "";
            }
        }
    }
    return all;
}

TEST_F(Echo, NoSpellingOfTheKeyComesOut) {
    const auto spellings = nlohmann::json::parse(run({"python3", GATEPROOF_TEST_ECHO, "--spell", secret}).out);
    ASSERT_GE(spellings.size(), 15U);
    std::vector<std::string> words{"run",
                                   "--check",
                                   "mtls.desktop-served-without-certificate",
                                   "-v",
                                   "--out",
                                   path("out"),
                                   "--report",
                                   "html,junit,json,markdown,csv"};
    for (const auto& [name, spelt] : spellings.items()) {
        words.push_back(profile(name));
    }
    ProcessOptions options = plain_environment();
    options.environment["ECHO_KEY"] = secret;
    const Finished ran = run(command(words), options);
    EXPECT_EQ(ran.status, 0) << ran.out << ran.err;
    std::vector<std::string> texts{ran.out + ran.err};
    for (const auto& entry : std::filesystem::directory_iterator(path("out"))) {
        texts.push_back(read_file(entry.path()));
    }
    EXPECT_EQ(texts.size(), 7U) << "the terminal, the journal and each report";
    const RunRecord record = read_journal(std::filesystem::path(path("out/run.jsonl"))).run;
    for (const auto& [name, value] : spellings.items()) {
        SCOPED_TRACE(name);
        const std::string spelt = value.get<std::string>();
        const std::string shown = bodies(record, name);
        EXPECT_THAT(shown, HasSubstr("OK <")) << "the rest of the answer is evidence";
        EXPECT_THAT(shown, HasSubstr("[redacted]"));
        EXPECT_THAT(shown, Not(HasSubstr(spelt)));
        const std::vector<std::string> pieces = telling(spelt);
        EXPECT_FALSE(pieces.empty());
        for (const std::string& text : texts) {
            for (const std::string& piece : pieces) {
                EXPECT_THAT(text, Not(HasSubstr(piece)));
            }
        }
    }
}

/// What the server says back is what it would have written to its log.
TEST_F(Echo, EachRequestIsFoundByItsCorrelationInTheHeaderThatTheProfileNames) {
    const std::string file = folder_.write("found.json", fmt::format(R"({{
  "name": "found", "environment": "sandbox", "channel": "desktop",
  "endpoint": {{"url": "https://localhost:{}", "connect": "127.0.0.1", "correlation_header": "X-Api-Key"}},
  "trust": {{"ca": "file:server.pem"}},
  "operations": {{"status": {{"path": "/echo/plain", "expect": {{"status": [200], "body_contains": "OK"}}}}}},
  "control": "status"
}})",
                                                                     port_));
    const Finished judged = gateproof({"run", file, "--suite", "port,tls", "--out", path("out")});
    const JournalRead read = read_journal(std::filesystem::path(path("out/run.jsonl")));
    std::set<std::string> ids;
    std::set<std::string> runs;
    for (const CheckRecord& check : read.run.checks) {
        for (const Observation& seen : check.result ? check.result->evidence : std::vector<Observation>()) {
            std::map<std::string, std::string> texts;
            for (const auto& [name, value] : seen.fields) {
                if (const auto* text = std::get_if<std::string>(&value)) {
                    texts[name] = *text;
                }
            }
            if (seen.kind == "control") {
                EXPECT_THAT(texts["correlation"], HasSubstr("/control/"));
            }
            if (seen.kind != "http_exchange" || texts["body"].empty() || texts["correlation"].empty()) {
                continue;
            }
            EXPECT_EQ(texts["body"], "OK <" + texts["correlation"] + ">") << "as it was received";
            EXPECT_THAT(texts["correlation"], HasSubstr("/" + check.full_id() + "/"));
            EXPECT_THAT(texts["local_address"], testing::StartsWith("127.0.0.1:"));
            EXPECT_TRUE(ids.insert(texts["correlation"]).second) << texts["correlation"] << " stands for two requests";
            runs.insert(texts["correlation"].substr(0, texts["correlation"].find('/')));
        }
    }
    EXPECT_FALSE(ids.empty()) << judged.out << judged.err;
    EXPECT_EQ(runs.size(), 1U);
}

}  // namespace
}  // namespace gateproof::test
