#include "client/client.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <thread>
#include <utility>

#include "client/base/encoding.hpp"
#include "client/faults/fault_set.hpp"
#include "client/http/http.hpp"
#include "client/redirect.hpp"
#include "client/tokens.hpp"

namespace gateproof::client {
namespace {

using std::chrono::system_clock;

enum class Credential { none, token, jwt };

/// One call, with its repetitions.
struct Call {
    Result result;
    bool hopeless = false;  ///< the same call would end the same way
};

Call failed(std::string text, bool hopeless = false) {
    return {{Outcome::failure, std::move(text)}, hopeless};
}

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

/// The port of a loopback redirect URI; zero: it is none, or leaves the port open.
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

struct Client::State {
    explicit State(Options given);

    Result read();
    Result write(const std::string& nonce);
    Result stay();
    Result log_in();
    Result log_out();
    Result machine();

    Call perform(const Operation& operation, Credential credential);
    /// The credential's field; false: `problem` says why there is none.
    bool authorize(Request& request, Credential credential, std::string& problem);
    /// Replaces the access token that did not serve. Empty: there is a new one.
    std::string refresh(const std::string& old_access);
    bool wait_for_service(const Answer& answer, int repetition, std::string& problem) const;
    void reload_identity();
    [[nodiscard]] HttpSettings gateway_settings() const;
    [[nodiscard]] HttpSettings authority_settings() const;
    [[nodiscard]] const IdentitySource& own_identity() const;
    [[nodiscard]] bool has_tokens() const { return !store.load().empty(); }
    [[nodiscard]] Operation query() const;
    TokenEndpoint token_endpoint() { return {*authority, options.oauth, options.retries, faults, stop}; }

