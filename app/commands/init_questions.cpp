#include "app/commands/init_questions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <iostream>
#include <optional>
#include <system_error>
#include <utility>

#include "app/command.hpp"
#include "app/input/proxy_variable.hpp"
#include "app/output.hpp"
#include "harness/json/near_match.hpp"
#include "harness/profile/endpoint_url.hpp"
#include "harness/profile/reference.hpp"
#include "reports/view/text.hpp"

namespace gateproof::cli {

void ask_for(std::string& answer, std::string_view question, const std::string& otherwise, const AnswerFault& fault) {
    while (answer.empty()) {
        say(stdout, "{}{}: ", question, otherwise.empty() ? "" : " [" + otherwise + "]");
        flush(stdout);
        if (!std::getline(std::cin, answer)) {
            throw Unusable("input ended; nothing was written");
        }
        if (answer.empty()) {
            answer = otherwise;
        }
        const std::string wrong = fault ? fault(answer) : "";
        if (wrong.empty()) {
            return;
        }
        say(stdout, "  {}\n", wrong);
        answer.clear();
    }
}

AnswerFault one_of(std::vector<std::string> words) {
    return [words = std::move(words)](const std::string& answer) -> std::string {
        if (std::ranges::find(words, answer) != words.end()) {
            return "";
        }
        return shown_word(answer) + " is not known" + suggestion(answer, words);
    };
}

std::string missing_file(const std::string& answer) {
    if (answer.empty() || (is_reference(answer) && !answer.starts_with("file:"))) {
        return "";
    }
    const std::string name = answer.starts_with("file:") ? answer.substr(5) : answer;
    std::error_code ignored;
    if (std::filesystem::is_regular_file(name, ignored)) {
        return "";
    }
    return fmt::format("there is no file {}{}", shown_word(name),
                       name.starts_with("~") ? "; ~ stands for your home folder in a shell alone: write it out" : "");
}

std::string bad_variable(const std::string& answer) {
    const bool fits =
        std::ranges::all_of(answer, [](unsigned char one) { return std::isalnum(one) != 0 || one == '_'; });
    if (answer.empty() || (fits && std::isdigit(static_cast<unsigned char>(answer.front())) == 0)) {
        return "";
    }
    return "the variable's name is expected, of letters, digits and _ (never the passphrase itself)";
}

std::string url_fault(const std::string& answer) {
    if (answer.empty() || is_reference(answer)) {
        return "";
    }
    return parse_endpoint_url(answer.find("://") == std::string::npos ? "https://" + answer : answer, "https", true)
        .fault;
}

std::string proxy_fault(const std::string& answer) {
    if (answer.empty()) {
        return "";
    }
    const std::size_t colon = answer.rfind(':');
    const bool has_port = colon != std::string::npos && answer.find(']', colon) == std::string::npos &&
                          answer.find('/', colon) == std::string::npos;
    for (const char* const scheme : {"http", "socks5h"}) {
        if (answer.starts_with(std::string(scheme) + "://")) {
            const UrlResult read = parse_endpoint_url(answer, scheme, false);
            return has_port && read.fault.empty()
                       ? ""
                       : "expected host and port alone behind " + std::string(scheme) +
                             "://; user and password go into the profile: endpoint.proxy.user and .password";
        }
    }
    return "expected http://host:port (CONNECT) or socks5h://host:port";
}

void ask_for_proxy(std::string& proxy) {
    const std::optional<ProxyVariable> variable = proxy_variable();
    if (!proxy.empty() || !variable) {
        return;
    }
    const std::string none = "none";
    const std::string offered = proxy_url_of(*variable);
    const bool usable = proxy_fault(offered).empty();
    ask_for(
        proxy,
        fmt::format("{} is set. Proxy that all connections go through (none: they go out directly)", variable->name),
        usable ? reports::printable(offered) : none,
        [&none](const std::string& answer) { return answer == none ? "" : proxy_fault(answer); });
    if (proxy == none) {
        proxy.clear();
    } else if (has_credentials(*variable)) {
        say(stdout,
            "  user and password of {} are not written: name them in the profile, endpoint.proxy.user and .password, "
            "as env:NAME or file:NAME\n",
            variable->name);
    }
}

}  // namespace gateproof::cli
