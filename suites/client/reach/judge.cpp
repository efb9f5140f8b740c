#include "suites/client/reach/judge.hpp"

#include <algorithm>
#include <string>

namespace gateproof::suites {

Verdict judge_server_name(const Attempt& attempt, std::string_view host) {
    for (const stage::Visit& visit : attempt.visits) {
        if (!visit.hello) {
            continue;
        }
        const std::string name = visit.hello->server_name();
        if (name == host) {
            return Verdict::pass("its ClientHello names {}", name);
        }
        constexpr std::string_view remedy =
            "send the host that was asked for as server_name (Python: server_hostname; OpenSSL: SSL_set_tlsext_host_name)";
        if (name.empty() && host.find('.') == std::string_view::npos) {
            return Verdict::not_tried(
                "needs a host name with a dot, since Java and others send none for {}; give client.reach.host, and let "
                "that name lead to this machine",
                host);
        }
        return name.empty() ? Verdict::fail("its ClientHello names no server").remedy(std::string(remedy))
                            : Verdict::fail("its ClientHello names another server than the one it was told to call")
                                  .remedy(std::string(remedy));
    }
    return Verdict::inconclusive("the client never came with a ClientHello: {}", attempt.summary());
}

Verdict judge_host_field(const Attempt& attempt, std::string_view host) {
    const stage::RequestSeen* const request = attempt.first_request();
    if (request == nullptr) {
        return Verdict::inconclusive("no request came: {}", attempt.summary());
    }
    const std::string* const field = stage::find_field(request->fields, "host");
    constexpr std::string_view remedy =
        "send host and port as they stand in the URL, since the port is none that https implies";
    if (field == nullptr) {
        return Verdict::fail("its request has no Host").remedy(std::string(remedy));
    }
    if (*field == host) {
        return Verdict::fail("its Host is {} without the port", *field).remedy(std::string(remedy));
    }
    const bool right = field->starts_with(host) && field->size() > host.size() + 1 && (*field)[host.size()] == ':' &&
                       std::all_of(field->begin() + static_cast<std::ptrdiff_t>(host.size()) + 1, field->end(),
                                   [](char c) { return c >= '0' && c <= '9'; });
    return right ? Verdict::pass("its Host is host and port")
                 : Verdict::fail("its Host is another than that of its URL").remedy(std::string(remedy));
}

}  // namespace gateproof::suites
