// The reference client at the stage: the two ends of every proof of a client, which share nothing but the wire.
#include <gtest/gtest.h>
#include <openssl/pem.h>

#include <algorithm>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "client/client.hpp"
#include "tests/unit/stage/support.hpp"

namespace gateproof::client::test::stage_test {
namespace {

using stage::AfterAct;
using stage::Application;
using stage::Asked;
using stage::HandshakeAct;
using stage::KeyKind;
using stage::Place;
using stage::Scene;
using stage::ServerSpec;
using stage::Visit;
using stage::test::Theatre;

struct StageRow {
    const char* fault;
    std::function<void(Scene&)> change;
    bool served_without;
    bool served_with;
};

void PrintTo(const StageRow& row, std::ostream* out) {
    *out << row.fault;
}

class AtTheStage : public testing::TestWithParam<StageRow> {
protected:
    /// Whether the client reports success, which nobody does that sent no request.
    bool served(const std::vector<std::string>& faults) {
        Scene scene = stage::test::conforming();
        GetParam().change(scene);
        Place& place = theatre_.open(std::move(scene), {.name = "place"});
        Options options;
        options.base_url = "https://localhost:" + std::to_string(theatre_.port(place));
        options.addresses = {"127.0.0.1"};
        options.ca_file = root();
        options.faults = faults;
        options.answer_limit = std::chrono::seconds(20);
        Result result;
        {
            Client client(options);
            result = client.act(Act::read);
        }
        const std::vector<Visit> visits = theatre_.visits_when(place, [](const std::vector<Visit>& seen) {
            return !seen.empty() && std::ranges::all_of(seen, [](const Visit& one) { return one.ended.has_value(); });
        });
        const bool asked = std::ranges::any_of(visits, [](const Visit& one) { return !one.requests.empty(); });
        const bool success = result.outcome == Outcome::success;
        EXPECT_TRUE(asked || !success) << result.text;
        EXPECT_TRUE(success || GetParam().served_without || !asked) << "a request came before the refusal";
        return success;
    }

    static std::string root() {
        BIO* const bio = BIO_new(BIO_s_mem());
        PEM_write_bio_X509(bio, stage::test::pki().root().get());
        char* data = nullptr;
        const long size = BIO_get_mem_data(bio, &data);
        std::string pem(data, static_cast<std::size_t>(size));
        BIO_free(bio);
        return pem;
    }

    Theatre theatre_;
};

TEST_P(AtTheStage, IsServedAsItShouldBe) {
    EXPECT_EQ(served({}), GetParam().served_without);
    EXPECT_EQ(served({GetParam().fault}), GetParam().served_with);
}

std::function<void(Scene&)> showing(const ServerSpec& spec) {
    return [spec](Scene& scene) { scene.shown = stage::test::pki().server(spec); };
}

std::function<void(Scene&)> acting(const HandshakeAct& act) {
    return [act](Scene& scene) { scene.handshake = act; };
}

void conforming(Scene&) {}

const StageRow stage_rows[] = {
    {"host-without-port", conforming, true, true},
    {"no-server-name", conforming, true, true},
    {"shows-nothing", conforming, true, true},
    {"trusts-everything", showing({.issuer = ServerSpec::Issuer::nobody}), false, true},
    {"skips-host-name", showing({.names = {"other.localhost"}}), false, true},
    {"believes-common-name", showing({.names = {"other.localhost"}, .common_name = "localhost"}), false, true},
    {"skips-dates", showing({.valid_from_hours = -48, .valid_to_hours = -24}), false, true},
    {"skips-not-before", showing({.valid_from_hours = 24, .valid_to_hours = 48}), false, true},
    {"believes-self-signed", showing({.issuer = ServerSpec::Issuer::itself}), false, true},
    {"compares-issuer-names-only", showing({.issuer = ServerSpec::Issuer::look_alike}), false, true},
    {"compares-issuer-names-only", showing({.tampered = true}), false, false},
    {"compares-issuer-names-only", showing({.issuer = ServerSpec::Issuer::nobody}), false, false},
    {"skips-basic-constraints", showing({.issuer = ServerSpec::Issuer::leaf}), false, true},
    {"skips-purpose", showing({.extended_key_usage = "clientAuth"}), false, true},
    {"skips-purpose", showing({.issuer = ServerSpec::Issuer::client_authority}), false, true},
    {"skips-signature", showing({.tampered = true}), false, true},
    {"skips-critical-extensions", showing({.unknown_critical = true}), false, true},
    {"needs-no-intermediate", showing({.sent = ServerSpec::Sent::nothing}), false, true},
    {"needs-no-intermediate", showing({.issuer = ServerSpec::Issuer::nobody}), false, false},
    {"accepts-sha1", showing({.sha1 = true}), false, true},
    {"c-string-names",
     showing({.names = {std::string("localhost") + '\0' + ".localhost"}, .common_name = "other.localhost"}), false,
     true},
    {"any-wildcard", showing({.names = {"*.localhost"}}), false, true},
    {"one-path-only", showing({.sent = ServerSpec::Sent::expired_path}), true, false},
    {"strict-order", showing({.sent = ServerSpec::Sent::with_a_stranger}), true, false},
    {"strict-order", showing({.sent = ServerSpec::Sent::out_of_order}), true, false},
    {"ignores-staple", showing({.staple = ServerSpec::Staple::revoked}), false, true},
    {"ignores-staple", showing({.staple = ServerSpec::Staple::good}), true, true},
    {"ignores-must-staple", showing({.must_staple = true}), false, true},
    {"ignores-must-staple", showing({.must_staple = true, .staple = ServerSpec::Staple::good}), true, true},
    {"accepts-weak-keys", showing({.key = KeyKind::rsa_1024}), false, true},
    {"pins-leaf", showing({.key = KeyKind::rsa_2048}), true, true},
    {"skips-certificate-verify", acting({.kind = HandshakeAct::Kind::foreign_signature}), false, true},
    {"takes-clear-answer", acting({.kind = HandshakeAct::Kind::resets}), false, false},
    {"stumbles-over-small-records", acting({.record_size = 1}), true, false},
    {"no-1.3", [](Scene& scene) { scene.versions.oldest = TlsVersion::tls_1_3; }, true, false},
    {"no-1.2", [](Scene& scene) { scene.versions.newest = TlsVersion::tls_1_2; }, true, false},
    {"no-ems", [](Scene& scene) { scene.versions.newest = TlsVersion::tls_1_2; }, true, true},
    {"stumbles-over-tickets", [](Scene& scene) { scene.tickets = 50; }, true, false},
    {"stumbles-over-tickets", [](Scene& scene) { scene.tickets = 0; }, true, true},
    {"no-hello-retry", [](Scene& scene) { scene.groups = {NamedGroup::secp384r1}; }, true, false},
    {"h2-only", [](Scene& scene) { scene.alpn = false; }, true, false},
    {"no-ecdsa", conforming, true, false},
};
INSTANTIATE_TEST_SUITE_P(Each, AtTheStage, testing::ValuesIn(stage_rows));

}  // namespace
}  // namespace gateproof::client::test::stage_test
