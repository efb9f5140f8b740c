// The catalogue, the documents that it comes from, its versions and the published facts: each list holds the others.
#include "suites/catalogue.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "harness/profile/digest.hpp"
#include "harness/profile/permission_case.hpp"
#include "profiles/builtin.hpp"
#include "suites/documents.hpp"
#include "suites/facts.hpp"

namespace gateproof::suites {
namespace {

using testing::IsEmpty;
using Json = nlohmann::json;

/// The digest of each version that was released: it never changes, nor does what judges by that name.
const std::map<std::string_view, std::string> released{};

bool is_date(const std::string& text) {
    static const std::regex date("(19|20)[0-9]{2}-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?");
    return std::regex_match(text, date);
}

std::set<std::string> ids_of_checks() {
    std::set<std::string> ids;
    for (const Suite& suite : catalogue().suites) {
        for (const Check& check : suite.checks) {
            ids.emplace(check.id);
        }
    }
    return ids;
}

bool is_published_by_inland_revenue(const Requirement& requirement) {
    return std::ranges::any_of(requirement.sources, [](const Source& source) {
        const Document* const document = catalogue().document(source.document);
        return document != nullptr && document->publisher == inland_revenue;
    });
}

TEST(Catalogue, EveryRequirementNamesDocumentsWithADate) {
    std::set<std::string_view> seen;
    for (const Document& document : catalogue().documents) {
        EXPECT_TRUE(seen.insert(document.id).second) << document.id;
        EXPECT_TRUE(is_date(std::string(document.date))) << document.id << ' ' << document.date;
        EXPECT_EQ(document.title.empty(), document.publisher.empty()) << document.id;
    }
    for (const Requirement& requirement : catalogue().requirements) {
        EXPECT_FALSE(requirement.sources.empty()) << requirement.id;
        for (const Source& source : requirement.sources) {
            EXPECT_TRUE(seen.contains(source.document)) << requirement.id << ": " << source.document;
        }
    }
    EXPECT_EQ(catalogue().source_of(*catalogue().requirement("CLOUD-PORT")),
              "Service endpoints (Inland Revenue, 2021-04-28), cloud endpoint, port");
    EXPECT_EQ(catalogue().source_of({.id = "X", .sentence = "", .sources = {{"RFC 8996"}, {"ours", "2"}}}),
              "RFC 8996 (2021-03); ours, 2");
}

TEST(Catalogue, EveryDocumentIsNamedSomewhere) {
    std::set<std::string> named;
    for (const Requirement& requirement : catalogue().requirements) {
        for (const Source& source : requirement.sources) {
            named.emplace(source.document);
        }
    }
    for (const Fact& fact : facts()) {
        for (const FactSource& source : fact.sources) {
            named.insert(source.document);
        }
    }
    for (const Document& document : catalogue().documents) {
        EXPECT_TRUE(named.contains(std::string(document.id))) << document.id;
    }
}

std::string digest_of(const CatalogueVersion& version) {
    Digest digest;
    for (const std::string_view check : version.checks) {
        digest.add(check);
    }
    return digest.hex();
}

/// Writes the list of the last version anew, with every check that there is.
void write_version(std::string_view name) {
    std::string file(name);
    std::ranges::replace(file, '-', '_');
    file = GATEPROOF_SUITES "/version_" + file + ".hpp";
    std::ifstream in(file);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    in.close();
    std::string rows;
    for (const std::string& id : ids_of_checks()) {
        rows += fmt::format("    \"{}\",\n", id);
    }
    const std::string begin = "std::string_view>({\n";
    const std::size_t from = text.find(begin) + begin.size();
    std::ofstream(file) << text.substr(0, from) << rows << text.substr(text.find("});"));
}

TEST(Catalogue, VersionsHoldTheirChecks) {
    const CatalogueVersion& last = catalogue().versions.back();
    if (std::getenv("GATEPROOF_WRITE_PAGES") != nullptr && !released.contains(last.name)) {
        write_version(last.name);
        GTEST_SKIP() << "written anew; build again";
    }
    const std::set<std::string> known = ids_of_checks();
    std::string_view before;
    for (const CatalogueVersion& version : catalogue().versions) {
        EXPECT_LT(before, version.name) << "oldest first";
        before = version.name;
        EXPECT_TRUE(is_date(std::string(version.name))) << version.name;
        EXPECT_TRUE(std::ranges::is_sorted(version.checks)) << version.name;
        EXPECT_EQ(std::ranges::adjacent_find(version.checks), version.checks.end()) << version.name;
        for (const std::string_view check : version.checks) {
            EXPECT_TRUE(known.contains(std::string(check)))
                << check << " is in version " << version.name << ": an id stays what it is";
        }
        if (const auto found = released.find(version.name); found != released.end()) {
            EXPECT_EQ(digest_of(version), found->second) << version.name << " is released: add a version instead";
        }
    }
    for (const auto& [name, digest] : released) {
        EXPECT_NE(catalogue().version(name), nullptr) << name << " is released";
    }
}

TEST(Catalogue, KnowsSinceWhenACheckAndARequirementExist) {
    constexpr std::array<std::string_view, 1> first{"tls.a"};
    constexpr std::array<std::string_view, 2> second{"tls.a", "tls.b"};
    Check a;
    a.id = "tls.a";
    a.requirements = {decides("R")};
    Check b = a;
    b.id = "tls.b";
    b.requirements = {decides("R"), adds("S")};
    Check c = a;
    c.id = "tls.c";
    c.requirements = {decides("T")};
    const Catalogue three{.requirements = {{.id = "R", .sentence = "", .sources = {}},
                                           {.id = "S", .sentence = "", .sources = {}},
                                           {.id = "T", .sentence = "", .sources = {}}},
                          .suites = {{"tls", "TLS", {a, b, c}}},
                          .versions = {{"2026-11", first}, {"2027-02", second}}};
    EXPECT_EQ(three.since(a), "2026-11");
    EXPECT_EQ(three.since(b), "2027-02");
    EXPECT_EQ(three.since(c), "");
    EXPECT_EQ(three.since(three.requirements[0]), "2026-11");
    EXPECT_EQ(three.since(three.requirements[1]), "2027-02");
    EXPECT_EQ(three.since(three.requirements[2]), "");
}

TEST(Facts, EachHasAnIdASentenceAndSourcesThatAreKnown) {
    EXPECT_GT(facts().size(), 100U);
    std::set<std::string> seen;
    std::set<std::string> sentences;
    for (const Fact& fact : facts()) {
        EXPECT_TRUE(std::regex_match(fact.id, std::regex("[a-z0-9]+(-[a-z0-9]+)*"))) << fact.id;
        EXPECT_TRUE(seen.insert(fact.id).second) << fact.id;
        EXPECT_TRUE(sentences.insert(fact.sentence).second) << fact.id;
        EXPECT_TRUE(fact.sentence.ends_with('.')) << fact.id;
        EXPECT_FALSE(fact.sources.empty()) << fact.id;
        for (const FactSource& source : fact.sources) {
            const Document* const document = catalogue().document(source.document);
            ASSERT_NE(document, nullptr) << fact.id << ": " << source.document;
            EXPECT_EQ(document->publisher, inland_revenue) << fact.id;
        }
        EXPECT_TRUE(fact.date.empty() || is_date(fact.date)) << fact.id << ' ' << fact.date;
    }
}

TEST(Facts, EachIsHonouredInSomeWayThatExists) {
    const std::set<std::string> checks = ids_of_checks();
    for (const Fact& fact : facts()) {
        SCOPED_TRACE(fact.id);
        EXPECT_FALSE(fact.checks.empty() && fact.profile.empty() && fact.templates.empty() &&
                     fact.error_models.empty() && fact.not_testable.empty() && fact.not_tested_yet.empty());
        for (const std::string& id : fact.requirements) {
            EXPECT_NE(catalogue().requirement(id), nullptr) << id;
        }
        for (const std::string& id : fact.checks) {
            const Check* const check = catalogue().check(id);
            ASSERT_NE(check, nullptr) << id;
            EXPECT_TRUE(fact.requirements.empty() ||
                        std::ranges::any_of(check->requirements,
                                            [&](const Bearing& bearing) {
                                                return std::ranges::find(fact.requirements, bearing.requirement) !=
                                                       fact.requirements.end();
                                            }))
                << id << " proves none of " << fmt::format("{}", fmt::join(fact.requirements, ", "));
        }
        for (const std::string& name : fact.error_models) {
            EXPECT_TRUE(documented_errors().contains(name)) << name;
        }
    }
}

/// `schema`, with what it refers to and its alternatives.
std::vector<Json> spread(const Json& root, const Json& schema) {
    std::vector<Json> all{schema};
    if (schema.contains("$ref")) {
        std::ranges::move(spread(root, root.at(Json::json_pointer(schema["$ref"].get<std::string>().substr(1)))),
                          std::back_inserter(all));
    }
    for (const char* const alternatives : {"oneOf", "anyOf", "allOf"}) {
        for (const Json& one : schema.value(alternatives, Json::array())) {
            std::ranges::move(spread(root, one), std::back_inserter(all));
        }
    }
    return all;
}

/// What the schema says of a key such as "permissions.cases[].error" or "operations.*.path"; none: there is no such
/// key.
std::vector<Json> schemas_of(const std::string& key) {
    const Json root = Json::parse(profile_schema_text());
    std::vector<Json> here = spread(root, root);
    const auto go = [&](const std::string& keyword, const std::string& name) {
        std::vector<Json> next;
        for (const Json& schema : here) {
            const Json* found = schema.contains(keyword) ? &schema.at(keyword) : nullptr;
            if (found != nullptr && !name.empty()) {
                found = found->contains(name) ? &found->at(name) : nullptr;
            }
            if (found != nullptr && found->is_object()) {
                std::ranges::move(spread(root, *found), std::back_inserter(next));
            }
        }
        here = std::move(next);
    };
    std::istringstream words(key);
    for (std::string word; std::getline(words, word, '.');) {
        const bool each = word.ends_with("[]");
        word = each ? word.substr(0, word.size() - 2) : word;
        word == "*" ? go("additionalProperties", "") : go("properties", word);
        if (each) {
            go("items", "");
        }
    }
    return here;
}

TEST(Facts, KeysOfTheProfileExistAndHaveTheDefaultsThatAreSaid) {
    EXPECT_THAT(schemas_of("timeouts.limit_minutes"), IsEmpty());
    EXPECT_THAT(schemas_of("operations.*.verb"), IsEmpty());
    for (const Fact& fact : facts()) {
        for (const ProfileValue& value : fact.profile) {
            const std::vector<Json> said = schemas_of(value.key);
            EXPECT_FALSE(said.empty()) << fact.id << ": there is no key " << value.key;
            if (!value.value_if_none.empty()) {
                const Json expected = Json::parse(value.value_if_none);
                EXPECT_TRUE(std::ranges::any_of(
                    said, [&](const Json& one) { return one.contains("default") && one.at("default") == expected; }))
                    << fact.id << ": " << value.key << " is not " << value.value_if_none << " by default";
            }
        }
    }
}

TEST(Facts, BuiltInProfilesHaveTheValuesThatAreSaid) {
    for (const Fact& fact : facts()) {
        for (const TemplateValue& value : fact.templates) {
            SCOPED_TRACE(fact.id + ": " + value.profile + ' ' + value.pointer);
            const BuiltinProfile* const profile = find_builtin(value.profile);
            ASSERT_NE(profile, nullptr);
            const Json json = Json::parse(profile->text);
            const Json::json_pointer pointer(value.pointer);
            ASSERT_TRUE(json.contains(pointer));
            if (!value.value.empty()) {
                EXPECT_EQ(json.at(pointer), Json::parse(value.value));
            }
        }
    }
}

TEST(Facts, EveryRequirementOfInlandRevenueIsReachedFromAFact) {
    std::set<std::string> reached;
    for (const Fact& fact : facts()) {
        reached.insert(fact.requirements.begin(), fact.requirements.end());
    }
    for (const Requirement& requirement : catalogue().requirements) {
        EXPECT_EQ(reached.contains(std::string(requirement.id)), is_published_by_inland_revenue(requirement))
            << requirement.id;
    }
}

TEST(Facts, WhatCannotBeTestedIsSaidOfTheFactToo) {
    for (const Requirement& requirement : catalogue().requirements) {
        const bool untestable = std::ranges::any_of(facts(), [&](const Fact& fact) {
            return !fact.not_testable.empty() && fact.checks.empty() &&
                   std::ranges::find(fact.requirements, requirement.id) != fact.requirements.end();
        });
        EXPECT_TRUE(requirement.not_testable.empty() || untestable) << requirement.id;
    }
}

/// A reader of the file alone sees what the documents are; the catalogue is where they are kept.
TEST(Facts, TheFileNamesTheDocumentsOfTheCatalogue) {
    Json expected = Json::object();
    for (const Document& document : catalogue().documents) {
        if (document.publisher == inland_revenue) {
            expected[std::string(document.id)] = {{"title", document.title}, {"date", document.date}};
        }
    }
    EXPECT_EQ(Json::parse(facts_text()).at("documents"), expected);
}

}  // namespace
}  // namespace gateproof::suites