    Options options;
    FaultSet faults;
    Stop stop;
    TokenStore store;
    std::string identity_stamp;
    std::shared_ptr<KeptSession> kept_session = std::make_shared<KeptSession>();
    std::unique_ptr<Http> gateway;
    std::unique_ptr<Http> authority;  ///< null: none was named
};

Client::State::State(Options given) : options(std::move(given)), faults(options.faults), store(options.token_file) {
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
        throw Unusable{fmt::format(
            "this fault shows an identity of the role \"{0}\": give it with --identity {0}=CERT,KEY", role)};
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
    if (stamp == identity_stamp) {
        return;
    }
    try {
        gateway = std::make_unique<Http>(gateway_settings(), faults, stop);
        identity_stamp = stamp;
    } catch (const Unusable&) {
        // One of the two files has been replaced and the other has not: the old identity serves until both fit.
    }
}

std::string Client::State::refresh(const std::string& old_access) {
    const Descriptor lock = store.lock();
    const Tokens kept = store.load();
    if (kept.access != old_access) {
        return {};  // another process has been here
    }
    if (kept.refresh.empty() || !authority) {
        return "the access token is no longer good, and there is no refresh token: log in again";
    }
    const Granted granted = token_endpoint().refresh(kept.refresh);
    if (granted.problem.empty()) {
        store.save(granted.tokens);
    } else if (granted.login_needed) {
        store.clear();
        return granted.problem + ": log in again";
    }
    return granted.problem;
}

bool Client::State::authorize(Request& request, Credential credential, std::string& problem) {
    if (credential == Credential::jwt) {
        const Identity signer = load_identity(options.machine.signer);
        request.fields.push_back(
            {"Authorization", machine_token(options.machine, signer, faults, system_clock::now())});
    }
    if (credential != Credential::token) {
        return true;
    }
    Tokens tokens = store.load();
    const auto now = system_clock::now();
    const bool over = tokens.access.empty() || (tokens.expires && *tokens.expires <= now);
    const bool soon = tokens.refresh_at && *tokens.refresh_at <= now && !tokens.refresh.empty();
    if (over || soon) {
        problem = refresh(tokens.access);
        if (!problem.empty() && (over || store.load().empty())) {
            return false;
        }
        problem.clear();
        tokens = store.load();
    }
    request.fields.push_back({"Authorization", "Bearer " + tokens.access});
    return true;
}

bool Client::State::wait_for_service(const Answer& answer, int repetition, std::string& problem) const {
    const auto told = retry_after(answer.field("retry-after"), system_clock::now());
    const auto wait = wait_before(repetition, told, options.retries, random_fraction());
    if (!wait) {
        problem = told && *told > options.retries.longest_wait
                      ? fmt::format("the gateway is busy, and asks to come back in {} s, which is too long to wait",
                                    told->count())
                      : fmt::format("the gateway is busy, and still was after {} repetitions", repetition);
        return false;
    }
    problem = "the client was asked to stop while the gateway was busy";
    return pause_until(Clock::now() + *wait, stop) != Wait::stopped;
}

Call Client::State::perform(const Operation& operation, Credential credential) {
    bool refreshed = false;
    int repetition = 0;
    while (true) {
        Request request = operation.request;
        std::string problem;
        if (!authorize(request, credential, problem)) {
            return failed(problem, true);
        }
        const std::string used = credential == Credential::token ? store.load().access : std::string();
        const Exchange exchange = gateway->exchange(request);
        const bool in_doubt = !request.repeatable && exchange.sent;
        const std::string doubt = in_doubt ? "whether the submission was carried out is not known: " : "";
        if (!exchange.problem.empty()) {
            const bool ended = exchange.sent && !exchange.begun && exchange.end != End::late;
            if (ended && faults.has("late-refusal-is-empty-answer")) {
                return {{Outcome::success, "the gateway answered"}};
            }
            const std::string refused = exchange.refused ? "the gateway refused this client's certificate: " : "";
            return failed(doubt + refused + exchange.problem, exchange.refused);
        }
        const Answer& answer = exchange.answer;
        // A submission that was refused for its frequency was not carried out; of one that met a 503 nobody knows.
        if (answer.status == 429 || (answer.status == 503 && request.repeatable)) {
            if (!wait_for_service(answer, repetition++, problem)) {
                return failed(problem);
            }
            continue;
        }
        const Reading reading = read_answer(operation, answer, faults);
        if (reading.problem.empty()) {
            return {{Outcome::success, "the gateway answered"}};
        }
        if (reading.token_refused && credential == Credential::token && !std::exchange(refreshed, true)) {
            problem = refresh(used);
            if (problem.empty()) {
                continue;
            }
            return failed(fmt::format("{}; {}", reading.problem, problem), true);
        }
        return failed((answer.status >= 500 ? doubt : "") + reading.problem,
                      reading.forbidden || reading.token_refused);
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
        return unsupported("a submission needs an IRD number and a token: log in first, or give them");
    }
    if (options.warm_up) {
        if (const Result before = read(); before.outcome != Outcome::success) {
            return before;
        }
    }
    const std::string text = nonce.empty() ? hex(random_bytes(8), false) : nonce;
    return perform(write_operation(options.channel, options.ird, text, options.software), Credential::token).result;
}

Result Client::State::stay() {
    Call last = failed("the client was asked to stop before its first call");
    std::size_t served = 0;
    std::size_t calls = 0;
    while (!stop.requested()) {
        reload_identity();
        const bool with_token = has_tokens() && !options.ird.empty();
        const Moment next = Clock::now() + options.every;
        Call call = perform(query(), with_token ? Credential::token : Credential::none);
        if (stop.requested() && call.result.outcome != Outcome::success) {
            break;
        }
        last = std::move(call);
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
        return unsupported("a machine needs its certificate and key, its issuer, and an IRD number to ask for");
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
    const LoginRequest login = begin_login(authority->base(), options.oauth, listener.port());
    std::thread user;
    if (options.browse) {
        user = std::thread(options.browse, login.url, listener.port());
    } else {
        open_browser(browser, login.url);
    }
    const Returned returned =
        listener.wait(path_of(login.redirect_uri), login.state, Clock::now() + options.login_limit, stop);
    if (user.joinable()) {
        user.join();
    }
    if (!returned.problem.empty()) {
        return {Outcome::failure, "the login failed: " + returned.problem};
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

Client::Client(Options options) : state_(std::make_unique<State>(std::move(options))) {}
Client::~Client() = default;

void Client::stop() noexcept {
    state_->stop.request();
}

Result Client::act(Act act, const std::string& nonce) {
    switch (act) {
        case Act::read: return state_->read();
        case Act::write: return state_->write(nonce);
        case Act::stay: return state_->stay();
        case Act::login: return state_->log_in();
        case Act::machine: return state_->machine();
        case Act::logout: return state_->log_out();
    }
    return {};
}

}  // namespace gateproof::client
