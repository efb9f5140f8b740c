#include "selfproof/embedded_application.hpp"

#include <utility>

#include "gateway/authority/authority.hpp"
#include "gateway/faults/fault_set.hpp"
#include "gateway/fixture/fixture.hpp"
#include "gateway/http/routes.hpp"
#include "gateway/services/services.hpp"
#include "gateway/tls/pki.hpp"

namespace gateproof::selfproof {

namespace http = boost::beast::http;

struct EmbeddedApplications::World {
    gateway::FaultSet faults;
    gateway::Pki pki{faults};
    gateway::Fixture fixture{pki};
    gateway::AccessTokens tokens;
    gateway::Authority authority{fixture, tokens, faults};
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

class EmbeddedApplication : public stage::Application {
public:
    EmbeddedApplication(std::shared_ptr<World> world, Channel channel)
        : world_(std::move(world)),
          channel_(channel),
          services_(world_->fixture, world_->pki, world_->authority.clients(), world_->tokens, world_->faults) {}

    stage::Answer answer(const stage::Request& request) override {
        const gateway::Request asked = request_of(request);
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
        if (channel_ == Channel::desktop) {
            if (std::optional<gateway::Response> authority = world_->authority.serve(asked)) {
                return answer_of(*authority);
            }
        }
        return answer_of(gateway::serve(asked, caller, world_->faults, &services_));
    }

    [[nodiscard]] std::vector<stage::Booking> booked() const override { return {}; }

private:
    std::shared_ptr<World> world_;
    Channel channel_;
    gateway::Services services_;
};

}  // namespace

EmbeddedApplications::EmbeddedApplications() : world_(std::make_shared<World>()) {}

EmbeddedApplications::~EmbeddedApplications() = default;

Play EmbeddedApplications::play(const Profile& profile) const {
    Play play;
    play.application = std::make_shared<EmbeddedApplication>(world_, profile.channel);
    const std::string user = world_->fixture.user_of_role("user").name;
    const std::string client = world_->authority.reference("client.id").value_or("");
    const std::string token = world_->tokens.sign(world_->tokens.claims_for(user, client, "MYIR.Services"));
    play.values = {{"token", token},
                   {"client_id", client},
                   {"client_secret", world_->authority.reference("client.secret").value_or("")},
                   {"ird", world_->fixture.reference("customer.ird").value_or("")}};
    play.secrets = {{"access token", token}, {"client secret", play.values["client_secret"]}};
    return play;
}

}  // namespace gateproof::selfproof
