#include "app/visit_text.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "harness/probe/tls/cipher_suites.hpp"
#include "reports/view/text.hpp"

namespace gateproof::cli {
namespace {

constexpr std::size_t most_requests = 3;
constexpr std::size_t longest_word = 200;

std::string bounded_word(std::string_view text) {
    return reports::printable(std::string(text), reports::Lines::one, longest_word);
}

std::string hello_text(const stage::Visit& visit) {
    if (!visit.hello) {
        if (visit.in_clear) {
            return "HTTP without TLS";
        }
        return visit.first_bytes > 0 ? fmt::format("{} bytes that are no ClientHello", visit.first_bytes)
                                     : std::string("no ClientHello");
    }
    std::vector<std::string> versions;
    for (const TlsVersion version : visit.hello->versions()) {
        versions.emplace_back(to_string(version));
    }
    const std::string name = visit.hello->server_name();
    std::string text = fmt::format("hello {} {}", fmt::join(versions, ", "),
                                   name.empty() ? std::string("without a server name") : "for " + bounded_word(name));
    if (!visit.protocol.empty()) {
        text += fmt::format(" ({})", bounded_word(visit.protocol));
    }
    if (visit.version && visit.finished_at) {
        text += fmt::format(", became {} {}{}", to_string(*visit.version), cipher_suite_name(visit.cipher_suite),
                            visit.resumed ? ", resumed" : "");
    }
    return text;
}

std::string certificate_text(const stage::Visit& visit) {
    if (!visit.certificate_requested) {
        return {};
    }
    if (visit.certificates.empty()) {
        return visit.finished_at || visit.our_alert ? "no certificate" : "";
    }
    return fmt::format("certificate {}{}", bounded_word(visit.certificates.front().subject()),
                       visit.proved_possession ? "" : " (its key not proved)");
}

std::string request_text(const stage::RequestSeen& request) {
    std::string text = fmt::format("{} {}", bounded_word(request.method), bounded_word(request.target));
    for (const stage::CarriedSecret& secret : request.secrets) {
        text += fmt::format(" [{} in {}]", bounded_word(secret.label), bounded_word(secret.where));
    }
    return text + (request.status == 0 ? " -> no answer" : fmt::format(" -> {}", request.status));
}

std::string end_text(const stage::Visit& visit) {
    if (visit.alert) {
        return fmt::format("the client sent alert {}", visit.alert->name());
    }
    if (visit.our_alert) {
        return fmt::format("ended by this gateway with alert {}", visit.our_alert->name());
    }
    const std::string_view how = visit.end == Ending::reset     ? "reset"
                                 : visit.end == Ending::timeout ? "silent, and ended"
                                 : visit.close_notify           ? "closed with close_notify"
                                                                : "closed";
    return fmt::format("{} by {}", how, visit.by_stage ? "this gateway" : "the client");
}

}  // namespace

std::string visit_line(const stage::Visit& visit) {
    std::vector<std::string> parts;
    const auto add = [&parts](std::string part) {
        if (!part.empty()) {
            parts.push_back(std::move(part));
        }
    };
    const auto at = std::chrono::floor<std::chrono::milliseconds>(visit.began_at);
    const auto second = std::chrono::floor<std::chrono::seconds>(at);
    add(fmt::format("{:%H:%M:%S}.{:03} UTC", second, (at - second).count()));
    add(bounded_word(visit.from));
    add(visit.door.empty() ? std::string() : "door " + bounded_word(visit.door));
    add(hello_text(visit));
    add(certificate_text(visit));
    for (std::size_t i = 0; i < std::min(visit.requests.size(), most_requests); ++i) {
        add(request_text(visit.requests[i]));
    }
    if (visit.request_count > most_requests) {
        add(fmt::format("and {} more requests", visit.request_count - most_requests));
    }
    const auto lasted =
        std::chrono::duration_cast<std::chrono::milliseconds>(visit.ended.value_or(visit.began) - visit.began);
    add(visit.ended ? fmt::format("{} after {} ms", end_text(visit), lasted.count()) : std::string("is still there"));
    return fmt::format("{}", fmt::join(parts, "  "));
}

}  // namespace gateproof::cli
