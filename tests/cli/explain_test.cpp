// gateproof explain: what it says, what it answers to words that nothing goes by, and the page that it makes.
#include <gmock/gmock.h>

#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/cli/command.hpp"
#include "tests/support/files.hpp"

namespace gateproof::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// Whether the schema has the key, whose words are still to be found from `node` on.
bool schema_has(const nlohmann::json& schema, const nlohmann::json& node, std::vector<std::string> words) {
    if (words.empty()) {
        return true;
    }
    if (node.contains("$ref")) {
        return schema_has(schema, schema[nlohmann::json::json_pointer(node["$ref"].get<std::string>().substr(1))],
                          std::move(words));
    }
    const std::vector<std::string> rest(words.begin() + 1, words.end());
    if (node.contains("properties") && node["properties"].contains(words.front())) {
        return schema_has(schema, node["properties"][words.front()], rest);
    }
    for (const char* const list : {"allOf", "anyOf", "oneOf"}) {
        for (const nlohmann::json& part : node.value(list, nlohmann::json::array())) {
            if (schema_has(schema, part, words)) {
                return true;
            }
        }
    }
    const nlohmann::json others = node.value("additionalProperties", nlohmann::json(false));
    return others.is_object() && schema_has(schema, others, rest);
}

TEST(Explain, ACheckOfEachSide) {
    const Finished gateway = gateproof({"explain", "TLS.refuses-1.1"});
    EXPECT_EQ(gateway.status, 0) << gateway.err;
    EXPECT_THAT(gateway.out,
                AllOf(HasSubstr("tls.refuses-1.1 (check of a gateway): TLS 1.1 must be refused"),
                      HasSubstr("\nWhat is sent\n"), HasSubstr("\nWhat passes\n"), HasSubstr("\nWhat fails\n"),
                      HasSubstr("\nWhat stays open (inconclusive)\n"), HasSubstr("\nHow to mend it\n"),
                      HasSubstr("nginx: "), HasSubstr("Service endpoints (Inland Revenue, 2021-04-28), cloud endpoint"),
                      HasSubstr("https://www.rfc-editor.org/rfc/rfc8996"), HasSubstr("accepts-tls-1.1")));
    const Finished client = gateproof({"explain", "client-trust.wrong-host-refused"});
    EXPECT_EQ(client.status, 0) << client.err;
    EXPECT_THAT(client.out, AllOf(HasSubstr("(check of client software)"), HasSubstr("\nWhat the client meets\n"),
                                  HasSubstr("\nFaults that prove it\n"), HasSubstr("--fault ")));
    EXPECT_THAT(gateproof({"explain", "permission.own-data-served[some-case]"}).out,
                HasSubstr("permission.own-data-served (check of a gateway)"));
}

/// A key that no profile may have sends its reader to validate, which refuses it.
TEST(Explain, NamesKeysThatAProfileHas) {
    const std::filesystem::path docs = std::filesystem::path(GATEPROOF_CHECKS_PAGE).parent_path();
    const auto schema = nlohmann::json::parse(read_file(docs.parent_path() / "profiles/profile.schema.json"));
    const std::string page = std::regex_replace(read_file(GATEPROOF_CHECKS_PAGE), std::regex(R"(\\_)"), "_");
    const std::regex key(
        R"(\b(client_certificate|endpoint|limits|m2m|oauth|rotation|throttle|timeouts|tls)(\.[a-z_0-9]+)+)");
    std::set<std::string> checks;
    for (const auto& suite : nlohmann::json::parse(gateproof({"list", "--json"}).out)) {
        for (const auto& check : suite["checks"]) {
            checks.insert(check["id"]);
        }
    }
    std::size_t seen = 0;
    for (auto found = std::sregex_iterator(page.begin(), page.end(), key); found != std::sregex_iterator(); ++found) {
        const std::string name = found->str();
        const char before = found->position() == 0 ? ' ' : page[static_cast<std::size_t>(found->position()) - 1];
        const auto next = found->suffix().first;
        const char after = next == page.end() ? ' ' : *next;
        if (before == '-' || before == '.' || after == '-' || after == '*' || std::isupper(after) != 0 ||
            checks.contains(name)) {
            continue;  // a check, or an option of Java's
        }
        std::vector<std::string> words;
        std::istringstream in(name);
        for (std::string word; std::getline(in, word, '.');) {
            words.push_back(word);
        }
        EXPECT_TRUE(schema_has(schema, schema, words)) << name;
        ++seen;
    }
    EXPECT_GT(seen, 20U);
}

TEST(Explain, ACodeByWhoeverAnswersIt) {
    const std::string forbidden = gateproof({"explain", "ev1022"}).out;
    EXPECT_THAT(forbidden, AllOf(HasSubstr("EV1022 (REST error code)"), HasSubstr("\nWho must act\n"),
                                 HasSubstr("myIR"), HasSubstr("client-errors.forbidden-not-repeated"),
                                 HasSubstr("Customer Services Suite (Inland Revenue, 2024-06)")));
    EXPECT_THAT(gateproof({"explain", "4"}).out, HasSubstr("SOAP status code"));
    const std::string several = gateproof({"explain", "101"}).out;
    EXPECT_THAT(several, AllOf(HasSubstr("SOAP status code of Returns"), HasSubstr("SOAP status code of Employment"),
                               HasSubstr("SOAP status code of Intermediation")));
    EXPECT_THAT(gateproof({"explain", "429"}).out, HasSubstr("429 (HTTP status)"));
}

