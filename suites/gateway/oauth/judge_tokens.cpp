// What access tokens hold, and how long codes are good.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/probe/jwt/jwt.hpp"
#include "harness/text/ascii.hpp"
#include "suites/gateway/oauth/judge.hpp"

namespace gateproof::suites {
namespace {

std::string text_of(const jwt::Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<std::int64_t> time_of(const jwt::Json& object, const char* name) {
    constexpr std::int64_t latest = 253'402'300'799;  // the year 9999
    const auto found = object.find(name);
    const bool whole = found != object.end() && found->is_number_integer();
    const std::int64_t time = whole ? found->get<std::int64_t>() : -1;
    return time >= 0 && time <= latest ? std::optional(time) : std::nullopt;
}

std::string named(const std::string& text) {
    return text.empty() ? "missing" : oauth::shown(text);
}

}  // namespace

Verdict judge_token_form(const std::string& token, const AccessTokenForm& form, std::int64_t expires_in) {
    const std::optional<jwt::Token> read = jwt::decode(token);
    if (!read) {
        return Verdict::warning("the access token is no JWT, as is published")
            .remedy(
                "where the authority makes tokens that nobody can read, say so in the profile: \"access_token\": "
                "{\"format\": \"opaque\"} in oauth");
    }
    std::vector<std::string> faults;
    const std::string type = text_of(read->header, "typ");
    if (!same_ignoring_case(type, form.type)) {
        faults.push_back(fmt::format("its typ is {} where {} is published", named(type), form.type));
    }
    const std::string algorithm = text_of(read->header, "alg");
    if (algorithm != form.algorithm) {
        faults.push_back(fmt::format("its alg is {} where {} is published", named(algorithm), form.algorithm));
    }
    const std::optional<std::int64_t> issued = time_of(read->claims, "iat");
    const std::optional<std::int64_t> expires = time_of(read->claims, "exp");
    const std::optional<std::int64_t> not_before = time_of(read->claims, "nbf");
    const bool timed = issued && expires;
    const bool too_long = timed && *expires - *issued > expires_in;
    if (!timed) {
        faults.push_back("it does not say when it was issued and when it ends (iat, exp)");
    } else if (*expires - *issued != expires_in) {
        faults.push_back(
            fmt::format("it lasts {} s from iat where {} s are published", *expires - *issued, expires_in));
    }
    if (!not_before) {
        faults.push_back("it does not say from when it is good (nbf)");
    } else if (issued && *issued - *not_before != form.not_before) {
        faults.push_back(fmt::format("it is good from {} s before iat where {} s are published", *issued - *not_before,
                                     form.not_before));
    }
    if (faults.empty()) {
        return Verdict::pass("a JWT of type {}, signed with {}, that lasts {} s from iat and is good from {} s before",
                             form.type, form.algorithm, expires_in, form.not_before);
    }
    const std::string said = fmt::format("the access token is not as published: {}", fmt::join(faults, "; "));
    const char* const remedy =
        "make access tokens as they are published (MS); where others were agreed on, give them in oauth.access_token "
        "and oauth.expires_in";
    return (too_long ? Verdict::fail("{}", said) : Verdict::warning("{}", said)).remedy(remedy).found(faults);
}

Verdict judge_code_lifetime(const AgedCodes& codes, std::chrono::milliseconds lifetime) {
    const auto seconds = [](std::chrono::milliseconds time) {
        return fmt::format("{:.1f} s", static_cast<double>(time.count()) / 1000);
    };
    if (codes.late.granted()) {
        return Verdict::fail("a code was exchanged {} after it was given, where it is good for {}",
                             seconds(codes.late_age), seconds(lifetime))
            .remedy("let codes expire (IA 2.1; RFC 6749 4.1.2): whoever finds one later must not be able to use it")
            .found({"a code outlives its lifetime"});
    }
    if (!codes.late.refused()) {
        return Verdict::inconclusive("a code that has expired: {}", codes.late.summary());
    }
    if (codes.early.granted()) {
        return Verdict::pass("a code is good after {}, and no longer after {}", seconds(codes.early_age),
                             seconds(codes.late_age));
    }
    // What came late to the authority is no wonder.
    return codes.early.refused() && codes.early_age < lifetime
               ? Verdict::warning("a code was refused {} after it was given, where it is good for {}: {}",
                                  seconds(codes.early_age), seconds(lifetime), codes.early.summary())
                     .remedy("keep codes for as long as is published: users take their time on the way back")
                     .found({"a code ends before its lifetime"})
               : Verdict::pass("a code is no longer good after {} (whether it was until then was not seen: {})",
                               seconds(codes.late_age), codes.early.summary());
}

}  // namespace gateproof::suites
