#include "tests/peers/expected.hpp"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>

namespace gateproof::test {

const std::vector<ExpectedFindings>& expected_findings() {
    static const std::vector<ExpectedFindings> rows = [] {
        std::ifstream file(GATEPROOF_PEERS_TABLE);
        std::vector<ExpectedFindings> read;
        for (const nlohmann::json& row : nlohmann::json::parse(file)) {
            std::vector<ExpectedFindings::Oracle> oracles;
            for (const nlohmann::json& oracle : row.value("oracles", nlohmann::json::array())) {
                const auto arguments = [&oracle](const char* of) {
                    return oracle.value(of, std::vector<std::string>());
                };
                oracles.push_back({arguments("before"), arguments("openssl"), arguments("node"), oracle.at("says")});
            }
            read.push_back({row.at("test"), row.at("server"), row.at("configuration"), row.at("channel"),
                            row.at("findings"), std::move(oracles), row.value("remark", "")});
        }
        return read;
    }();
    return rows;
}

std::string peers_page(const std::vector<ExpectedFindings>& rows) {
    std::string out =
        "# Real servers\n\n"
        "What Gateproof says of servers that it did not come with, each sound and misconfigured. The tests with the "
        "label\n`peers` (`./dev test peers`) start each of them from its Debian package, judge it through the command "
        "line with every\nsuite that the profile allows, and fail on a finding that is not in this table (a false "
        "alarm) and on one that does not\ncome (a miss): both counts are 0 whenever the tests pass. Every row with findings "
        "has a witness, which is no part of\nGateproof and is told the same by the same server, in these words: `openssl "
        "s_client`, or Node's TLS\n(`tests/peers/witness.mjs`). The table is `tests/peers/expected.json`; a test holds this "
        "page to it, and writes it anew with\n`GATEPROOF_WRITE_PAGES=1 ./dev test peers -R PeersTable`.\n\n";
    std::size_t findings = 0;
    for (const ExpectedFindings& row : rows) {
        findings += row.findings.size();
    }
    out += fmt::format(
        "{} configurations, {} findings.\n\n| server | configuration | channel | findings | witness |\n"
        "| --- | --- | --- | --- | --- |\n",
        rows.size(), findings);
    for (const ExpectedFindings& row : rows) {
        std::string words;
        for (const auto& [check, outcome] : row.findings) {
            words +=
                fmt::format("{}{}{}", words.empty() ? "" : ", ", check, outcome == "fail" ? "" : " (" + outcome + ")");
        }
        std::string says;
        for (const ExpectedFindings::Oracle& oracle : row.oracles) {
            says += fmt::format("{} `{}`", says.empty() ? "" : ",", oracle.says);
        }
        out += fmt::format("| {} | {} | {} | {}{} |{} |\n", row.server, row.configuration, row.channel,
                           words.empty() ? "none" : words, row.remark.empty() ? "" : ": " + row.remark, says);
    }
    return out;
}

}  // namespace gateproof::test
