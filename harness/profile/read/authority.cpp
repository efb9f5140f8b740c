// The `oauth` key: the authority, its clients, users and tokens.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "harness/json/reader.hpp"
#include "harness/profile/read/profile.hpp"

namespace gateproof {

namespace {

using Rank = Problems::Rank;

/// The text of a reference to something secret, which is then kept out of every output.
std::string read_secret(const JsonField& field, References& references, std::string_view what) {
    std::optional<ResolvedText> text = references.follow(field, what);
    if (!text) {
        // Structure alone is judged: a reference stands for what is known later.
        return field && !references.reads() ? "unresolved" : "";
    }
    std::string value = without_line_end(std::move(text->text));
    references.keep_secret(value);
    return value;
}

std::string read_plain(const JsonField& field, References& references, std::string_view expected) {
    std::optional<ResolvedText> text = references.literal_or_follow(field, expected);
    if (!text) {
        return field && !references.reads() ? "unresolved" : "";
    }
    std::string value = without_line_end(std::move(text->text));
    const bool printable = !value.empty() && std::ranges::all_of(value, [](unsigned char c) { return c >= 0x20; });
    if (!printable) {
        references.problems().error(Rank::value, field, fmt::format("expected {} of printable text", expected));
    }
    return value;
}

bool is_role(std::string_view name) {
    const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; };
    return !name.empty() && name.size() <= 63 && name[0] != '-' && name[0] != '_' && std::ranges::all_of(name, good);
}

bool check_role(const JsonField& member, Problems& problems) {
    if (!is_role(member.node->key)) {
        problems.error(Rank::value, member.node->key_at, member.pointer,
                       fmt::format("{} is no role; expected lower-case letters, digits, '-' and '_', at most 63",
                                   in_quotes(member.node->key)));
        return false;
    }
    return true;
}

/// RFC 6749 3.1.2: absolute, without a fragment.
bool is_redirect_uri(std::string_view uri) {
    const std::size_t colon = uri.find(':');
    if (colon == 0 || colon == std::string_view::npos || colon + 1 == uri.size()) {
        return false;
    }
    const auto in_scheme = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '.' || c == '-';
    };
    return uri[0] >= 'a' && uri[0] <= 'z' && std::ranges::all_of(uri.substr(0, colon), in_scheme) &&
           std::ranges::all_of(uri, [](char c) { return c > ' ' && c < 0x7f && c != '#'; });
}

OAuthClient read_client(const JsonField& field, References& references) {
    Problems& problems = references.problems();
    ObjectReader reader(field, problems, "an object with \"id\" and \"redirect_uri\"");
    const JsonField id = reader.required("id", "the client_id that the authority gave out");
    const JsonField secret = reader.optional("secret");
    const JsonField redirect = reader.required("redirect_uri", "the redirect URI as it is registered");
    reader.finish();
    OAuthClient client;
    client.id = read_plain(id, references, "a client_id");
    client.secret = read_secret(secret, references, "a client secret");
    client.redirect_uri = read_plain(redirect, references, "a redirect URI");
    const bool known = !client.redirect_uri.empty() && references.reads();
    if (known && !is_redirect_uri(client.redirect_uri)) {
        problems.error(Rank::value, redirect,
                       "expected an absolute URI without a fragment, such as https://dsp.example/callback or "
                       "http://127.0.0.1/callback");
    }
    return client;
}

void read_users(const JsonField& field, References& references, Authority& authority) {
    if (!field) {
        return;
    }
    ObjectReader reader(field, references.problems(), "an object of users by role");
    for (const JsonField& member : reader.members()) {
        if (!check_role(member, references.problems())) {
            continue;
        }
        ObjectReader user(member, references.problems(), "an object with \"name\" and \"password\"");
        const JsonField name = user.required("name", "the name that the user logs in with");
        const JsonField password = user.required("password", "a reference to the password");
        user.finish();
        OAuthUser& read = authority.users[member.node->key];
        read.name = read_plain(name, references, "a user name");
        read.password = read_secret(password, references, "a password");
    }
    reader.finish();
}

