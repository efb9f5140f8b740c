#include "tests/clients/rows.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <ostream>

#include "tests/clients/witness.hpp"

namespace gateproof::test {

namespace {

std::vector<std::string> families_of(const nlohmann::json& row) {
    if (row.contains("families")) {
        return row.at("families");
    }
    const std::vector<std::string> arguments = row.value("arguments", std::vector<std::string>());
    return std::ranges::find(arguments, "--check") != arguments.end()
               ? std::vector<std::string>()
               : std::vector<std::string>(judged_families.begin(), judged_families.end());
}

/// "reach, trust": what it is judged with, in few letters.
std::string judged_with(const ClientRow& row) {
    constexpr std::string_view side = "client-";
    std::string out;
    for (const std::string& family : row.families) {
        out += fmt::format("{}{}", out.empty() ? "" : ", ", family.substr(side.size()));
    }
    return out.empty() ? "single checks" : out;
}

}  // namespace

void PrintTo(const ClientRow& row, std::ostream* out) {
    *out << row.name;
}

const std::vector<ClientRow>& client_rows() {
    static const std::vector<ClientRow> rows = [] {
        using Words = std::vector<std::string>;
        using Pairs = std::map<std::string, std::string>;
        std::ifstream file(GATEPROOF_CLIENTS_TABLE);
        std::vector<ClientRow> read;
        for (const nlohmann::json& row : nlohmann::json::parse(file)) {
            read.push_back({row.at("name"), row.at("client"), row.at("configuration"), row.value("channel", "cloud"),
                            row.value("command", Words()), row.value("document", ""), row.value("act", "read"),
                            row.value("variables", Pairs()), row.value("needs", Pairs()),
                            row.contains("profile") ? row.at("profile").dump() : std::string(), families_of(row),
                            row.value("arguments", Words()), row.at("findings"), row.value("says", Pairs()),
                            row.value("witnesses", Words()), row.value("remark", ""), row.value("init", Words())});
        }
        return read;
    }();
    return rows;
}

std::string finding_for(const ClientRow& row, const std::string& full_id) {
    const std::string id = full_id.substr(0, full_id.find('['));
    std::string longest;
    for (const auto& [key, outcome] : row.findings) {
        const bool begins = key.ends_with('*') && full_id.starts_with(key.substr(0, key.size() - 1));
        if ((key == full_id || key == id || begins) && key.size() > longest.size()) {
            longest = key;
        }
    }
    return longest;
}

std::string clients_page(const std::vector<ClientRow>& rows) {
    std::string out = fmt::format(
        R"(# Real clients

What Gateproof says of HTTP clients that it did not come with, each sound and misconfigured, as software of yours may be
built on them. The tests with the label `clients` (`./dev test clients`) run each of them against the stage through the
command line, and fail on a finding that is not in this table (a false alarm) and on one that does not come (a miss): both
counts are 0 whenever the tests pass. A client is judged with every check that its channel has in the families that its
row names, a misconfigured one with those that its fault is about, or with single checks. What a sound client fails is its own, and the table says why. The table is `tests/clients/expected.json`,
for the versions that Debian 12 has; a test holds this page to it, and writes it anew with
`GATEPROOF_WRITE_PAGES=1 ./dev test clients -R ClientsTable`.

Findings have witnesses, which are no part of Gateproof: the same client with the same command calls `openssl s_server`,
or for what is about HTTP a script of Python's standard library (`scripts/answers.py`), whose certificate the `openssl`
commands issued. Curl with the published suites alone, a row without findings, meets each of them that is about TLS, but
for revocation, of which it asks nothing; the reference client meets each of the others, and both come to the opposite.

| witness | server | what is seen |
| --- | --- | --- |
)");
    for (const WitnessKind& kind : witness_kinds()) {
        out += fmt::format("| {} | {} | `{}` |\n", kind.name, kind.title, kind.says);
    }
    std::size_t findings = 0;
    for (const ClientRow& row : rows) {
        findings += static_cast<std::size_t>(
            std::ranges::count_if(row.findings, [](const auto& finding) { return finding.second != "pass"; }));
    }
    out += fmt::format(
        "\n{} configurations, {} findings. A name that ends in `*` stands for all checks that begin so and are not "
        "named; (pass) is an\nexception of it.\n\n| client | configuration | channel | families | findings | how it behaves | witness |\n| --- | --- | --- | --- | --- | --- | --- |\n",
        rows.size(), findings);
    for (const ClientRow& row : rows) {
        std::string words;
        for (const auto& [check, outcome] : row.findings) {
            words +=
                fmt::format("{}{}{}", words.empty() ? "" : ", ", check, outcome == "fail" ? "" : " (" + outcome + ")");
        }
        std::string says;
        for (const auto& [check, text] : row.says) {
            says += fmt::format("{}{}: `{}`", says.empty() ? "" : ", ", check, text);
        }
        out += fmt::format("| {} | {} | {} | {} | {}{} | {} | {} |\n", row.client, row.configuration, row.channel,
                           judged_with(row), words.empty() ? "none" : words,
                           row.remark.empty() ? "" : ": " + row.remark, says, fmt::join(row.witnesses, ", "));
    }
    return out;
}

}  // namespace gateproof::test
