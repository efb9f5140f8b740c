#include "suites/client/errors/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/text/ascii.hpp"
#include "harness/text/escapes.hpp"
#include "suites/client/errors/answers.hpp"

namespace gateproof::suites {

namespace {

using stage::RequestSeen;
using stage::Visit;

/// With what stands for its escapes of JSON, XML and forms.
std::string unescaped(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const Escape escape = escape_at(text);
        out += escape.size == 0 ? text.substr(0, 1) : escape.text();
        text.remove_prefix(std::max<std::size_t>(escape.size, 1));
    }
    return out;
}

/// The same call came so soon behind an answer that nobody can have waited.
bool repeats_at_once(const Attempt& attempt) {
    constexpr std::chrono::milliseconds no_time{100};
    std::map<std::string, stage::Time> answered;
    for (const RequestSeen* const request : requests_in_order(attempt)) {
        const std::string call = call_of(*request);
        const auto before = answered.find(call);
        if (before != answered.end() && request->first_byte - before->second < no_time) {
            return true;
        }
        answered[call] = request->answered.value_or(request->first_byte);
    }
    return false;
}

}  // namespace

Verdict judge_server_error(const Attempt& attempt, std::size_t most) {
    constexpr std::string_view remedy =
        "make a call that failed in the gateway again a few times at most, and wait longer each time (client.retries in the profile)";
    Verdict verdict = judge_refusal_told(attempt, {"of an error of the gateway", remedy}, most);
    if (verdict.outcome() == Outcome::pass && repeats_at_once(attempt)) {
        return Verdict::warning("told of an error of the gateway, it makes the same call again without a pause")
            .remedy(std::string(remedy));
    }
    return verdict;
}

Verdict judge_untouched(const Attempt& attempt) {
    for (const Visit& stray : attempt.strays) {
        return Verdict::fail("what an XML answer refers to was asked for: {}", stray.summary())
            .remedy(
                "let the XML parser load nothing from elsewhere: no document types, no external entities, no schemas (Java: disallow-doctype-decl; .NET: DtdProcessing.Prohibit; lxml: resolve_entities=False; libxml2: no XML_PARSE_NOENT and XML_PARSE_DTDLOAD)");
    }
    if (std::optional<Verdict> nothing = not_answered(attempt)) {
        return std::move(*nothing);
    }
    if (attempt.claim.kind == Claim::Kind::ended_by_us) {
        return Verdict::inconclusive("it did not come to an end: {}", attempt.summary());
    }
    return Verdict::pass("nothing that the XML answer refers to was asked for");
}

Verdict judge_outlived(const Attempt& attempt, const Refusable& shown) {
    if (std::optional<Verdict> nothing = not_answered(attempt)) {
        return std::move(*nothing);
    }
    if (attempt.claim.kind == Claim::Kind::ended_by_us) {
        return Verdict::fail("given {}, it did not come to an end: {}", shown.what, attempt.summary())
            .remedy(std::string(shown.remedy));
    }
    return Verdict::pass("given {}, it came to an end: {}", shown.what, attempt.summary());
}

bool reads_customer(const Attempt& attempt) {
    return std::ranges::any_of(requests_in_order(attempt), [](const RequestSeen* request) {
        return request->status == 200 && lower_case(request->target).starts_with("/gateway/customer/customer");
    });
}

Verdict judge_name_kept(const Attempt& attempt) {
    const std::string_view name = name_with_macrons;
    const std::string_view beginning = name.substr(0, name.find(' '));
    if (std::optional<Verdict> nothing = not_answered(attempt)) {
        return std::move(*nothing);
    }
    if (!reads_customer(attempt)) {
        return Verdict::skipped("it reads no customer before it submits");
    }
    bool found = false;
    for (const RequestSeen* const request : requests_in_order(attempt)) {
        const std::string text = request->raw ? unescaped(request->raw->body) : std::string();
        if (text.find(beginning) == std::string::npos) {
            continue;
        }
        found = true;
        if (text.find(name) == std::string::npos) {
            return Verdict::fail("a name with macrons that it read comes back in its {} as another one",
                                 request->method)
                .remedy("read and write texts as UTF-8 on the whole way, the database and its driver included");
        }
    }
    return found ? Verdict::pass("a name with macrons that it read comes back as it was")
                 : Verdict::skipped("what it submits holds no name of a customer that it read");
}

}  // namespace gateproof::suites
