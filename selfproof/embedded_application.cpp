#include "selfproof/embedded_application.hpp"

#include <openssl/x509.h>

#include <algorithm>
#include <utility>

#include "gateway/authority/authority.hpp"
#include "gateway/faults/fault_set.hpp"
#include "gateway/fixture/fixture.hpp"
#include "gateway/http/routes.hpp"
#include "gateway/services/description.hpp"
#include "gateway/services/services.hpp"
#include "gateway/services/token_texts.hpp"
#include "gateway/tls/pki.hpp"
#include "gateway/tls/policy.hpp"
#include "gateway/tls/rotation.hpp"
#include "harness/text/sha256.hpp"

namespace gateproof::selfproof {

namespace http = boost::beast::http;

namespace {

/// Made once, since an RSA key takes its time and tokens differ by what they say.
const std::shared_ptr<EVP_PKEY>& key_of_tokens() {
    static const std::shared_ptr<EVP_PKEY> key = gateway::AccessTokens::new_key();
    return key;
}

}  // namespace

struct EmbeddedApplications::World {
    gateway::FaultSet faults;
    gateway::Pki pki{faults};
    gateway::Fixture fixture{pki};
    gateway::AccessTokens tokens{key_of_tokens()};
    gateway::Authority authority{fixture, tokens, faults};
    gateway::TokenTexts token_texts{fixture, authority.clients(), tokens};
    gateway::ClientPolicy clients{pki, faults};
    gateway::Services services{fixture, pki, authority.clients(), tokens, faults};  ///< of all its listeners
};

namespace {

using World = EmbeddedApplications::World;

gateway::Request request_of(const stage::Request& request) {
    gateway::Request copy;
    copy.version(11);
    copy.method_string(request.method);
    copy.target(request.target);
    for (const auto& [name, value] : request.fields) {
        copy.insert(name, value);
    }
    copy.body() = request.body;
    return copy;
}

stage::Answer answer_of(const gateway::Response& response) {
    stage::Answer answer;
    answer.status = static_cast<int>(response.result_int());
    for (const auto& field : response) {
        const bool framing = field.name() == http::field::content_length || field.name() == http::field::connection;
        if (!framing) {
            answer.fields.emplace_back(std::string(field.name_string()), std::string(field.value()));
        }
    }
    answer.body = response.body();
    return answer;
}

/// What every answer is made of.
stage::Answer answered(World& world, gateway::Services& services, const gateway::Request& asked,
                       const gateway::Caller& caller) {
    using Role = gateway::ListenerRole;
    if (caller.listener != Role::cloud) {
        if (std::optional<gateway::Response> said = world.authority.serve(asked, caller.listener != Role::mock)) {
            return answer_of(*said);
        }
    }
    return answer_of(gateway::serve(asked, caller, world.faults, &services));
}

/// For clients that are judged.
class EmbeddedApplication : public stage::Application {
public:
    EmbeddedApplication(std::shared_ptr<World> world, Channel channel)
        : world_(std::move(world)),
          channel_(channel),
          services_(world_->fixture, world_->pki, world_->authority.clients(), world_->tokens, world_->faults) {}

    stage::Answer answer(const stage::Request& request) override {
        stage::Answer said = answered(*world_, services_, request_of(request), caller_of(request));
        if (const std::string_view what = services_.take_carried_out(); !what.empty()) {
            book(what, sha256_of(request.body));
        }
        return said;
    }

    [[nodiscard]] bool changes(const stage::Request& request) const override {
        if (request.method == "GET" || request.method == "HEAD") {
            return false;
        }
        gateway::Services trial(world_->fixture, world_->pki, world_->authority.clients(), world_->tokens,
                                world_->faults);
        gateway::serve(request_of(request), caller_of(request), world_->faults, &trial);
        return !trial.take_carried_out().empty();
    }

    [[nodiscard]] std::vector<stage::Booking> booked() const override { return booked_; }

private:
    [[nodiscard]] gateway::Caller caller_of(const stage::Request& request) const {
        gateway::Caller caller;
        caller.over_tls = true;
        if (channel_ == Channel::desktop) {
            caller.listener = gateway::ListenerRole::desktop;
            caller.authorised = true;
        } else {
            // Whose certificate it is has been judged by the stage, or is what a check looks at.
            caller.authorised = !request.certificates.empty();
            caller.dsp = caller.authorised ? world_->pki.enrolled_names().front() : std::string();
        }
        return caller;
    }

    void book(std::string_view what, std::string payload) {
        const auto found = std::ranges::find_if(
            booked_, [&](const stage::Booking& one) { return one.what == what && one.payload == payload; });
        if (found != booked_.end()) {
            ++found->count;
        } else {
            booked_.push_back({std::string(what), std::move(payload), 1});
        }
    }