TEST(Explain, ARequirementADocumentAndASuite) {
    const std::string said = gateproof({"explain", "CLOUD-TLS-MIN", "SE", "firewall"}).out;
    EXPECT_THAT(said,
                AllOf(HasSubstr("CLOUD-TLS-MIN (requirement of a gateway (must))"), HasSubstr("tls.refuses-1.0: "),
                      HasSubstr("SE (document): Service endpoints (Inland Revenue, 2021-04-28)"),
                      HasSubstr("gws-architecture/service-endpoints"), HasSubstr("firewall (suite)")));
}

TEST(Explain, WithoutWordsItListsWhatItKnowsAndWrongWordsAreAnsweredWithNearOnes) {
    const Finished all = gateproof({"explain"});
    EXPECT_EQ(all.status, 0);
    EXPECT_THAT(all.out, AllOf(HasSubstr("tls.refuses-1.1"), HasSubstr("EV1022"), HasSubstr("CLOUD-TLS-MIN"),
                               HasSubstr("Service endpoints")));
    const Finished wrong = gateproof({"explain", "tls.refuse-1.1"});
    EXPECT_EQ(wrong.status, 2);
    EXPECT_THAT(wrong.out, IsEmpty());
    EXPECT_THAT(wrong.err,
                AllOf(HasSubstr("nothing goes by tls.refuse-1.1"), HasSubstr("did you mean tls.refuses-1.1")));
    const Finished part = gateproof({"explain", "early-data"});
    EXPECT_EQ(part.status, 2);
    EXPECT_THAT(part.err, HasSubstr("did you mean tls.no-early-data"));
    EXPECT_THAT(gateproof({"explain", "\x1b[31m"}).err, Not(HasSubstr("\x1b")));
}

TEST(Explain, Json) {
    const auto said = nlohmann::json::parse(gateproof({"explain", "tls.refuses-1.1", "4", "--json"}).out);
    ASSERT_EQ(said.size(), 2U);
    EXPECT_EQ(said[0].at("id"), "tls.refuses-1.1");
    for (const char* const key : {"sent", "passes", "fails", "open", "mend", "published", "proved_by"}) {
        EXPECT_FALSE(said[0].at(key).empty()) << key;
    }
    EXPECT_FALSE(said[1].at("act").empty());
    EXPECT_GT(nlohmann::json::parse(gateproof({"explain", "--json"}).out).size(), 400U);
}

/// Whoever types the line sees the finding.
TEST(Explain, TheLineThatShowsAFaultDoesSo) {
    constexpr std::string_view before = "See it: gateproof ";
    const TemporaryFolder folder;
    for (const std::string check : {"port.declared", "client-tls.refuses-ssl3"}) {
        const auto said = nlohmann::json::parse(gateproof({"explain", check, "--json"}).out);
        ASSERT_FALSE(said.at(0).at("proved_by").empty());
        for (const auto& proof : said.at(0).at("proved_by")) {
            const std::string text = proof.get<std::string>();
            std::istringstream line(text.substr(text.find(before) + before.size()));
            std::vector<std::string> words{std::istream_iterator<std::string>(line), {}};
            words.insert(words.end(), {"--out", folder.path().string()});
            const Finished run = gateproof(words);
            EXPECT_EQ(run.status, 1) << text << run.out << run.err;
            EXPECT_THAT(run.out, HasSubstr("FAIL")) << text;
        }
    }
}

/// Every check has each part, and the faults that prove it, of which nobody types the names.
TEST(Explain, EveryCheckIsExplainedWhole) {
    for (const auto& suite : nlohmann::json::parse(gateproof({"list", "--json"}).out)) {
        std::vector<std::string> words{"explain", "--json"};
        for (const auto& check : suite.at("checks")) {
            words.push_back(check.at("id").get<std::string>());
        }
        for (const auto& one : nlohmann::json::parse(gateproof(words).out)) {
            if (one.contains("sent")) {
                EXPECT_FALSE(one.value("proved_by", nlohmann::json::array()).empty()) << one.at("id");
                EXPECT_FALSE(one.value("published", nlohmann::json::array()).empty()) << one.at("id");
            }
        }
    }
}

TEST(ExplainPage, IsWhatTheProgramSays) {
    const std::string page = gateproof({"explain", "--markdown"}).out;
    if (std::getenv("GATEPROOF_WRITE_PAGES") != nullptr) {
        std::ofstream(GATEPROOF_CHECKS_PAGE) << page;
    }
    std::ifstream file(GATEPROOF_CHECKS_PAGE);
    const std::string told{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    EXPECT_TRUE(told == page)
        << "docs/checks.md is not what the program says: GATEPROOF_WRITE_PAGES=1 ./dev test cli -R ExplainPage";
}

}  // namespace
}  // namespace gateproof::test
