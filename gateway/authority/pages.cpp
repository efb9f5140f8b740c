#include "gateway/authority/pages.hpp"

#include "gateway/text/encoding.hpp"

namespace gateproof::gateway {
namespace {

constexpr std::string_view script =
    "const main = document.querySelector('main'); main.innerHTML = main.dataset.content;";

constexpr std::string_view style = R"(
:root { color-scheme: light dark; --ink: #16202b; --page: #f2f4f7; --card: #fff; --line: #5b6b7c; --go: #0b5394;
  --bad: #9c1c1c; }
@media (prefers-color-scheme: dark) { :root { --ink: #eef2f6; --page: #10161d; --card: #1b242e; --line: #94a3b3;
  --go: #8ec7ff; --bad: #ffb0a8; } }
* { box-sizing: border-box; }
body { margin: 0; font: 1.0625rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); }
main { max-width: 26rem; margin: 8vh auto; padding: 2rem; background: var(--card); border: 1px solid var(--line);
  border-radius: .5rem; }
h1 { margin: 0 0 .5rem; font-size: 1.5rem; }
label { display: block; margin-top: 1rem; font-weight: 600; }
input { width: 100%; padding: .6rem; font: inherit; color: inherit; background: var(--page);
  border: 1px solid var(--line); border-radius: .25rem; }
button { margin: 1.25rem .75rem 0 0; padding: .6rem 1.4rem; font: inherit; font-weight: 600; color: var(--card);
  background: var(--go); border: 2px solid var(--go); border-radius: .25rem; cursor: pointer; }
button.second { color: var(--go); background: transparent; }
input:focus-visible, button:focus-visible { outline: 3px solid var(--go); outline-offset: 2px; }
.error { margin: 1rem 0 0; padding: .75rem 1rem; border-left: .3rem solid var(--bad); color: var(--bad); }
footer { margin-top: 1.5rem; font-size: .875rem; }
)";

std::string page(std::string_view title, const std::string& content) {
    std::string html =
        "<!DOCTYPE html>\n<html lang=\"en-NZ\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>";
    html += markup_escaped(title);
    html += " - Gateproof test authority</title>\n<style>";
    html += style;
    html += "</style>\n</head>\n<body>\n<main>\n";
    html += content;
    html +=
        "<footer>Gateproof embedded gateway. For tests only: these accounts are nobody's.</footer>\n"
        "</main>\n</body>\n</html>\n";
    return html;
}

std::string hidden(std::string_view transaction, std::string_view csrf) {
    return "<input type=\"hidden\" name=\"transaction\" value=\"" + markup_escaped(transaction) +
           "\">\n<input type=\"hidden\" name=\"csrf\" value=\"" + markup_escaped(csrf) + "\">\n";
}

/// "https://client.example" of a redirect URI; its scheme where it is no address of a server.
std::string origin_of(std::string_view uri) {
    const std::size_t colon = uri.find(':');
    if (!uri.starts_with("https://") && !uri.starts_with("http://")) {
        return std::string(uri.substr(0, colon == std::string_view::npos ? 0 : colon + 1));
    }
    return std::string(uri.substr(0, uri.find_first_of("/?#", colon + 3)));
}

}  // namespace

std::string login_page(const LoginPage& login) {
    const bool wrong = !login.error.empty();
    const std::string marks = wrong ? " aria-invalid=\"true\" aria-describedby=\"login-error\"" : "";
    std::string content = "<h1>Log in</h1>\n<p><strong>" + markup_escaped(login.client) +
                          "</strong> asks for access to your account.</p>\n";
    if (wrong) {
        content += "<p class=\"error\" id=\"login-error\" role=\"alert\">" + markup_escaped(login.error) + "</p>\n";
    }
    content += "<form method=\"post\" action=\"/gateway3/oauth/login\">\n" + hidden(login.transaction, login.csrf) +
               "<label for=\"username\">User name</label>\n"
               "<input id=\"username\" name=\"username\" type=\"text\" autocomplete=\"username\" "
               "autocapitalize=\"none\" spellcheck=\"false\" required value=\"" +
               markup_escaped(login.user) + "\"" + marks +
               ">\n<label for=\"password\">Password</label>\n"
               "<input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\" required" +
               marks + ">\n<button type=\"submit\">Log in</button>\n</form>\n";
    return page(wrong ? "Error: log in" : "Log in", content);
}

std::string consent_page(const ConsentPage& consent) {
    const std::string content =
        "<h1>Allow access?</h1>\n<p>You are logged in as <strong>" + markup_escaped(consent.user) +
        "</strong>.</p>\n<p><strong>" + markup_escaped(consent.client) +
        "</strong> wants to use, in your name:</p>\n<ul><li>" + markup_escaped(consent.scope) +
        "</li></ul>\n<form method=\"post\" action=\"/gateway3/oauth/consent\">\n" +
        hidden(consent.transaction, consent.csrf) +
        "<button type=\"submit\" name=\"decision\" value=\"allow\">Allow</button>\n"
        "<button type=\"submit\" name=\"decision\" value=\"deny\" class=\"second\">Deny</button>\n</form>\n";
    return page("Allow access", content);
}

std::string splash_page() {
    return page("Restricted",
                "<h1>Restricted</h1>\n<p>Your address is not on the allow list of this environment.</p>\n"
                "<form method=\"post\" action=\"/gateway3/oauth/restricted\">\n"
                "<label for=\"name\">Name</label>\n<input id=\"name\" name=\"name\" type=\"text\" required>\n"
                "<label for=\"password\">Password</label>\n"
                "<input id=\"password\" name=\"password\" type=\"password\" required>\n"
                "<button type=\"submit\">Go on</button>\n</form>\n");
}

std::string error_page(std::string_view title, std::string_view sentence) {
    return page(title,
                "<h1>" + markup_escaped(title) + "</h1>\n<p role=\"alert\">" + markup_escaped(sentence) + "</p>\n");
}

std::string by_script(const std::string& page) {
    constexpr std::string_view begin = "<main>\n";
    constexpr std::string_view end = "</main>";
    const std::size_t from = page.find(begin);
    const std::size_t to = page.find(end);
    if (from == std::string::npos || to == std::string::npos) {
        return page;
    }
    const std::size_t content = from + begin.size();
    return page.substr(0, from) + "<main data-content=\"" + markup_escaped(page.substr(content, to - content)) + "\">" +
           std::string(end) + "\n<script>" + std::string(script) + "</script>" + page.substr(to + end.size());
}

std::string content_security_policy(std::string_view redirect_uri, bool framable, bool scripted) {
    static const std::string style_source = "'sha256-" + base64(sha256(style)) + "'";
    static const std::string script_source = "script-src 'sha256-" + base64(sha256(script)) + "'; ";
    std::string policy = (scripted ? script_source : std::string()) + "default-src 'none'; style-src " + style_source +
                         "; base-uri 'none'; form-action 'self'";
    // Browsers hold the redirect that answers a form against form-action as well.
    const std::string origin = origin_of(redirect_uri);
    if (!origin.empty()) {
        policy += ' ' + origin;
    }
    return framable ? policy : policy + "; frame-ancestors 'none'";
}

}  // namespace gateproof::gateway