void read_tokens(const JsonField& field, References& references, Authority& authority) {
    if (!field) {
        return;
    }
    ObjectReader reader(field, references.problems(), "an object of access tokens by role");
    for (const JsonField& member : reader.members()) {
        if (check_role(member, references.problems())) {
            authority.tokens[member.node->key] = read_secret(member, references, "an access token");
        }
    }
    reader.finish();
}

/// Members that a form is sent with.
std::map<std::string, std::string> read_members(const JsonField& field, Problems& problems) {
    std::map<std::string, std::string> members;
    if (field) {
        ObjectReader reader(field, problems, "an object of form fields");
        for (const JsonField& member : reader.members()) {
            members[member.node->key] = read_text(member, problems, "the value of a form field").value_or("");
        }
        reader.finish();
    }
    return members;
}

void read_recipe(const JsonField& field, Problems& problems, Authority& authority) {
    if (!field) {
        return;
    }
    ObjectReader reader(field, problems, "an object that names form fields");
    const JsonField user = reader.optional("user_field");
    const JsonField password = reader.optional("password_field");
    const JsonField consent = reader.optional("consent");
    const JsonField deny = reader.optional("deny");
    reader.finish();
    authority.automated = reader.usable();
    authority.recipe.user_field = read_text(user, problems, "the name of a form field").value_or("");
    authority.recipe.password_field = read_text(password, problems, "the name of a form field").value_or("");
    authority.recipe.consent = read_members(consent, problems);
    authority.recipe.deny = read_members(deny, problems);
}

void read_one_path(const JsonField& field, Problems& problems, bool may_be_absent, std::string& path) {
    const std::optional<std::string> text = read_text(field, problems, "a path");
    if (!text) {
        return;
    }
    const bool good = !text->empty() && text->front() == '/' &&
                      std::ranges::all_of(*text, [](char c) { return c > ' ' && c < 0x7f && c != '#' && c != '?'; });
    if (good || (text->empty() && may_be_absent)) {
        path = *text;
        return;
    }
    problems.error(Rank::value, field,
                   fmt::format("expected a path that begins with '/', without query or fragment{}; found {}",
                               may_be_absent ? ", or \"\" where there is none" : "", in_quotes(*text)));
}

void read_paths(const JsonField& field, Problems& problems, Authority& authority) {
    if (!field) {
        return;
    }
    ObjectReader reader(field, problems, "an object of paths");
    const JsonField authorize = reader.optional("authorize");
    const JsonField token = reader.optional("token");
    const JsonField introspect = reader.optional("introspect");
    const JsonField revoke = reader.optional("revoke");
    reader.finish();
    read_one_path(authorize, problems, false, authority.authorize_path);
    read_one_path(token, problems, false, authority.token_path);
    read_one_path(introspect, problems, true, authority.introspect_path);
    read_one_path(revoke, problems, true, authority.revoke_path);
}

/// RFC 6749 3.3: words of printable ASCII without '"' and '\'.
void read_scope(const JsonField& field, Problems& problems, std::string& scope) {
    const std::optional<std::string> text = read_text(field, problems, "a scope");
    if (!text) {
        return;
    }
    const bool good = !text->empty() && text->front() != ' ' && text->back() != ' ' &&
                      text->find("  ") == std::string::npos &&
                      std::ranges::all_of(*text, [](char c) { return c >= ' ' && c < 0x7f && c != '"' && c != '\\'; });
    if (!good) {
        problems.error(Rank::value, field,
                       fmt::format("expected a scope such as \"MYIR.Services\", found {}", in_quotes(*text)));
        return;
    }
    scope = *text;
}

void read_state(const JsonField& alphabet, const JsonField& length, Problems& problems, Authority& authority) {
    constexpr std::int64_t shortest = 32;  // with less it could be guessed
    constexpr std::int64_t longest = 4096;
    if (const std::optional<std::string> text = read_text(alphabet, problems, "the characters of a state")) {
        const std::set<char> characters(text->begin(), text->end());
        constexpr std::size_t fewest = 16;
        if (!std::ranges::all_of(characters, [](char c) { return c >= ' ' && c < 0x7f; })) {
            problems.error(Rank::value, alphabet, "expected printable ASCII characters");
        } else if (!characters.empty() && characters.size() < fewest) {
            problems.error(Rank::value, alphabet,
                           fmt::format("expected at least {} characters, or none for any that can be printed", fewest));
        } else {
            authority.state_alphabet.assign(characters.begin(), characters.end());
        }
    }
    authority.state_length = read_integer(length, problems, shortest, longest).value_or(authority.state_length);
}

