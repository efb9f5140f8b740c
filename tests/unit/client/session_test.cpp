// Faults of resumed sessions: without them a session is its host's alone, and nothing but a safe request goes early.
#include <gtest/gtest.h>

#include <array>

#include "tests/unit/client/server.hpp"

namespace gateproof::client::test {
namespace {

using gateproof::test::mint;
using gateproof::test::pki;

/// Every context of the tests' servers opens the tickets of the others.
void share_tickets(SSL_CTX* context) {
    std::string keys(static_cast<std::size_t>(SSL_CTX_set_tlsext_ticket_keys(context, nullptr, 0)), 'k');
    SSL_CTX_set_tlsext_ticket_keys(context, keys.data(), static_cast<int>(keys.size()));
}

TEST(Session, OfOneHostIsNotResumedUnderAnother) {
    for (const bool faulty : {false, true}) {
        Scene sound;
        sound.setup = share_tickets;
        Scene impostor = sound;
        const Minted nobody = gateproof::test::mint_ca("nobody");
        impostor.shown = mint({}, &nobody);
        Server gateway(std::move(sound));
        Server authority(std::move(impostor));
        Options options = gateway.options();
        options.faults = faulty ? std::vector<std::string>{"resumes-under-any-name"} : std::vector<std::string>{};
        options.authority_url = "https://127.0.0.1:" + std::to_string(authority.port());
        options.oauth.client_id = "id";
        options.token = "good";
        Client client(options);
        EXPECT_EQ(client.act(Act::read).outcome, Outcome::success);
        EXPECT_EQ(client.act(Act::logout).outcome == Outcome::success, faulty);
        EXPECT_EQ(authority.requests().size(), faulty ? 1U : 0U);
    }
}

/// What comes as early data, first of all, once a first connection has given a ticket for it.
std::string early_data_of_a_write(const std::vector<std::string>& faults) {
    std::string early;
    int visits = 0;
    Scene scene;
    scene.raw = [&early, &visits](tcp::socket& socket) {
        ServerTls tls(socket, pki().server, [](SSL_CTX* context) {
            share_tickets(context);
            SSL_CTX_set_options(context, SSL_OP_NO_ANTI_REPLAY);
            SSL_CTX_set_max_early_data(context, 16384);
        });
        std::string now;
        if (++visits > 1) {
            std::array<char, 16384> piece{};
            std::size_t size = 0;
            int state = SSL_READ_EARLY_DATA_SUCCESS;
            while (state == SSL_READ_EARLY_DATA_SUCCESS) {
                state = SSL_read_early_data(tls.ssl(), piece.data(), piece.size(), &size);
                now.append(piece.data(), size);
            }
        }
        if (!tls.handshake()) {
            return;
        }
        const std::string request = now.empty() ? tls.read() : now;
        const bool writes = request.find("/gws/returns/") != std::string::npos;
        tls.write(answer("200 OK", writes ? "<statusCode>0</statusCode>" : R"({"Customer": {"ID": "049091850"}})",
                         "Connection: close\r\n"));
        early += now;
    };
    Server server(std::move(scene));
    Options options = server.options(faults);
    options.token = "good";
    options.ird = "049091850";
    Client client(options);
    EXPECT_EQ(client.act(Act::write).outcome, Outcome::success);
    EXPECT_EQ(client.act(Act::write).outcome, Outcome::success);
    return early.substr(0, 5);
}

TEST(Session, CarriesNoWriteAsEarlyData) {
    EXPECT_EQ(early_data_of_a_write({}), "");
    EXPECT_EQ(early_data_of_a_write({"early-writes"}), "POST ");
}

}  // namespace
}  // namespace gateproof::client::test
