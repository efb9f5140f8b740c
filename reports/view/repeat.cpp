#include "reports/view/repeat.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "harness/text/shell_word.hpp"

namespace gateproof::reports {
namespace {

/// Of a finding at hundreds of targets; each has its line beside its own check.
constexpr std::size_t most_lines = 5;
/// What has so many checks is repeated by some of them.
constexpr std::size_t most_checks = 20;

/// As the command line names it: a built-in profile has no file. Empty: the journal does not say.
std::string profile_of(const TargetRecord& target) {
    return target.profile_file.empty() && target.environment == "embedded" ? target.name : target.profile_file;
}

/// A rotation is judged whole, by certificates that its command line names.
std::string line_of(const RunRecord& run, const TargetRecord& target, const std::vector<const CheckRecord*>& checks) {
    const bool rotates = !run.plan_suites.empty();
    std::string line =
        fmt::format("gateproof {}{}", rotates ? "rotate-check --profile " : "run ", shell_word(profile_of(target)));
    for (const CheckRecord* check : checks) {
        if (check->target == target.name && !rotates) {
            line += " --check " + shell_word(check->full_id());
        }
    }
    line += rotates ? "" : fmt::format(" --seed {}", run.seed);
    for (const std::string& word : target.given) {
        line += ' ' + shell_word(word);
    }
    return line;
}

/// "localhost" of "https://localhost:4046/path".
std::string host_of(const std::string& url) {
    const std::size_t begin = std::min(url.find("://"), url.size());
    std::string host = url.substr(std::min(begin + 3, url.size()));
    host.erase(std::min(host.find('/'), host.size()));
    return host.substr(0, host.rfind(':'));
}

std::string text_of(const Observation& observation, std::string_view name) {
    for (const auto& [field, value] : observation.fields) {
        if (const auto* text = std::get_if<std::string>(&value); text != nullptr && field == name) {
            return *text;
        }
    }
    return {};
}

/// The last ClientHello of a finding by a tool of others, where that can say it: of old versions, which it offers alone
/// and without a client certificate.
std::string openssl_line(const TargetRecord& target, const CheckResult& result) {
    const auto last = std::find_if(result.evidence.rbegin(), result.evidence.rend(),
                                   [](const Observation& seen) { return seen.kind == "client_hello"; });
    if (last == result.evidence.rend() || target.profile_file.empty()) {  // a gateway inside the program has ended
        return {};
    }
    const std::string offered = text_of(*last, "offered");
    const std::string address = text_of(*last, "remote_address");
    const std::string_view option = offered.starts_with("TLS 1.0 (")   ? "-tls1"
                                    : offered.starts_with("TLS 1.1 (") ? "-tls1_1"
                                                                       : "";
    const bool direct = !address.empty() && address.find(' ') == std::string::npos;  // and by no proxy
    const std::string host = host_of(target.url);
    const bool named = !host.starts_with('[') && host.find_first_not_of("0123456789.") != std::string::npos;
    if (option.empty() || !direct) {
        return {};
    }
    return fmt::format("openssl s_client -connect {}{} {} -cipher ALL:@SECLEVEL=0 </dev/null", shell_word(address),
                       named ? " -servername " + shell_word(host) : "", option);
}

/// Words of a shell and nothing else: a journal may come from anywhere, and its reader pastes what is printed.
bool is_harmless(std::string_view line) {
    constexpr std::string_view special = "\\\"`$&|;<>()*?[]{}#~!\n\r\t";
    bool quoted = false;
    for (const char c : line) {
        quoted = c == '\'' ? !quoted : quoted;
        if (c == '\\' || (!quoted && special.find(c) != std::string_view::npos)) {
            return false;
        }
    }
    return !quoted;
}

/// The line of curl(1) that the run kept of a finding.
std::string curl_line_of(const CheckResult& result) {
    for (const Observation& seen : result.evidence) {
        if (std::string line = text_of(seen, "curl"); line.starts_with("curl -") && is_harmless(line)) {
            return line;
        }
    }
    return {};
}

}  // namespace

std::vector<std::string> repeat_lines(const RunRecord& run, const Finding& finding) {
    const Outcome outcome = finding.result->outcome;
    std::vector<std::string> lines;
    if (outcome == Outcome::pass || outcome == Outcome::skipped) {
        return lines;
    }
    const bool rotates = !run.plan_suites.empty();
    std::vector<const CheckRecord*> checks = finding.checks;
    checks.resize(std::min(checks.size(), most_checks));
    for (const TargetRecord& target : run.targets) {
        const bool of_target =
            std::ranges::any_of(checks, [&target](const CheckRecord* check) { return check->target == target.name; });
        const bool told = !profile_of(target).empty() && (!rotates || !target.given.empty());
        if (of_target && told && lines.size() < most_lines) {
            lines.push_back(line_of(run, target, checks));
            if (checks.size() != 1) {
                continue;
            }
            for (std::string line : {openssl_line(target, *finding.result), curl_line_of(*finding.result)}) {
                if (!line.empty()) {
                    lines.push_back(std::move(line));
                }
            }
        }
    }
    return lines;
}

std::vector<std::string> repeat_lines(const RunRecord& run, const Row& row) {
    return repeat_lines(run, Finding{row.result, {row.check}});
}

}  // namespace gateproof::reports
