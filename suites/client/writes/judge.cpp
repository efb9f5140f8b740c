#include "suites/client/writes/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "suites/client/judge.hpp"

namespace gateproof::suites {

namespace {

using stage::RequestSeen;

constexpr std::string_view once_remedy =
    "never send a submission again by itself: ask what became of it, or the user (curl, HttpURLConnection and wget repeat a POST whose connection was lost: give each submission a connection of its own, sun.net.http.retryPost=false, --tries=1)";

std::size_t carried_out(const Attempt& attempt) {
    std::size_t count = 0;
    for (const stage::Booking& one : attempt.booked) {
        count += static_cast<std::size_t>(one.count);
    }
    return count;
}

/// Why nothing can be said of a submission. Nothing: one came.
std::optional<Verdict> nothing_submitted(const Attempt& attempt) {
    if (!writes_of(attempt).empty()) {
        return std::nullopt;
    }
    if (std::optional<Verdict> other = told_otherwise(attempt)) {
        return other;
    }
    return Verdict::inconclusive("nothing that it sent is a submission which this gateway carries out: {}",
                                 attempt.summary())
        .remedy(
            "let client.trigger.command.write file one return, document, contact, bank account or employee, with the access token and the IRD number that it is given ({token}, {ird}); or take the act out of the profile");
}

/// By which the gateway can tell that two submissions are one; empty: it has none.
std::string key_of(const RequestSeen& request) {
    const std::string* const key = request.raw ? stage::find_field(request.raw->fields, "Idempotency-Key") : nullptr;
    return key != nullptr ? *key : message_number_of(request);
}

bool have_one_key(const std::vector<const RequestSeen*>& writes) {
    const std::string key = key_of(*writes.front());
    return !key.empty() &&
           std::ranges::all_of(writes, [&](const RequestSeen* request) { return key_of(*request) == key; });
}

bool was_accepted(const RequestSeen& request) {
    return request.status >= 200 && request.status < 300;
}

/// Came and was answered well between the two; `until` null: at any time behind the first.
bool something_else_asked(const Attempt& attempt, const RequestSeen& since, const RequestSeen* until) {
    return std::ranges::any_of(requests_in_order(attempt), [&](const RequestSeen* request) {
        return request->raw && !request->raw->changes && was_accepted(*request) &&
               request->first_byte > since.first_byte && (until == nullptr || request->first_byte < until->first_byte);
    });
}

bool is_moved(const RequestSeen& request) {
    return request.raw && request.raw->target.find(moved_mark) != std::string::npos;
}

/// The request that followed the redirect which answered this one; null: none did.
const RequestSeen* followed(const Attempt& attempt, const RequestSeen& redirected) {
    const std::vector<const RequestSeen*> all = requests_in_order(attempt);
    const auto found = std::ranges::find_if(all, [&](const RequestSeen* request) {
        return is_moved(*request) && request->raw->target.starts_with(redirected.raw->target) &&
               request->first_byte > redirected.first_byte;
    });
    return found == all.end() ? nullptr : *found;
}

Verdict follows_none(const Attempt& attempt) {
    return Verdict::not_tried("needs software that follows redirects, and it does not: {}", attempt.summary());
}

}  // namespace

std::vector<const RequestSeen*> writes_of(const Attempt& attempt) {
    std::vector<const RequestSeen*> all = requests_in_order(attempt);
    std::erase_if(all, [](const RequestSeen* request) { return !request->raw || !request->raw->changes; });
    return all;
}

Verdict judge_once(const Attempt& attempt, const Mishap& mishap, std::size_t harmless) {
    if (std::optional<Verdict> nothing = nothing_submitted(attempt)) {
        return std::move(*nothing);
    }
    const std::vector<const RequestSeen*> writes = writes_of(attempt);
    if (std::ranges::none_of(writes, [&](const RequestSeen* one) { return belongs(*one->raw, mishap.whose); })) {
        return mishap.whose == stage::Callers::reused_writers
                   ? Verdict::skipped("it never reuses a connection for a submission")
                   : Verdict::skipped("it submits over connections that it has used before");
    }
    const std::size_t again = writes.size() - 1;
    if (again == 0 || (harmless > 0 && again <= harmless)) {
        if (std::optional<Verdict> other = told_otherwise(attempt)) {
            return std::move(*other);
        }
        if (attempt.claim.kind == Claim::Kind::ended_by_us && mishap.waits) {
            return Verdict::not_tried("it waits for an answer until it is told to end: {}", attempt.summary());
        }
        if (attempt.claim.kind == Claim::Kind::ended_by_us) {
            return Verdict::inconclusive("after {} it did not come to an end: {}", mishap.what, attempt.summary());
        }
        return again == 0 ? Verdict::pass("after {} its submission was not sent again", mishap.what)
                          : Verdict::pass("after {} its submission, which may happen twice, was sent {} times",
                                          mishap.what, writes.size());
    }
    const std::size_t done = carried_out(attempt);
    const std::string sentence =
        fmt::format("after {} its submission was sent {} times, and carried out {}", mishap.what, writes.size(),
                    done == 1 ? "once" : fmt::format("{} times", done));
    if (harmless > 0) {
        return Verdict::fail("{}, more often than client.retries says", sentence).remedy(std::string(once_remedy));
    }
    if (have_one_key(writes)) {
        return Verdict::warning("{}; each time with the same key, by which a gateway may tell", sentence)
            .remedy(std::string(once_remedy));
    }
    if (done < 2 || mishap.may_be_repeated) {
        return Verdict::warning("{}", sentence).remedy(std::string(once_remedy));
    }
    return Verdict::fail("{}", sentence).remedy(std::string(once_remedy));
}

Verdict judge_doubt_told(const Attempt& attempt) {
    constexpr std::string_view remedy =
        "report a submission without an answer as one that may have been carried out, and let the user see what became of it";
    if (std::optional<Verdict> nothing = nothing_submitted(attempt)) {
        return std::move(*nothing);
    }
    if (std::optional<Verdict> other = told_otherwise(attempt)) {
        return std::move(*other);
    }
    const std::vector<const RequestSeen*> writes = writes_of(attempt);
    if (std::ranges::any_of(writes, [](const RequestSeen* one) { return was_accepted(*one); })) {
        return Verdict::skipped("it sent its submission again and was answered, which client-writes.once judges");
    }
    switch (attempt.claim.kind) {
        case Claim::Kind::success:
            return something_else_asked(attempt, *writes.front(), nullptr)
                       ? Verdict::skipped(
                             "it asked for something else before it reported success, which may have told it")
                       : Verdict::fail("the answer to its submission was lost, and it reports success")
                             .remedy(std::string(remedy));
        case Claim::Kind::failure: return Verdict::pass("the answer to its submission was lost, and it says so");
        case Claim::Kind::ended_by_us:
            return Verdict::inconclusive("the answer to its submission was lost, and it did not come to an end: {}",
                                         attempt.summary());
        default:
            return Verdict::not_tried("needs the client's own word, which it does not give: {}", attempt.summary());
    }
}

Verdict judge_asks_first(const Attempt& attempt) {
    if (std::optional<Verdict> nothing = nothing_submitted(attempt)) {
        return std::move(*nothing);
    }
    const std::vector<const RequestSeen*> writes = writes_of(attempt);
    const RequestSeen* const second = writes.size() > 1 ? writes[1] : nullptr;
    if (something_else_asked(attempt, *writes.front(), second)) {
        return Verdict::pass("{} it asks what became of it", second == nullptr ? "after a submission without an answer"
                                                                               : "before it sends a submission again");
    }
    if (second != nullptr) {
        return Verdict::warning("it sends a submission again without asking what became of it")
            .remedy(
                "ask for the state of what was submitted (RetrieveStatus of the returns service) before it is sent again");
    }
    if (std::optional<Verdict> other = told_otherwise(attempt)) {
        return std::move(*other);
    }
    return Verdict::skipped("it does not come back by itself to a submission without an answer");
}

Verdict judge_same_key(const Attempt& attempt) {
    if (std::optional<Verdict> nothing = nothing_submitted(attempt)) {
        return std::move(*nothing);
    }
    const std::vector<const RequestSeen*> writes = writes_of(attempt);
    if (writes.size() < 2) {
        std::optional<Verdict> other = told_otherwise(attempt);
        return other ? std::move(*other) : Verdict::skipped("it does not make a submission again that was put off");
    }
    const std::string first = call_of(*writes.front());
    const std::string& nonce = attempt.visits.front().place;
    const auto bears_nonce = [&](const RequestSeen* one) {
        return !nonce.empty() && one->raw->body.find(nonce) != std::string::npos;
    };
    const bool same = std::ranges::all_of(writes, [&](const RequestSeen* one) { return call_of(*one) == first; });
    if (same || have_one_key(writes) || std::ranges::all_of(writes, bears_nonce)) {
        return Verdict::pass("a submission that was put off is made again as the same one");
    }
    return Verdict::warning("a submission that was put off is made again as if it were another")
        .remedy("keep the reference of a submission (its id, key or number) for as long as it is tried");
}

Verdict judge_kept(const Attempt& attempt, int status) {
    constexpr std::string_view remedy =
        "follow 307 and 308 with the same method and the same body (RFC 9110 15.4.8), or not at all";
    std::size_t redirected = 0;
    std::size_t kept = 0;
    for (const RequestSeen* const request : requests_in_order(attempt)) {
        const bool counts = request->raw && !is_moved(*request) && request->method != "GET" &&
                            request->method != "HEAD" && request->status == status;
        const RequestSeen* const next = counts ? followed(attempt, *request) : nullptr;
        redirected += counts ? 1 : 0;
        if (next == nullptr) {
            continue;
        }
        if (next->method != request->method) {
            return Verdict::fail("redirected with {}, its {} became a {}", status, request->method, next->method)
                .remedy(std::string(remedy));
        }
        if (next->raw->body != request->raw->body) {
            return Verdict::fail("redirected with {}, its {} lost its content or got another", status, request->method)
                .remedy(std::string(remedy));
        }
        kept += request->raw->changes ? 1 : 0;
    }
    if (std::optional<Verdict> nothing = nothing_submitted(attempt); nothing && redirected == 0) {
        return std::move(*nothing);
    }
    if (kept == 0) {
        std::optional<Verdict> other = told_otherwise(attempt);
        return other ? std::move(*other) : follows_none(attempt);
    }
    if (const std::size_t done = carried_out(attempt); done > kept) {
        return Verdict::fail("redirected with {}, its submission was carried out {} times", status, done)
            .remedy(std::string(remedy));
    }
    return Verdict::pass("redirected with {}, its submission keeps method and content", status);
}

Verdict judge_see_other(const Attempt& attempt) {
    constexpr std::string_view remedy =
        "follow 303 with GET: what was submitted has been taken, and the answer lies elsewhere (RFC 9110 15.4.4)";
    if (std::optional<Verdict> nothing = nothing_submitted(attempt)) {
        return std::move(*nothing);
    }
    const RequestSeen& first = *writes_of(attempt).front();
    const RequestSeen* const next = followed(attempt, first);
    if (next == nullptr) {
        std::optional<Verdict> other = told_otherwise(attempt);
        return other ? std::move(*other) : follows_none(attempt);
    }
    if (next->method != "GET" && next->method != "HEAD") {
        return Verdict::fail("answered with 303, it sent its {} again", next->method).remedy(std::string(remedy));
    }
    return Verdict::pass("answered with 303, it asks for the result with {}", next->method);
}

}  // namespace gateproof::suites
