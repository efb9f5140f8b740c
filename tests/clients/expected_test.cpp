// The table of expected findings names checks and witnesses that exist, and is what docs/real-clients.md shows.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>

#include "suites/catalogue.hpp"
#include "tests/clients/document.hpp"
#include "tests/clients/rows.hpp"
#include "tests/clients/witness.hpp"
#include "tests/support/files.hpp"

namespace gateproof::test {
namespace {

/// Checks that this key of a row's findings stands for.
std::size_t stands_for(const std::string& key) {
    std::size_t count = 0;
    for (const Suite& suite : suites::catalogue().suites) {
        count += static_cast<std::size_t>(std::ranges::count_if(suite.checks, [&key](const Check& check) {
            return key.ends_with('*') ? check.id.starts_with(key.substr(0, key.size() - 1))
                                      : check.id == key.substr(0, key.find('['));
        }));
    }
    return count;
}

TEST(ClientsTable, EveryFindingIsACheck) {
    std::set<std::string> seen;
    for (const ClientRow& row : client_rows()) {
        EXPECT_TRUE(seen.insert(row.name).second) << row.name << " is there twice";
        EXPECT_NE(row.command.empty(), row.document.empty()) << row.name;
        for (const std::string& family : row.families) {
            EXPECT_GT(stands_for(family + ".*"), 0U) << row.name << ": " << family;
        }
        const bool single = std::ranges::find(row.arguments, "--check") != row.arguments.end();
        EXPECT_NE(single, !row.families.empty()) << row.name << ": families or single checks";
        EXPECT_EQ(std::ranges::find(row.arguments, "--suite"), row.arguments.end()) << row.name;
        for (const auto& [check, outcome] : row.findings) {
            EXPECT_GT(stands_for(check), 0U) << check;
            EXPECT_TRUE(outcome_from(outcome)) << outcome;
        }
        for (const auto& [check, text] : row.says) {
            EXPECT_EQ(stands_for(check), 1U) << check;
        }
        for (const std::string& check : row.crashes) {
            EXPECT_EQ(stands_for(check), 1U) << check;
            EXPECT_FALSE(finding_for(row, check).empty()) << check;
        }
    }
}

bool is_found(const std::string& outcome) {
    return outcome == "fail" || outcome == "warning";
}

/// A misconfigured client has one of its findings shown, a sound one each.
TEST(ClientsTable, EveryFindingHasAWitness) {
    for (const ClientRow& row : client_rows()) {
        std::set<std::string> shown;
        for (const std::string& name : row.witnesses) {
            for (const std::string_view check : witness_kind(name).of) {
                const std::string key = finding_for(row, std::string(check));
                if (!key.empty() && is_found(row.findings.at(key))) {
                    shown.insert(key);
                }
            }
            EXPECT_TRUE(name == "sound" || !shown.empty()) << row.name << ": " << name << " is of no finding of it";
        }
        const bool sound = row.configuration.starts_with("sound");
        EXPECT_TRUE(sound || !shown.empty()) << row.name;
        for (const auto& [check, outcome] : row.findings) {
            EXPECT_TRUE(!sound || !is_found(outcome) || shown.contains(check)) << row.name << ": " << check;
        }
    }
}

TEST(ClientsTable, EveryFindingOfASoundClientIsExplained) {
    for (const ClientRow& row : client_rows()) {
        if (row.configuration.starts_with("sound")) {
            EXPECT_NE(row.findings.empty(), !row.remark.empty()) << row.name;
            EXPECT_TRUE(row.arguments.empty() || row.arguments == std::vector<std::string>{"--quick"}) << row.name;
            EXPECT_EQ(row.witnesses.empty() ? "" : row.witnesses.front(), "sound") << row.name;
        }
    }
}

TEST(ClientsTable, ThePageShowsIt) {
    const std::string page = clients_page(client_rows());
    if (std::getenv("GATEPROOF_WRITE_PAGES") != nullptr) {
        std::ofstream(GATEPROOF_CLIENTS_PAGE) << page;
    }
    EXPECT_EQ(read_file(GATEPROOF_CLIENTS_PAGE), page)
        << "write it anew: GATEPROOF_WRITE_PAGES=1 ./dev test clients -R ClientsTable";
}

/// What docs/clients.md tells readers to run is run as a row of a sound client.
TEST(ClientsDocument, EverySnippetIsARow) {
    for (const Snippet& one : snippets_of(read_file(GATEPROOF_CLIENTS_DOCUMENT))) {
        const auto row = std::ranges::find(client_rows(), one.name, &ClientRow::document);
        ASSERT_NE(row, client_rows().end()) << one.name;
        EXPECT_TRUE(row->configuration.starts_with("sound")) << one.name;
        const std::vector<std::string>& last = one.commands.back();
        EXPECT_THAT(last, testing::ElementsAre("gateproof", "run", testing::EndsWith(".json"))) << one.name;
    }
}

TEST(ClientsDocument, ABlockWithoutAMarkIsNoticed) {
    EXPECT_ANY_THROW(snippets_of("\n## Stack by stack\n```sh\ncurl\n```\n"));
    EXPECT_ANY_THROW(snippets_of("\n## Stack by stack\n<!-- client: a, a.py -->\n```sh\ncurl\n```\n"));
    const std::vector<Snippet> found = snippets_of(
        "\n## Stack by stack\n<!-- client: a, a.py -->\n```python\nx\n```\n```sh\ngateproof run \"a b\" c\n```\n"
        "<!-- not run: x -->\n```csharp\ny\n```\n\n## Next\n```sh\nz\n```\n");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].program, "x\n");
    EXPECT_THAT(found[0].commands, testing::ElementsAre(testing::ElementsAre("gateproof", "run", "a b", "c")));
}

}  // namespace
}  // namespace gateproof::test