void read_access_token(const JsonField& field, Problems& problems, AccessTokenForm& form) {
    if (!field) {
        return;
    }
    constexpr std::int64_t earliest = 86'400;  // a day
    ObjectReader reader(field, problems, "an object that says what an access token is");
    const JsonField format = reader.optional("format");
    const JsonField type = reader.optional("type");
    const JsonField algorithm = reader.optional("algorithm");
    const JsonField not_before = reader.optional("not_before");
    reader.finish();
    form.opaque = read_choice(format, problems, {"jwt", "opaque"}).value_or("jwt") == "opaque";
    form.type = read_text(type, problems, "the typ of an access token").value_or(form.type);
    form.algorithm = read_text(algorithm, problems, "the alg of an access token").value_or(form.algorithm);
    form.not_before = read_integer(not_before, problems, 0, earliest).value_or(form.not_before);
}

}  // namespace

void read_authority(const JsonField& field, References& references, Profile& profile) {
    if (!field) {
        return;
    }
    Problems& problems = references.problems();
    ObjectReader reader(field, problems, "an object with \"url\" and \"client\"");
    const JsonField url = reader.required("url", "the URL of the OAuth authority, such as https://host");
    const JsonField paths = reader.optional("paths");
    const JsonField scope = reader.optional("scope");
    const JsonField offline = reader.optional("offline_scope");
    const JsonField client = reader.required("client", "the client that is registered with the authority");
    const JsonField second = reader.optional("second_client");
    const JsonField users = reader.optional("users");
    const JsonField login = reader.optional("login");
    const JsonField tokens = reader.optional("tokens");
    const JsonField refresh = reader.optional("refresh_tokens");
    const JsonField lifetime = reader.optional("expires_in");
    const JsonField alphabet = reader.optional("state_alphabet");
    const JsonField length = reader.optional("state_length");
    const JsonField revocation = reader.optional("revocation_within_ms");
    const JsonField access_token = reader.optional("access_token");
    const JsonField code_lifetime = reader.optional("code_lifetime_ms");
    const JsonField splash = reader.optional("splash_contains");
    reader.finish();

    Authority authority;
    // Where others' accounts are at stake, filling in their forms has to be asked for.
    authority.automated = profile.environment == Environment::embedded;
    authority.refresh_tokens = profile.channel == Channel::cloud;
    authority.endpoint = read_url(url, references, "https", true).value_or(Endpoint{});
    if (authority.endpoint.host == profile.endpoint.host) {
        authority.endpoint.connect_address = profile.endpoint.connect_address;
    }
    read_paths(paths, problems, authority);
    read_scope(scope, problems, authority.scope);
    read_scope(offline, problems, authority.offline_scope);
    if (client) {
        authority.client = read_client(client, references);
    }
    if (second) {
        authority.second_client = read_client(second, references);
    }
    read_users(users, references, authority);
    read_recipe(login, problems, authority);
    read_tokens(tokens, references, authority);
    authority.refresh_tokens = read_bool(refresh, problems).value_or(authority.refresh_tokens);
    constexpr std::int64_t longest = 31'536'000;  // a year
    authority.expires_in = read_integer(lifetime, problems, 1, longest).value_or(authority.expires_in);
    read_state(alphabet, length, problems, authority);
    read_within(revocation, problems, authority.revocation_within);
    read_access_token(access_token, problems, authority.access_token);
    read_within(code_lifetime, problems, authority.code_lifetime);
    authority.splash_contains = read_text(splash, problems, "text of a page").value_or("");
    for (const OAuthClient& one : {authority.client, authority.second_client.value_or(OAuthClient{})}) {
        if (one.confidential()) {
            references.keep_secret(one.basic());
        }
    }
    profile.authority = std::move(authority);
}

}  // namespace gateproof
