#include "suites/shared/explanations.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <vector>

#include "harness/probe/oauth/oauth.hpp"
#include "harness/profile/causes.hpp"
#include "harness/run/context.hpp"
#include "harness/text/ascii.hpp"

namespace gateproof::suites {

using boost::asio::awaitable;

namespace {

/// What a request shows: what looks right, and so is no cause, and what does not.
struct Signs {
    std::vector<std::string> right;
    std::vector<std::string> wrong;
};

void add_number(Signs& signs, const std::string& name, const std::string& value) {
    const IrdNumberForm form = examine_ird_number(value);
    if (!form.number) {
        return;
    }
    std::vector<std::string> faults;
    if (form.dashes) {
        faults.emplace_back("has dashes");
    }
    if (!form.padded) {
        faults.emplace_back("has eight digits and no zero before them");
    }
    if (!form.in_range) {
        faults.emplace_back("is outside the range of IRD numbers");
    }
    if (!form.check_digit) {
        faults.emplace_back("has a wrong check digit (as some published test numbers have)");
    }
    if (faults.empty()) {
        signs.right.push_back(fmt::format("{{{}}} is nine digits with the right check digit", name));
    } else {
        signs.wrong.push_back(fmt::format("{{{}}} {}", name, fmt::join(faults, " and ")));
    }
}

/// The identifier's type as the body has it: SOAP's attribute or REST's member; empty: none.
std::string identifier_type(std::string_view body) {
    for (const std::string_view mark : {"IdentifierValueType", "CustomerIDType", "AccountIDType", "QueryIDType"}) {
        const std::size_t at = body.find(mark);
        if (at == std::string_view::npos) {
            continue;
        }
        std::string_view rest = body.substr(at + mark.size());
        rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of("\"'=: ")));
        const std::string_view type = rest.substr(0, rest.find_first_of("\"'"));
        return type.size() <= 6 ? std::string(type) : std::string();
    }
    return {};
}

void add_type(Signs& signs, std::string_view body) {
    constexpr std::array<std::string_view, 9> published{"IRD",   "ACCIRD", "ACC",  "CST", "NZBN",
                                                        "LSTID", "CLTLID", "CMPF", "KSF"};
    const std::string type = identifier_type(body);
    if (type.empty() || !std::ranges::all_of(type, is_alphanumeric)) {
        return;
    }
    if (std::ranges::find(published, type) == published.end()) {
        signs.wrong.push_back(fmt::format("the identifier's type {} is none that is published", type));
    } else {
        signs.right.push_back(fmt::format("the identifier's type {} is a published one", type));
    }
}

void add_software(Signs& signs, const std::string& code, std::string_view body) {
    if (code != "5") {
        return;
    }
    for (const char* const member : {"softwareProvider", "softwarePlatform"}) {
        const bool there = body.find(member) != std::string_view::npos;
        (there ? signs.right : signs.wrong)
            .push_back(fmt::format("the request {} {}", there ? "has a" : "has no", member));
    }
}

void add_token(Signs& signs, const TokenKnown& token) {
    if (token.active) {
        (*token.active ? signs.right : signs.wrong)
            .push_back(fmt::format("introspection calls the token {}", *token.active ? "active" : "inactive"));
    }
    if (token.of_the_user) {
        (*token.of_the_user ? signs.right : signs.wrong)
            .push_back(
                fmt::format("it is {} user whom the profile names", *token.of_the_user ? "of the" : "not of the"));
    }
}

}  // namespace

std::string explained(const RefusedCall& call, const CausesByCode& own) {
    std::string text = causes_text(call.answer.code, own);
    if (text.empty()) {
        return text;
    }
    Signs signs;
    for (const auto& [name, value] : call.with) {
        add_number(signs, name, value);
    }
    add_type(signs, call.body);
    add_software(signs, call.answer.code, call.body);
    add_token(signs, call.token);
    if (!signs.wrong.empty()) {
        text += fmt::format(". Look first at this: {}", fmt::join(signs.wrong, "; "));
    }
    if (!signs.right.empty()) {
        text += fmt::format(". It is not this: {}", fmt::join(signs.right, "; "));
    }
    return text;
}

awaitable<TokenKnown> ask_about_token(Context& ctx, std::string role, std::string token) {
    TokenKnown known;
    const std::optional<Authority>& authority = ctx.profile().authority;
    if (!authority || authority->introspect_path.empty() || token.empty()) {
        co_return known;
    }
    const std::vector<std::string> tokens{std::move(token), oauth::random_text(32)};
    std::vector<oauth::TokenAnswer> answers;
    for (const std::string& one : tokens) {
        const HttpRequest request = oauth::introspection_request(*authority, authority->client, one);
        const auto once = [&] { return ctx.oauth_http(request); };
        const HttpOutcome outcome = co_await until_answered(once, ended_by_cut);
        answers.push_back(oauth::read_token_answer(outcome));
    }
    const auto active = [](const oauth::TokenAnswer& answer) {
        const auto flag = answer.flags.find("active");
        return answer.status == 200 && flag != answer.flags.end() ? std::optional(flag->second) : std::nullopt;
    };
    if (active(answers.back()) == true) {
        co_return known;  // it calls anything active
    }
    known.active = active(answers.front());
    const std::string& username = answers.front().text("username");
    const auto user = authority->users.find(role);
    if (known.active == true && !username.empty() && user != authority->users.end()) {
        known.of_the_user = same_ignoring_case(username, user->second.name);
    }
    co_return known;
}

}  // namespace gateproof::suites