    std::shared_ptr<World> world_;
    Channel channel_;
    gateway::Services services_;
    std::vector<stage::Booking> booked_;
};

/// For checks of gateways, when the stage is what they judge.
class EmbeddedListener : public stage::Application {
public:
    EmbeddedListener(std::shared_ptr<World> world, gateway::ListenerRole role)
        : world_(std::move(world)), role_(role) {}

    stage::Answer answer(const stage::Request& request) override {
        gateway::Request asked = request_of(request);
        gateway::Caller caller;
        caller.listener = role_;
        caller.over_tls = true;
        caller.server_name = gateway::lower_case(request.server_name);
        caller.resumed = request.resumed;
        caller.absolute_form = gateway::take_absolute_form(asked);
        if (role_ != gateway::ListenerRole::cloud) {
            caller.authorised = true;
        } else if (is_good(request)) {
            caller.dsp = world_->clients.enrolled_name(request.certificates.front().get());
            caller.authorised = !caller.dsp.empty();
            caller.may_use_tds = world_->pki.may_use_tds(caller.dsp);
        }
        return answered(*world_, world_->services, asked, caller);
    }

    [[nodiscard]] std::vector<stage::Booking> booked() const override { return {}; }

private:
    [[nodiscard]] bool is_good(const stage::Request& request) const {
        if (request.certificates.empty()) {
            return false;
        }
        X509* const leaf = request.certificates.front().get();
        if (gateway::rotation_role(world_->pki, leaf) == "retired") {
            return false;
        }
        const std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)> sent(
            sk_X509_new_null(), [](STACK_OF(X509) * stack) { sk_X509_free(stack); });
        for (const Certificate& one : request.certificates) {
            sk_X509_push(sent.get(), one.get());
        }
        const int reason =
            request.resumed ? world_->clients.verify_again(leaf) : world_->clients.verify(leaf, sent.get());
        return reason == X509_V_OK;
    }

    std::shared_ptr<World> world_;
    gateway::ListenerRole role_;
};

}  // namespace

EmbeddedApplications::EmbeddedApplications() : world_(std::make_shared<World>()) {}

EmbeddedApplications::~EmbeddedApplications() = default;

Play EmbeddedApplications::play(const Profile& profile, ClientAct act) const {
    Play play;
    play.application = std::make_shared<EmbeddedApplication>(world_, profile.channel);
    const gateway::User& person = world_->fixture.user_of_role("user");
    const std::string user = person.name;
    const std::string role = act == ClientAct::login ? "native-client" : "client";
    const std::string client = world_->authority.reference(role + ".id").value_or("");
    const std::string token = world_->tokens.sign(world_->tokens.claims_for(user, client, "MYIR.Services"));
    play.values = {{"token", token},
                   {"client_id", client},
                   {"client_secret", world_->authority.reference(role + ".secret").value_or("")},
                   {"ird", world_->fixture.reference("customer.ird").value_or("")}};
    play.secrets = {{"access token", token}};
    if (!play.values["client_secret"].empty()) {
        play.secrets.emplace_back("client secret", play.values["client_secret"]);
    }
    if (act == ClientAct::login) {
        play.authority = std::make_shared<EmbeddedApplication>(world_, Channel::desktop);
        play.values["login_user"] = user;
        play.values["login_password"] = person.password;
        play.secrets.emplace_back("password", person.password);
    }
    return play;
}

std::shared_ptr<stage::Application> EmbeddedApplications::listener(gateway::ListenerRole role) const {
    return std::make_shared<EmbeddedListener>(world_, role);
}

std::vector<std::string> EmbeddedApplications::client_authorities() const {
    std::vector<std::string> names;
    for (const gateway::Credential* const authority : {&world_->pki.client_root(), &world_->pki.client_authority()}) {
        const gateway::CertificatePtr& certificate = authority->certificate;
        unsigned char* der = nullptr;
        const int size = i2d_X509_NAME(X509_get_subject_name(certificate.get()), &der);
        if (size > 0) {
            names.emplace_back(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
        }
        OPENSSL_free(der);
    }
    return names;
}

std::optional<std::string> EmbeddedApplications::reference(std::string_view name) const {
    if (auto text = gateway::published_description(name)) {
        return text;
    }
    if (auto text = world_->pki.reference(name)) {
        return text;
    }
    if (auto text = world_->authority.reference(name)) {
        return text;
    }
    if (auto text = world_->token_texts.reference(name)) {
        return text;
    }
    return world_->fixture.reference(name);
}

}  // namespace gateproof::selfproof
