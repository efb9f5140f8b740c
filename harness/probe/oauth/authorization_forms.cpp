// What the forms of an authority are filled in with, and where its redirects lead.
#include <algorithm>
#include <array>

#include "harness/probe/oauth/authorization.hpp"
#include "harness/text/ascii.hpp"

namespace gateproof::oauth {
namespace {

bool is_text_field(const FormField& field) {
    return field.type == "text" || field.type == "email" || field.type == "tel" || field.type == "number";
}

/// What is sent whatever is filled in.
bool goes_along(const FormField& field) {
    const bool choice = field.type == "checkbox" || field.type == "radio";
    const bool button = field.type == "submit" || field.type == "button" || field.type == "reset";
    return !field.name.empty() && !button && field.type != "file" && (!choice || field.checked);
}

void set(Parameters& parameters, const std::string& name, const std::string& value) {
    const auto found = std::ranges::find(parameters, name, &Parameters::value_type::first);
    if (found == parameters.end()) {
        parameters.emplace_back(name, value);
    } else {
        found->second = value;
    }
}

Parameters members_of(const HtmlForm& form) {
    Parameters members;
    for (const FormField& field : form.fields) {
        if (goes_along(field)) {
            members.emplace_back(field.name, field.value);
        }
    }
    return members;
}

const FormField* password_of(const HtmlForm& form, const LoginRecipe& recipe) {
    return recipe.password_field.empty() ? form.of_type("password") : form.field(recipe.password_field);
}

/// The named field, or the text field that stands last before the password.
const FormField* user_of(const HtmlForm& form, const LoginRecipe& recipe, const FormField* password) {
    if (!recipe.user_field.empty()) {
        return form.field(recipe.user_field);
    }
    const FormField* found = nullptr;
    for (const FormField& field : form.fields) {
        if (&field == password) {
            break;
        }
        found = is_text_field(field) && !field.name.empty() ? &field : found;
    }
    return found;
}

bool speaks_of(const FormField& button, Decision decision) {
    constexpr std::array<std::string_view, 9> agreeing{"allow",   "accept",   "agree",   "approve", "authori",
                                                       "consent", "continue", "confirm", "yes"};
    constexpr std::array<std::string_view, 6> refusing{"deny", "refuse", "decline", "reject", "cancel", "disagree"};
    const std::string words = lower_case(button.name + ' ' + button.value + ' ' + button.label);
    const auto has = [&words](std::string_view word) { return words.find(word) != std::string::npos; };
    const bool refuses = std::ranges::any_of(refusing, has);
    return decision == Decision::refuse ? refuses : !refuses && std::ranges::any_of(agreeing, has);
}

/// A page in lower case without its scripts, which may call anything a list.
std::string without_scripts(std::string_view page) {
    std::string kept;
    while (!page.empty()) {
        const std::size_t script = std::min(page.find("<script"), page.size());
        kept += page.substr(0, script);
        page.remove_prefix(std::min(page.find("</script", script), page.size()));
        page.remove_prefix(std::min<std::size_t>(page.size(), 1));
    }
    return kept;
}

}  // namespace

bool is_splash_page(const HttpResponse& page, const Authority& authority) {
    constexpr int unauthorized = 401;
    if (page.status == unauthorized && page.header("www-authenticate") != nullptr) {
        return true;
    }
    if (!authority.splash_contains.empty()) {
        return page.body.find(authority.splash_contains) != std::string::npos;
    }
    constexpr std::array<std::string_view, 6> words{"allow-list", "allow list", "allowlist",
                                                    "white-list", "white list", "whitelist"};
    const std::string text = without_scripts(lower_case(page.body));
    return std::ranges::any_of(words, [&text](std::string_view word) { return text.find(word) != std::string::npos; });
}

const HtmlForm* login_form(const std::vector<HtmlForm>& forms, const LoginRecipe& recipe) {
    const auto found =
        std::ranges::find_if(forms, [&](const HtmlForm& form) { return password_of(form, recipe) != nullptr; });
    return found == forms.end() ? nullptr : &*found;
}

std::optional<Parameters> filled_login(const HtmlForm& form, const LoginRecipe& recipe, const OAuthUser& user) {
    const FormField* const password = password_of(form, recipe);
    const FormField* const name = password == nullptr ? nullptr : user_of(form, recipe, password);
    if (name == nullptr || password->name.empty()) {
        return std::nullopt;
    }
    Parameters members = members_of(form);
    set(members, name->name, user.name);
    set(members, password->name, user.password);
    const FormField* const button = form.of_type("submit");
    if (button != nullptr && !button->name.empty()) {
        set(members, button->name, button->value);
    }
    return members;
}

std::optional<Parameters> filled_consent(const HtmlForm& form, const LoginRecipe& recipe, Decision decision) {
    Parameters members = members_of(form);
    const auto& described = decision == Decision::agree ? recipe.consent : recipe.deny;
    if (!described.empty()) {
        const bool fits =
            std::ranges::all_of(described, [&form](const auto& member) { return form.field(member.first) != nullptr; });
        for (const auto& [name, value] : described) {
            set(members, name, value);
        }
        return fits ? std::optional(std::move(members)) : std::nullopt;
    }
    const auto is_button = [](const FormField& field) { return field.type == "submit"; };
    const auto chosen = std::ranges::find_if(
        form.fields, [&](const FormField& field) { return is_button(field) && speaks_of(field, decision); });
    const bool only_one = std::ranges::count_if(form.fields, is_button) == 1 && decision == Decision::agree;
    if (chosen == form.fields.end() && !only_one) {
        return std::nullopt;
    }
    const FormField& button = chosen == form.fields.end() ? *form.of_type("submit") : *chosen;
    if (!button.name.empty()) {
        set(members, button.name, button.value);
    }
    return members;
}

std::optional<std::string> returned_query(std::string_view location, std::string_view redirect_uri) {
    if (redirect_uri.empty() || !location.starts_with(redirect_uri)) {
        return std::nullopt;
    }
    std::string_view rest = location.substr(redirect_uri.size());
    const char joint = redirect_uri.find('?') == std::string_view::npos ? '?' : '&';
    if (!rest.empty() && rest.front() != joint && rest.front() != '#') {
        return std::nullopt;
    }
    rest = rest.substr(0, rest.find('#'));
    return std::string(rest.empty() ? rest : rest.substr(1));
}

std::string origin_of(const Endpoint& server) {
    std::string origin = "https://" + server.authority();
    constexpr std::string_view usual = ":443";
    if (server.port == 443 && origin.ends_with(usual)) {
        origin.resize(origin.size() - usual.size());
    }
    return origin;
}

std::optional<std::string> same_server_target(std::string_view location, const Endpoint& server,
                                              std::string_view current) {
    location = location.substr(0, location.find('#'));
    const bool odd = std::ranges::any_of(location, [](char c) { return c <= ' ' || c >= 0x7f || c == '\\'; });
    if (odd) {
        return std::nullopt;
    }
    if (location.starts_with("//") || location.find("://") < location.find_first_of("/?")) {
        for (const std::string& one : {"https://" + server.authority(), origin_of(server)}) {
            const std::string_view rest = location.substr(std::min(one.size(), location.size()));
            if (lower_case(location.substr(0, one.size())) == lower_case(one) &&
                (rest.empty() || rest.front() == '/' || rest.front() == '?')) {
                return (rest.starts_with('/') ? "" : "/") + std::string(rest);
            }
        }
        return std::nullopt;
    }
    if (location.starts_with('/')) {
        return std::string(location);
    }
    const std::string path(current.substr(0, current.find('?')));
    if (location.empty()) {
        return std::string(current);
    }
    if (location.starts_with('?')) {
        return path + std::string(location);
    }
    if (location.find(':') < location.find_first_of("/?")) {
        return std::nullopt;  // another scheme
    }
    return path.substr(0, path.rfind('/') + 1) + std::string(location);
}

}  // namespace gateproof::oauth
