// docs/real-clients.md, of the table, the witnesses and the catalogue.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "suites/catalogue.hpp"
#include "tests/clients/rows.hpp"
#include "tests/clients/witness.hpp"

namespace gateproof::test {

namespace {

/// "reach, trust": what it is judged with, in few letters.
std::string judged_with(const ClientRow& row) {
    constexpr std::string_view side = "client-";
    std::string out;
    for (const std::string& family : row.families) {
        out += fmt::format("{}{}", out.empty() ? "" : ", ", family.substr(side.size()));
    }
    return out.empty() ? "single checks" : out;
}

bool judges(const ClientRow& row, const Suite& suite, const Check& check) {
    const bool of_channel = check.channels.empty() || std::ranges::any_of(check.channels, [&row](Channel one) {
                                return to_string(one) == row.channel;
                            });
    return of_channel && std::ranges::find(row.families, suite.id) != row.families.end();
}

/// Of the check, or of one of its cases.
bool warns(const ClientRow& row, const Check& check) {
    const std::string key = finding_for(row, std::string(check.id));
    return (!key.empty() && row.findings.at(key) == "warning") ||
           std::ranges::any_of(row.findings, [&check](const auto& finding) {
               return finding.second == "warning" && finding.first.starts_with(fmt::format("{}[", check.id));
           });
}

/// Which checks no more than warn because sound clients do so.
std::string warnings_section(const std::vector<ClientRow>& rows) {
    struct Warned {
        std::string line;
        std::size_t count = 0;
    };
    std::vector<Warned> all;
    for (const Suite& suite : suites::catalogue().suites) {
        for (const Check& check : suite.checks) {
            std::size_t judged = 0;
            Warned warned;
            std::set<std::string> clients;
            for (const ClientRow& row : rows) {
                if (!row.configuration.starts_with("sound") || !judges(row, suite, check)) {
                    continue;
                }
                ++judged;
                if (warns(row, check)) {
                    ++warned.count;
                    clients.insert(row.client);
                }
            }
            if (warned.count > 0) {
                warned.line = fmt::format("| {} | {} | {} of {} | {} |\n", check.id, check.title, warned.count, judged,
                                          fmt::join(clients, ", "));
                all.push_back(std::move(warned));
            }
        }
    }
    std::ranges::stable_sort(all, [](const Warned& one, const Warned& other) { return one.count > other.count; });
    std::string out = R"(
## Warnings that sound clients have

What these checks find of sound clients in common use, as they are shipped, is a warning and no failure: it says what
would be better, and fails a run under `--strict` alone. Of the sound configurations below that a check judges, so many
have its warning:

| check | what should hold | warned | clients |
| --- | --- | --- | --- |
)";
    for (const Warned& one : all) {
        out += one.line;
    }
    return out;
}

}  // namespace

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

The sound programs look at what an answer says, as any has to; curl, wget and wget2 have no way to, and fail
client-errors.page-not-taken and client-errors.empty-noticed. Nothing here is of .NET, which Debian 12 does not have.

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
    out += warnings_section(rows);
    std::size_t findings = 0;
    for (const ClientRow& row : rows) {
        findings += static_cast<std::size_t>(
            std::ranges::count_if(row.findings, [](const auto& finding) { return finding.second != "pass"; }));
    }
    out += fmt::format(
        "\n## Findings\n\n{} configurations, {} findings. A name that ends in `*` stands for all checks that begin so and are not "
        "named; (pass) is an\nexception of it.\n\n| client | configuration | channel | families | findings | how it behaves | witness |\n| --- | --- | --- | --- | --- | --- | --- |\n",
        rows.size(), findings);
    for (const ClientRow& row : rows) {
        std::string words;
        for (const auto& [check, outcome] : row.findings) {
            words +=
                fmt::format("{}{}{}", words.empty() ? "" : ", ", check, outcome == "fail" ? "" : " (" + outcome + ")");
        }
        std::string says;
        for (const std::string& check : row.crashes) {
            says += fmt::format("{}{}: it crashes at times", says.empty() ? "" : ", ", check);
        }
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
