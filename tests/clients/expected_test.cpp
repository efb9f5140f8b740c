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

TEST(ClientsTable, EveryFindingIsACheckAndEveryWitnessThere) {
    std::set<std::string> seen;
    for (const ClientRow& row : client_rows()) {
        EXPECT_TRUE(seen.insert(row.name).second) << row.name << " is there twice";
        EXPECT_NE(row.command.empty(), row.document.empty()) << row.name;
        for (const auto& [check, outcome] : row.findings) {
            EXPECT_GT(stands_for(check), 0U) << check;
            EXPECT_TRUE(outcome_from(outcome)) << outcome;
        }
        for (const auto& [check, text] : row.says) {
            EXPECT_EQ(stands_for(check), 1U) << check;
        }
        EXPECT_FALSE(row.witnesses.empty()) << row.name;
        for (const std::string& witness : row.witnesses) {
            EXPECT_EQ(std::ranges::count(witness_kinds(), witness, &WitnessKind::name), 1) << witness;
        }
    }
}

TEST(ClientsTable, EveryFindingOfASoundClientIsExplained) {
    for (const ClientRow& row : client_rows()) {
        if (row.configuration.starts_with("sound")) {
            EXPECT_NE(row.findings.empty(), !row.remark.empty()) << row.name;
            EXPECT_TRUE(row.arguments.empty() || row.arguments == std::vector<std::string>{"--quick"}) << row.name;
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

/// What docs/clients.md tells readers to run is run as a row: sound, and with every check.
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
