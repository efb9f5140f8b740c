// Explanations: every check and every published code has one, each says something of its own, and what they name
// exists.
#include "suites/explained.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <functional>
#include <map>
#include <regex>
#include <set>

#include "harness/profile/causes.hpp"
#include "harness/profile/permission_case.hpp"
#include "suites/catalogue.hpp"
#include "suites/documents.hpp"

namespace gateproof::suites {
namespace {

using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

/// Checks that are on their way: what is written of them stands there before they do.
const std::set<std::string_view>& explanations_to_come() {
    static const std::set<std::string_view> ids{"client-trust.address-refused", "client-trust.resumption-bound"};
    return ids;
}

TEST(Explained, EveryCheckHasAnExplanation) {
    for (const Suite& suite : catalogue().suites) {
        for (const Check& check : suite.checks) {
            EXPECT_TRUE(find_explained(check.id) != nullptr || explanations_to_come().contains(check.id))
                << check.id << " is not explained: write its sent, passes, fails, open and mend into docs/explanations/"
                << suite.id << ".json, and then docs/checks.md anew (docs/adding-a-check.md, Explanation)";
        }
    }
}

TEST(Explained, EveryExplanationIsOfACheckAndOfItsFile) {
    std::set<std::string> seen;
    for (const CheckExplained& one : explained_checks()) {
        EXPECT_TRUE(seen.insert(one.check).second) << one.check << " is explained twice";
        EXPECT_TRUE(catalogue().check(one.check) != nullptr || explanations_to_come().contains(one.check))
            << one.check << " is no check: take it out of docs/explanations, or give it the check's new id";
    }
    for (const ExplanationFile& file : explanation_files()) {
        const bool known = file.name == "codes" || std::ranges::any_of(catalogue().suites, [&](const Suite& suite) {
                               return suite.id == file.name;
                           });
        EXPECT_TRUE(known) << file.name << ".json belongs to no suite";
    }
    for (const Suite& suite : catalogue().suites) {
        EXPECT_TRUE(std::ranges::any_of(explanation_files(),
                                        [&](const ExplanationFile& file) { return suite.id == file.name; }))
            << "docs/explanations/" << suite.id << ".json is missing, or suites/CMakeLists.txt does not name it";
    }
}

TEST(Explained, NoTextIsEmptyOrThatOfAnotherCheck) {
    using Text = std::function<std::string(const CheckExplained&)>;
    const std::map<std::string, Text> fields{
        {"sent", [](const CheckExplained& one) { return one.sent; }},
        {"passes", [](const CheckExplained& one) { return one.passes; }},
        {"fails", [](const CheckExplained& one) { return one.fails; }},
        {"open", [](const CheckExplained& one) { return one.open; }},
        {"mend", [](const CheckExplained& one) { return fmt::format("{}", fmt::join(one.mend, "\n")); }}};
    for (const auto& [name, text_of] : fields) {
        std::map<std::string, std::string> whose;
        for (const CheckExplained& one : explained_checks()) {
            const std::string text = text_of(one);
            EXPECT_GE(text.size(), 15U) << one.check << ": " << name << " says nothing";
            const auto [place, fresh] = whose.emplace(text, one.check);
            EXPECT_TRUE(fresh) << one.check << ": " << name << " is word for word that of " << place->second;
        }
    }
    for (const CheckExplained& one : explained_checks()) {
        for (const std::string& line : one.mend) {
            EXPECT_GE(line.size(), 15U) << one.check << ": a line of mend says nothing";
        }
    }
}

TEST(Explained, EveryPublishedCodeIsExplained) {
    std::set<std::string> explained;
    for (const CodeExplained& code : explained_codes()) {
        explained.insert(code.code);
    }
    const auto expect = [&](const std::string& code, const std::string& where) {
        EXPECT_TRUE(explained.contains(code)) << code << " (" << where << ") is not in docs/explanations/codes.json";
    };
    for (const Cause& cause : published_causes()) {
        expect(cause.code, "causes");
    }
    for (const auto& [name, model] : documented_errors()) {
        for (const auto& reason : {std::optional(model.not_permitted), model.unknown, model.not_onboarded,
                                   model.no_token, model.invalid_token, model.unwanted_token, model.invalid_number,
                                   model.invalid_message, model.unknown_operation}) {
            for (const std::string& code : reason ? reason->codes : std::vector<std::string>()) {
                expect(code, "error model " + name);
            }
            for (const int status : reason ? reason->status : std::vector<int>()) {
                expect(std::to_string(status), "error model " + name);
            }
        }
    }
    static const std::regex code_form("(EV|CST|TDS|IR|DOC|NOT|ER|EU|PIR|PER|ACT|ADR|BIC|BNK|CNT|NAM)[0-9]{3,4}");
    for (const Fact& fact : facts()) {
        for (auto found = std::sregex_iterator(fact.sentence.begin(), fact.sentence.end(), code_form);
             found != std::sregex_iterator(); ++found) {
            expect(found->str(), "fact " + fact.id);
        }
    }
}

TEST(Explained, CodesSayWhatTheyMeanAndWhoMustActAndNameWhatExists) {
    std::set<std::string> seen;
    for (const CodeExplained& code : explained_codes()) {
        const std::string name = code.code + ", " + code.kind;
        EXPECT_TRUE(seen.insert(name).second) << name << " is there twice";
        for (const std::string& text : {code.code, code.kind, code.means, code.who, code.act}) {
            EXPECT_THAT(text, Not(IsEmpty())) << name;
        }
        for (const std::string& check : code.checks) {
            EXPECT_NE(catalogue().check(check), nullptr) << name << " names " << check << ", which is no check";
        }
        for (const FactSource& source : code.sources) {
            EXPECT_NE(catalogue().document(source.document), nullptr) << name << ": " << source.document;
        }
    }
}

TEST(Explained, EveryDocumentHasATitleADateAndAnAddress) {
    for (const Document& document : catalogue().documents) {
        EXPECT_THAT(address_of(document.id), StartsWith("https://"))
            << document.id << ": give its address in suites/documents.cpp";
        EXPECT_FALSE(document.date.empty()) << document.id;
    }
    EXPECT_EQ(address_of("RFC 8996"), "https://www.rfc-editor.org/rfc/rfc8996");
    EXPECT_EQ(address_of("CWE-204"), "https://cwe.mitre.org/data/definitions/204.html");
    EXPECT_EQ(address_of("XYZ"), "");
}

/// Who reads a report has no list of the documents' codes at hand.
TEST(Explained, ReadingsNameTheirDocumentsByTitle) {
    static const std::regex code("\\b(SE|SM|IA|MA|MJ|OA|MS)\\b");
    for (const Requirement& requirement : catalogue().requirements) {
        for (const RequirementReading& reading : requirement.readings) {
            EXPECT_FALSE(std::regex_search(std::string(reading.source), code))
                << requirement.id << ": " << reading.source;
        }
    }
}

}  // namespace
}  // namespace gateproof::suites
