#include "client/client.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <array>
#include <thread>
#include <utility>

#include "client/base/encoding.hpp"
#include "client/redirect.hpp"
#include "client/state.hpp"

namespace gateproof::client {
namespace {

Result unsupported(std::string text) {
    return {Outcome::unsupported, std::move(text)};
}

Url url_of(const std::string& text, std::string_view what) {
    auto url = parse_url(text);
    if (!url || !url->secure) {
        throw Unusable{fmt::format("the {} has to be an address such as https://host:4046", what)};
    }
    while (url->path.ends_with('/')) {
        url->path.pop_back();
    }
    return *url;
}

/// As what knows no other letters has it.
std::string in_ascii(std::string text) {
    for (char& c : text) {
        c = static_cast<unsigned char>(c) < 0x80 ? c : '?';
    }
    return text;
}

/// Tells one state of the files from another.
std::string stamp_of(const IdentitySource& source) {
    std::string stamp;
    for (const std::string* const name : {&source.certificate, &source.key, &source.pkcs12}) {
        struct stat found {};
        if (!name->empty() && name->size() < 4096 && stat(name->c_str(), &found) == 0) {
            stamp +=
                fmt::format("{} {} {}.{} ", found.st_ino, found.st_size, found.st_mtim.tv_sec, found.st_mtim.tv_nsec);
        }
    }
    return stamp;
}

/// The port of a loopback redirect URI; zero: it is none, or leaves the port
/// open.
std::uint16_t loopback_port(const std::string& redirect_uri) {
    const auto url = parse_url(redirect_uri);
    const bool given = url && !url->secure && (url->place.host == "127.0.0.1" || url->place.host == "localhost");
    return given && redirect_uri.find(fmt::format(":{}", url->place.port)) != std::string::npos ? url->place.port : 0;
}

std::string path_of(const std::string& redirect_uri) {
    const auto url = parse_url(redirect_uri);
    const std::string path = url ? url->path.substr(0, url->path.find('?')) : std::string();
    return path.empty() ? "/" : path;
}

}  // namespace

Client::State::State(Options given)
    : options(std::move(given)), faults(options.faults), store(options.token_file, faults.has("world-readable")) {
    if (store.load().empty() && !(options.token.empty() && options.refresh_token.empty())) {
        store.save({options.token, options.refresh_token, std::nullopt, std::nullopt});
    }
    identity_stamp = stamp_of(own_identity());
    gateway = std::make_unique<Http>(gateway_settings(), faults, stop);
    if (!options.authority_url.empty()) {
        authority = std::make_unique<Http>(authority_settings(), faults, stop);
    }
}

const IdentitySource& Client::State::own_identity() const {
    const std::string_view role = faults.needed_identity();
    if (role.empty()) {
        return options.identity;
    }
    const auto found = options.other_identities.find(std::string(role));
    if (found == options.other_identities.end()) {
        throw Unusable{
            fmt::format("this fault shows an identity of the role "
                        "\"{0}\": give it with --identity {0}=CERT,KEY",
                        role)};
    }
    return found->second;
}

HttpSettings Client::State::gateway_settings() const {
    HttpSettings settings;
    settings.base = url_of(options.base_url, "base URL");
    settings.addresses = options.addresses;
    settings.proxy = options.proxy;
    settings.tls = {Party::gateway, options.ca_file, options.ca_folder, std::nullopt, kept_session};
    settings.connect_limit = options.connect_limit;
    settings.answer_limit = options.answer_limit;
    const bool shown =
        options.channel == Channel::cloud ? !faults.has("shows-nothing") : faults.has("desktop-shows-certificate");
    if (shown && !own_identity().empty()) {
        settings.tls.identity = load_identity(own_identity());
    }
    return settings;
}

HttpSettings Client::State::authority_settings() const {
    HttpSettings settings;
    settings.base = url_of(options.authority_url, "authority's URL");
    const bool same_host = settings.base.place.host == url_of(options.base_url, "base URL").place.host;
    settings.addresses = same_host ? options.addresses : std::vector<std::string>();
    settings.proxy = options.proxy;
    settings.tls = {Party::authority, options.ca_file, options.ca_folder, std::nullopt, kept_session};
    settings.connect_limit = options.connect_limit;
    settings.answer_limit = options.answer_limit;
    if (faults.has("shows-it-to-everyone") && !own_identity().empty()) {
        settings.tls.identity = load_identity(own_identity());
    }
    return settings;
}

void Client::State::reload_identity() {
    const std::string stamp = stamp_of(own_identity());
    if (replaced) {
        std::swap(replaced, gateway);
    }
    if (stamp == identity_stamp || faults.has("never-reloads") ||
        (faults.has("keeps-old-connections") && gateway->connected())) {
        return;
    }
    try {
        auto fresh = std::make_unique<Http>(gateway_settings(), faults, stop);
        if (faults.has("mixes-old-and-new")) {
            replaced = std::move(gateway);
        }
        gateway = std::move(fresh);
        identity_stamp = stamp;
    } catch (const Unusable&) {
        // One of the two files has been replaced and the other has not: the old
        // identity serves until both fit.
    }
}

Operation Client::State::query() const {
    return has_tokens() && !options.ird.empty() ? read_operation(options.channel, options.ird, options.software)
                                                : status_operation(options.channel);
}

Result Client::State::read() {
    const bool with_token = has_tokens() && !options.ird.empty();
    return perform(query(), with_token ? Credential::token : Credential::none).result;
}

Result Client::State::write(const std::string& nonce) {
    if (!has_tokens() || options.ird.empty()) {
        return unsupported(
            "a submission needs an IRD number and a token: log in "
            "first, or give them");
    }
    if (options.warm_up || faults.has("early-writes")) {
        if (Result before = read(); before.outcome != Outcome::success) {
            return before;
        }
    }
    std::string text = nonce.empty() ? hex(random_bytes(8), false) : nonce;
    if (!customer_name.empty()) {
        text += " for " + (faults.has("loses-macrons") ? in_ascii(customer_name) : customer_name);
    }
    Call call = perform(write_operation(options.channel, options.ird, text, options.software), Credential::token);
    if (call.in_doubt) {
        const Call state = perform(state_operation(options.channel, options.ird, options.software), Credential::token);
        call.result.text += state.result.outcome == Outcome::success
                                ? "; the gateway was asked for the state of the return"
                                : "; nor could the gateway be asked for the state of the return";
    }
    return call.result;
}

Result Client::State::stay() {
    Call last = failed("the client was asked to stop before its first call");
    std::size_t served = 0;
    std::size_t calls = 0;
    while (!stop.requested()) {
        const bool with_token = has_tokens() && !options.ird.empty();
        const Moment next = Clock::now() + options.every;
        Call call = perform(query(), with_token ? Credential::token : Credential::none);
        if (stop.requested() && call.result.outcome != Outcome::success) {
            break;
        }
        last = std::move(call);
        if (options.called) {
            options.called(last.result);
        }
        ++calls;
        served += last.result.outcome == Outcome::success ? 1 : 0;
        if (last.hopeless) {
            break;
        }
        pause_until(next, stop);
    }
    last.result.text += fmt::format(" ({} of {} calls were served)", served, calls);
    return last.result;
}

Result Client::State::machine() {
    if (options.machine.signer.empty() || options.machine.issuer.empty() || options.ird.empty()) {
        return unsupported(
            "a machine needs its certificate and key, its issuer, "
            "and an IRD number to ask for");
    }
    if (options.channel == Channel::desktop) {
        return unsupported("the desktop channel takes no machine's JWT");
    }
    return perform(read_operation(options.channel, options.ird, options.software), Credential::jwt).result;
}

Result Client::State::log_in() {
    if (!authority || options.oauth.client_id.empty()) {
        return unsupported("a login needs the authority's URL and a client id");
    }
    const std::vector<std::string> browser = options.browser.empty() ? browser_of_environment() : options.browser;
    if (!options.browse && browser.empty()) {
        return unsupported("a login needs a browser: set BROWSER, or give --browser");
    }
    const std::uint16_t wanted = loopback_port(options.oauth.redirect_uri);
    RedirectListener listener(wanted != 0 ? wanted : options.redirect_port);
    const LoginRequest login = begin_login(authority->base(), options.oauth, listener.port(), faults);
    std::thread user;
    if (options.browse) {
        user = std::thread(options.browse, login.url, listener.port());
    } else {
        open_browser(browser, login.url);
    }
    const Returned returned =
        listener.wait(path_of(login.redirect_uri), login.state, Clock::now() + options.login_limit, stop,
                      faults.has("ignores-state") || faults.has("no-state"));
    if (user.joinable()) {
        user.join();
    }
    if (!returned.problem.empty()) {
        return {Outcome::failure, "the login failed: " + returned.problem};
    }
    if (!returned.error.empty() && faults.has("code-after-denial")) {
        token_endpoint().exchange_code("denied", login);
    }
    if (!returned.error.empty()) {
        return {Outcome::failure,
                returned.error == "access_denied" ? "the user declined the login" : "the authority refused the login"};
    }
    const Granted granted = token_endpoint().exchange_code(returned.code, login);
    if (!granted.problem.empty()) {
        return {Outcome::failure, granted.problem};
    }
    store.save(granted.tokens);
    return read();
}

Result Client::State::log_out() {
    const Tokens tokens = store.load();
    if (tokens.empty() || !authority) {
        return unsupported("there is nothing to log out of");
    }
    const std::string problem = token_endpoint().revoke(tokens.refresh.empty() ? tokens.access : tokens.refresh);
    store.clear();
    return problem.empty() ? Result{Outcome::success, "logged out"} : Result{Outcome::failure, problem};
}

Result Client::State::act(Act act, const std::string& nonce) {
    switch (act) {
        case Act::read: return read();
        case Act::write: return write(nonce);
        case Act::stay: return stay();
        case Act::login: return log_in();
        case Act::machine: return machine();
        case Act::logout: return log_out();
    }
    return {};
}

Client::Client(Options options) : state_(std::make_unique<State>(std::move(options))) {}
Client::~Client() = default;

void Client::stop() noexcept {
    state_->stop.request();
}

std::vector<std::string_view> Client::asked_faults() const {
    return state_->faults.asked();
}

Result Client::act(Act act, const std::string& nonce) {
    Result result = state_->act(act, nonce);
    result.longest_content = state_->gateway->longest_content();
    return result;
}

}  // namespace gateproof::client
