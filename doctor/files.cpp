#include "doctor/files.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "harness/probe/jwt/jwt.hpp"
#include "harness/run/browser_login.hpp"
#include "harness/text/ascii.hpp"
#include "suites/shared/certificate_words.hpp"
#include "suites/shared/fitness.hpp"

namespace gateproof::doctor {

namespace {

using suites::Finding;

/// Roles of tokens that are meant to be refused, whatever they say.
bool is_to_be_refused(const std::string& role) {
    static const std::set<std::string, std::less<>> roles{"expired", "revoked", "other_audience", "other_environment"};
    return roles.contains(role);
}

Line judge_identity(std::string about, std::string_view which, const Identity& identity,
                    const std::vector<Finding>& findings, SystemTime now) {
    std::string fit = fmt::format("{} {} and its key fit", which, identity.leaf.subject());
    if (const std::optional<Validity> validity = validity_of(identity.leaf)) {
        fit += fmt::format("; it is valid for another {} days, until {}",
                           suites::days_between(now, validity->not_after), suites::day_of(validity->not_after));
    }
    return line_of(std::move(about), suites::judge_fitness(findings, which, fit));
}

std::vector<Finding> dates_and_key(const Profile& profile, const Identity& identity, SystemTime now) {
    return {suites::examine_validity(identity.leaf, now, profile.tls.expiry_warning_days),
            suites::examine_key_matches(identity)};
}

/// Until when a JWT says that it is good; empty: it is none, or does not say.
std::optional<SystemTime> end_of(const std::string& token) {
    const std::optional<jwt::Token> read = jwt::decode(token);
    if (!read || !read->claims.contains("exp") || !read->claims["exp"].is_number()) {
        return std::nullopt;
    }
    const double seconds = read->claims["exp"].get<double>();
    constexpr double most = 253402300800.0;  // the year 10000: what is beyond it is no date
    if (!(seconds >= 0 && seconds < most)) {
        return std::nullopt;
    }
    return SystemTime(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
}

/// "in 3 h", "12 min ago"
std::string distance(SystemTime now, SystemTime then) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(then > now ? then - now : now - then).count();
    const std::string amount = seconds < 120             ? fmt::format("{} s", seconds)
                               : seconds < 2 * 3600      ? fmt::format("{} min", seconds / 60)
                               : seconds < 2 * 24 * 3600 ? fmt::format("{} h", seconds / 3600)
                                                         : fmt::format("{} days", seconds / 86400);
    return then > now ? "in " + amount : amount + " ago";
}

std::string how_to_get_one(const Profile& profile, const std::string& role, const std::string& file) {
    if (browser_login_unmet(profile).empty()) {
        return fmt::format(
            "gateproof login --profile {} --user {} --out FILE fetches a new one, FILE being what oauth.tokens.{} refers "
            "to",
            file, role, role);
    }
    return fmt::format("get a new one and put it where oauth.tokens.{} refers to", role);
}

Line judge_token(const std::string& which, const std::string& token, const std::string& role, std::string remedy,
                 SystemTime now) {
    const std::optional<SystemTime> end = end_of(token);
    if (!end) {
        return {"token", Mark::ok, which + " does not say until when it is good (it is opaque to its bearer)"};
    }
    const std::string when = fmt::format("{} ({})", suites::day_of(*end), distance(now, *end));
    if (*end > now && role == "expired") {
        return {"token", Mark::warn, fmt::format("{} is good until {}", which, when),
                "a run takes it for one that has expired: give one that has, or take the role out"};
    }
    if (*end > now) {
        return {"token", Mark::ok, fmt::format("{} is good until {}", which, when)};
    }
    if (is_to_be_refused(role)) {
        return {"token", Mark::ok, fmt::format("{} expired on {}", which, when)};
    }
    return {"token", Mark::fail, fmt::format("{} expired on {}", which, when), std::move(remedy)};
}

/// What stands behind the scheme of an Authorization header.
std::string credential_in(const std::string& value) {
    const std::size_t space = value.find(' ');
    return space == std::string::npos ? value : value.substr(space + 1);
}

}  // namespace

Lines judge_loading(const LoadedProfile& loaded) {
    Lines lines;
    for (const ProfileProblem& problem : loaded.problems) {
        lines.push_back({"profile", Mark::fail, problem.text()});
    }
    for (const ProfileProblem& warning : loaded.warnings) {
        lines.push_back({"profile", Mark::warn, warning.text()});
    }
    if (lines.empty()) {
        lines.push_back({"profile", Mark::ok, "usable, with every file that it refers to"});
    }
    return lines;
}

Lines judge_certificates(const Profile& profile, SystemTime now) {
    Lines lines;
    const bool mutual = profile.channel == Channel::cloud && profile.environment != Environment::mock;
    if (const Identity* const enrolled = profile.identity("enrolled"); enrolled != nullptr && mutual) {
        lines.push_back(judge_identity("certificate", "the enrolled certificate", *enrolled,
                                       suites::examine_enrolled(profile, *enrolled, now), now));
        if (const Identity* const tds = profile.identity("tds")) {
            lines.push_back(
                judge_identity("certificate", "the certificate for TDS", *tds, suites::examine_tds(profile, now), now));
        }
    } else if (mutual) {
        lines.push_back(
            {"certificate", Mark::warn, "the profile has no enrolled certificate",
             "give identities.enrolled with \"certificate\" and \"key\": without it the cloud channel serves "
             "nobody, and most checks are not tried"});
    }
    if (const Identity* const second = profile.identity("second")) {
        lines.push_back(judge_identity("certificate", "the second certificate", *second,
                                       dates_and_key(profile, *second, now), now));
    }
    if (profile.machine && profile.machine->signer) {
        const Identity& signer = *profile.machine->signer;
        lines.push_back(judge_identity("signer", "the certificate that signs JWTs", signer,
                                       dates_and_key(profile, signer, now), now));
    }
    return lines;
}

Lines judge_tokens(const Profile& profile, const std::string& file, SystemTime now) {
    Lines lines;
    std::set<std::string> seen;
    if (profile.authority) {
        for (const auto& [role, token] : profile.authority->tokens) {
            lines.push_back(judge_token(fmt::format("the access token of \"{}\"", role), token, role,
                                        how_to_get_one(profile, role, file), now));
            seen.insert(token);
        }
    }
    for (const auto& [name, operation] : profile.operations) {
        for (const auto& [header, value] : operation.headers) {
            const std::string token = credential_in(value);
            if (is_credential(header) && end_of(token) && seen.insert(token).second) {
                lines.push_back(judge_token(
                    fmt::format("the token in {} of operations.{}", header, name), token, {},
                    fmt::format("get a new one and put it where operations.{}.headers.{} refers to", name, header),
                    now));
            }
        }
    }
    return lines;
}

Lines judge_logins(const Profile& profile) {
    if (!profile.authority || profile.authority->users.empty()) {
        return {};
    }
    std::vector<std::string> roles;
    for (const auto& [role, user] : profile.authority->users) {
        roles.push_back(role);
    }
    return {{"login", Mark::ok,
             fmt::format("{} can be logged in {} (not tried here: accounts get locked)", fmt::join(roles, ", "),
                         profile.authority->automated ? "by a run, which fills in the forms" : "by gateproof login")}};
}

}  // namespace gateproof::doctor
