#include "harness/run/repeat/curl_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <variant>

#include "harness/json/read_file.hpp"
#include "harness/probe/http/correlation.hpp"
#include "harness/probe/http/request.hpp"
#include "harness/text/ascii.hpp"
#include "harness/text/shell_word.hpp"

namespace gateproof {

namespace {

constexpr std::string_view program = "curl";

/// What says nothing that the profile keeps to itself, and that curl sends as it is told.
bool is_plain_header(const HttpRequest& request, const std::string& name) {
    return same_ignoring_case(name, "host") || same_ignoring_case(name, "accept") ||
           same_ignoring_case(name, request.endpoint.correlation_header);
}

std::string host_in_url(const std::string& host) {
    return host.find(':') == std::string::npos ? host : '[' + host + ']';
}

/// curl takes bytes of a URL as they come, but for what it reads as a URL's own syntax and for fragments.
bool is_plain_target(std::string_view target) {
    constexpr std::string_view others = "/-._~:@!$&'()*+,;=%?[]";
    return target.starts_with('/') && std::ranges::all_of(target, [&](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      others.find(c) != std::string_view::npos;
           });
}

/// The versions that are not those of curl itself; nothing: it offers none of them.
std::optional<std::string> version_words(const HttpRequest& request) {
    if (!request.tls) {
        return std::string();
    }
    if (request.min_version < TlsVersion::tls_1_2) {
        return std::nullopt;
    }
    return fmt::format("{}{}", request.min_version == TlsVersion::tls_1_3 ? " --tlsv1.3" : " --tlsv1.2",
                       request.max_version == TlsVersion::tls_1_2 ? " --tls-max 1.2" : "");
}

std::string noted_text(const Observation& observation, std::string_view name) {
    for (const auto& [field, value] : observation.fields) {
        if (const auto* text = std::get_if<std::string>(&value); text != nullptr && field == name) {
            return *text;
        }
    }
    return {};
}

/// " --cert client.pem --key client.key"; nothing: no line can name them.
std::optional<std::string> certificate_words(const Profile& profile, const std::string& role) {
    if (role == "none") {
        return std::string();
    }
    const FileText text = profile.file.empty() ? FileText{} : read_bounded_file(profile.file, "profile");
    const nlohmann::json json = nlohmann::json::parse(text.text, nullptr, false);
    const nlohmann::json::json_pointer place = nlohmann::json::json_pointer() / "identities" / role;
    if (json.is_discarded() || !json.contains(place) || !json[place].is_object() || json[place].size() != 2) {
        return std::nullopt;  // a chain in a file of its own, or a passphrase
    }
    std::string words;
    for (const auto& [member, option] : {std::pair("certificate", " --cert "), std::pair("key", " --key ")}) {
        const auto found = json[place].find(member);
        const std::string reference =
            found != json[place].end() && found->is_string() ? found->get<std::string>() : std::string();
        constexpr std::string_view in_file = "file:";
        if (!reference.starts_with(in_file)) {
            return std::nullopt;
        }
        const std::filesystem::path file =
            std::filesystem::path(profile.file).parent_path() / reference.substr(in_file.size());
        words += option + shell_word(file.string());
    }
    return words;
}

/// What tells exchanges apart that had the same answer.
struct Asked {
    std::string request;
    std::string authority;
    std::string identity;
    std::string via;

