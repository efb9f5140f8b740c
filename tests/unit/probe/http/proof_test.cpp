// What is sent only to a server that has proved who it is.
#include <gmock/gmock.h>

#include <atomic>
#include <memory>

#include "harness/probe/http/http.hpp"
#include "tests/unit/probe/http/requests.hpp"
#include "tests/unit/probe/mint.hpp"
#include "tests/unit/probe/peer.hpp"

namespace gateproof::test {
namespace {

using namespace std::chrono_literals;

/// Shows this certificate, counts the requests that come and answers each.
Peer::Script answering(const Minted& shown, std::atomic<int>& requests) {
    return [&shown, &requests](tcp::socket& socket) {
        ServerTls tls(socket, shown);
        if (tls.handshake() && !tls.read().empty()) {
            ++requests;
            tls.write(ok_answer);
        }
        drain(socket);
    };
}

TEST(Http, NothingIsSentToWhoDoesNotProveItself) {
    std::atomic<int> requests{0};
    const Peer peer(answering(pki().server, requests));
    const auto outcome_by = [&](Trust trust, bool keep) {
        HttpRequest request = request_to(peer, true);
        request.headers = {{"Authorization", "Bearer secret"}};
        request.keep_connection = keep;
        request.trust = std::make_shared<const Trust>(std::move(trust));
        return send(std::move(request));
    };
    for (const bool keep : {false, true}) {
        for (Trust stranger : {Trust{false, {}}, Trust{true, {}}, Trust{false, {mint_ca("another CA").certificate}}}) {
            const HttpOutcome outcome = outcome_by(std::move(stranger), keep);
            EXPECT_EQ(outcome.end, Ending::unproven) << outcome.summary();
            EXPECT_THAT(outcome.summary(), testing::HasSubstr("the server's certificate does not verify ("));
            EXPECT_THAT(outcome.detail, testing::Not(testing::HasSubstr("SSL certificate problem")));
            EXPECT_FALSE(outcome.is_refusal()) << "it is we who refuse";
        }
        EXPECT_EQ(requests, keep ? 1 : 0);
        EXPECT_EQ(outcome_by({false, {pki().ca.certificate}}, keep).summary(), "HTTP 200");
    }
}

TEST(Http, ACertificateThatNamesTheHostByItsCommonNameAloneProvesNothing) {  // RFC 9525 2
    std::atomic<int> requests{0};
    const auto outcome_by = [&](const Minted& shown) {
        const Peer peer(answering(shown, requests));
        HttpRequest request = request_to(peer, true);
        request.trust = std::make_shared<const Trust>(Trust{false, {pki().ca.certificate}});
        return send(std::move(request));
    };
    for (const MintOptions& options :
         {MintOptions{.subject_alt_name = ""}, MintOptions{.subject_alt_name = "DNS:other"},
          MintOptions{.extended_key_usage = "clientAuth"}, MintOptions{.not_after = -60}}) {
        EXPECT_EQ(outcome_by(mint(options, &pki().ca)).end, Ending::unproven);
    }
    EXPECT_EQ(requests, 0);
    EXPECT_EQ(outcome_by(pki().server).summary(), "HTTP 200");
}

/// libcurl keeps one store of CAs for all requests of a multi handle.
TEST(Http, WhatProvesOneServerProvesNoOther) {
    const Minted other_ca = mint_ca("other CA");
    std::atomic<int> requests{0};
    const Peer peer(answering(pki().server, requests));
    boost::asio::io_context loop;
    HttpClient client(loop.get_executor());
    const auto ask = [&](const Certificate& anchor) {
        HttpRequest request = request_to(peer, true);
        request.trust = std::make_shared<const Trust>(Trust{false, {anchor}});
        return run(loop, client.send(std::move(request)));
    };
    EXPECT_EQ(ask(pki().ca.certificate).summary(), "HTTP 200");
    EXPECT_EQ(ask(other_ca.certificate).end, Ending::unproven);
    EXPECT_EQ(requests, 1);
}

TEST(Http, ARequestThatDemandsTrustSharesNoConnectionWithOneThatDoesNot) {
    const Peer peer([](tcp::socket& socket) {
        ServerTls tls(socket, pki().server);
        tls.handshake();
        while (!tls.read().empty()) {
            tls.write(ok_answer);
        }
    });
    boost::asio::io_context loop;
    HttpClient client(loop.get_executor());
    const auto identity = identity_of(pki().client);
    const auto ask = [&](std::shared_ptr<const Trust> trust) {
        HttpRequest request = request_to(peer, true);
        request.keep_connection = true;
        request.identity = identity;
        request.trust = std::move(trust);
        request.connect_timeout = 300ms;
        request.timeout = 300ms;
        return run(loop, client.send(std::move(request)));
    };
    const auto known = std::make_shared<const Trust>(Trust{false, {pki().ca.certificate}});
    EXPECT_FALSE(ask(nullptr).over_kept_connection);
    EXPECT_TRUE(ask(nullptr).over_kept_connection);
    EXPECT_FALSE(ask(known).over_kept_connection) << "the peer serves one at a time, so this one gets no answer";
}

}  // namespace
}  // namespace gateproof::test
