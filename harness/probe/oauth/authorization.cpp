#include "harness/probe/oauth/authorization.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gateproof::oauth {
namespace {

using boost::asio::awaitable;
using Clock = std::chrono::steady_clock;

/// The next request of the browser.
struct Step {
    std::string target;
    bool post = false;
    std::string body;
};

HttpRequest request_of(const Authority& authority, const Step& step, const CookieJar& cookies) {
    HttpRequest request;
    request.endpoint = authority.endpoint;
    request.endpoint.path_prefix.clear();  // targets are whole
    request.path = step.target;
    request.keep_connection = true;
    request.headers.emplace_back("Accept", "text/html");
    if (step.post) {
        request.method = "POST";
        request.body = step.body;
        request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
        request.headers.emplace_back("Origin", origin_of(authority.endpoint));
    }
    request.cookies = cookies.store();
    return request;
}

bool is_redirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/// Follows the redirect of `response`; false: this is where it ends.
bool follow_redirect(const HttpResponse& response, const Authority& authority, std::string_view redirect_uri,
                     Authorization& result, Step& step) {
    const std::string* const location = response.header("location");
    if (location == nullptr) {
        result.problem = fmt::format("HTTP {} without a Location", response.status);
        return false;
    }
    if (const auto query = returned_query(*location, redirect_uri)) {
        result.returned = true;
        result.parameters = parse_query(*query);
        return false;
    }
    auto target = same_server_target(*location, authority.endpoint, step.target);
    if (!target) {
        result.elsewhere = location->substr(0, location->find_first_of("?#"));
        result.problem =
            fmt::format("redirected to {}, which is neither the client nor the authority", shown_url(result.elsewhere));
        return false;
    }
    const bool same_method = response.status == 307 || response.status == 308;
    step = {std::move(*target), step.post && same_method, same_method ? step.body : std::string()};
    return true;
}

/// Sends `form`; false: it leads away from the authority.
bool submit(const HtmlForm& form, const Parameters& members, const Authority& authority, Authorization& result,
            Step& step) {
    auto target = same_server_target(form.action, authority.endpoint, step.target);
    if (!target) {
        result.problem =
            fmt::format("its form leads to another server ({}), where no password is sent", shown_url(form.action));
        return false;
    }
    if (form.post) {
        step = {std::move(*target), true, form_encoded(members)};
    } else {
        step = {target->substr(0, target->find('?')) + '?' + form_encoded(members), false, {}};
    }
    return true;
}

/// Fills in the page's form; false: this is where it ends.
bool answer_page(const HttpOutcome& outcome, const Authority& authority, const Browsing& browsing,
                 Authorization& result, Step& step) {
    if (outcome.response->truncated) {
        result.problem = fmt::format("a page of more than {} KiB", HttpClient::max_body / 1024);
        return false;
    }
    if (!result.login_page && is_splash_page(*outcome.response, authority)) {
        result.splash_page = true;
        result.problem = splash_problem;
        return false;
    }
    const std::vector<HtmlForm> forms = read_forms(outcome.response->body);
    if (const HtmlForm* const form = login_form(forms, browsing.recipe)) {
        if (result.login_page) {  // by a redirect to it perhaps
            result.login_refused = true;
            result.problem = "the login page came again, so the login was refused";
            return false;
        }
        result.login = outcome;
        result.login_page = true;
        if (!browsing.user) {
            result.problem = "a login page";
            return false;
        }
        const auto members = filled_login(*form, browsing.recipe, *browsing.user);
        if (!members) {
            result.problem = "the login form has no field for the user's name; name it in oauth.login.user_field";
            return false;
        }
        return submit(*form, *members, authority, result, step);
    }
    for (const HtmlForm& form : forms) {
        if (const auto members = filled_consent(form, browsing.recipe, browsing.decision)) {
            if (result.consent_page && step.post) {
                result.problem = "the consent page came again after it was answered";
                return false;
            }
            result.consent = outcome;
            result.consent_page = true;
            return submit(form, *members, authority, result, step);
        }
    }
    result.problem = forms.empty() ? fmt::format("HTTP {} with a page without a form", outcome.response->status)
                                   : "a page whose form the program cannot answer; describe it in oauth.login";
    return false;
}

}  // namespace

const std::string* Authorization::parameter(std::string_view name) const {
    const auto found = std::ranges::find(parameters, name, [](const auto& one) { return std::string_view(one.first); });
    return found == parameters.end() ? nullptr : &found->second;
}

std::string Authorization::code() const {
    const std::string* const code = returned ? parameter("code") : nullptr;
    return code == nullptr ? std::string() : *code;
}

std::string Authorization::summary() const {
    if (!returned) {
        return problem;
    }
    if (!code().empty()) {
        return "redirected to the client with a code";
    }
    const std::string* const error = parameter("error");
    return error == nullptr ? "redirected to the client with neither code nor error"
                            : fmt::format("redirected to the client with error {}", shown(*error));
}

awaitable<Authorization> authorize(Sender& sender, const Authority& authority, AuthorizationRequest request,
                                   Browsing browsing, CookieJar& cookies) {
    Authorization result;
    Step step{authorize_target(authority, request), false, {}};
    if (request.posted) {
        step = {authority.endpoint.path_prefix + authority.authorize_path, true, form_encoded(request.parameters())};
    }
    for (int count = 0; count < max_steps; ++count) {
        if (Clock::now() >= browsing.until) {
            result.problem = "the login took longer than half of the check's deadline";
            co_return result;
        }
        HttpRequest sent = request_of(authority, step, cookies);
        result.last = co_await sender.send(std::move(sent));
        const HttpOutcome& outcome = *result.last;
        if (!outcome.whole()) {
            result.problem = outcome.summary();
            co_return result;
        }
        const bool goes_on = is_redirect(outcome.response->status)
                                 ? follow_redirect(*outcome.response, authority, request.redirect_uri, result, step)
                                 : answer_page(outcome, authority, browsing, result, step);
        if (!goes_on) {
            co_return result;
        }
    }
    result.problem = fmt::format("more than {} redirects and pages without coming back to the client", max_steps);
    co_return result;
}

}  // namespace gateproof::oauth