    auto operator<=>(const Asked&) const = default;
};

/// The sentence names this: nothing that is not there is named.
bool names(const CheckResult& result, const std::string& text) {
    return !text.empty() && result.sentence.find(text) != std::string::npos;
}

/// The last exchange of each kind that had the answer which the sentence names, under the version of TLS that it names
/// where there is one; null: not each of them has a line.
std::map<Asked, const Observation*> answered_so(const CheckResult& result) {
    std::map<Asked, const Observation*> found;
    const auto is_answer = [&](const Observation& seen) {
        return seen.kind == "http_exchange" && names(result, noted_text(seen, "result"));
    };
    const auto is_of_version = [&](const Observation& seen) { return names(result, noted_text(seen, "tls_version")); };
    const bool by_version = std::ranges::any_of(
        result.evidence, [&](const Observation& seen) { return is_answer(seen) && is_of_version(seen); });
    for (const Observation& seen : result.evidence) {
        if (!is_answer(seen) || (by_version && !is_of_version(seen))) {
            continue;
        }
        Asked asked{noted_text(seen, "request"), noted_text(seen, "authority"), noted_text(seen, "identity"),
                    noted_text(seen, "via")};
        const auto [place, first] = found.try_emplace(std::move(asked), &seen);
        const bool kept = !noted_text(seen, curl_field).empty() && place->second != nullptr;
        place->second = kept ? &seen : nullptr;
    }
    return found;
}

/// The exchange that the finding is about, where there can be no other; null: it cannot be told.
const Observation* exchange_of_finding(const CheckResult& result, const Profile& profile) {
    std::map<Asked, const Observation*> found = answered_so(result);
    const Operation& control = profile.control_operation();
    const std::shared_ptr<const Identity> served = serving_identity(profile);
    const Asked success{fmt::format("{} {}", control.method, control.path), profile.endpoint.authority(),
                        served ? served->role : "none", ""};
    if (found.size() == 2 && std::ranges::all_of(found, [&](const auto& one) {
            return one.first.request == success.request && one.first.authority == success.authority;
        })) {
        found.erase(success);  // the success that a refusal stands beside
    }
    return found.size() == 1 ? found.begin()->second : nullptr;
}

}  // namespace

std::string curl_line(const HttpRequest& request, const HttpOutcome& outcome) {
    const std::optional<std::string> versions = version_words(request);
    const std::string target = request.endpoint.path_prefix + request.path;
    const bool plain = request.body.empty() && request.secret.empty() && !request.cookies && !request.via &&
                       request.endpoint.proxy == nullptr && (request.method == "GET" || request.method == "HEAD") &&
                       std::ranges::all_of(request.headers,
                                           [&](const auto& header) { return is_plain_header(request, header.first); });
    if (!outcome.whole() || !versions || !plain || !is_plain_target(target)) {
        return {};
    }
    std::string line = fmt::format("{} -{}sS -g --path-as-is --http1.1", program, request.method == "HEAD" ? "I" : "i");
    if (request.tls) {
        line += " -k" + *versions;  // as the check, which looks at no chain either before it sends what is no secret
    }
    if (!request.endpoint.connect_address.empty()) {
        line += " --connect-to " + shell_word(fmt::format("::{}:", host_in_url(request.endpoint.connect_address)));
    }
    for (const auto& [name, value] : request.headers) {
        if (!same_ignoring_case(name, request.endpoint.correlation_header)) {
            line += " -H " + shell_word(fmt::format("{}: {}", name, value));
        }
    }
    return fmt::format(
        "{} {}", line,
        shell_word(fmt::format("{}://{}{}", request.tls ? "https" : "http", request.endpoint.authority(), target)));
}

void keep_curl_line(CheckResult& result, const Profile& profile) {
    const bool found = result.outcome != Outcome::pass && result.outcome != Outcome::skipped;
    const bool judged = found && !profile.file.empty() && profile.side() == Side::gateway;
    const Observation* const chosen = judged ? exchange_of_finding(result, profile) : nullptr;
    constexpr std::size_t longest = 3000;  // whoever bounds texts would cut a longer one
    for (Observation& seen : result.evidence) {
        std::string line = &seen == chosen ? noted_text(seen, curl_field) : std::string();
        std::erase_if(seen.fields, [](const auto& field) { return field.first == curl_field; });
        if (line.empty() || line.find("[redacted]") != std::string::npos) {
            continue;
        }
        if (const std::optional<std::string> shown = certificate_words(profile, noted_text(seen, "identity"))) {
            line.insert(program.size(), *shown);
            if (line.size() <= longest) {
                seen.with(curl_field, std::move(line));
            }
        }
    }
}

}  // namespace gateproof
