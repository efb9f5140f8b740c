#include "harness/probe/tls/session.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>

#include "tests/unit/probe/mint.hpp"
#include "tests/unit/probe/peer.hpp"

namespace gateproof::test::tls_session_test {
namespace {

using namespace std::chrono_literals;

ServerTls::Setup only(int version) {
    return [version](SSL_CTX* ctx) {
        SSL_CTX_set_min_proto_version(ctx, version);
        SSL_CTX_set_max_proto_version(ctx, version);
    };
}

/// Echoes once, then closes cleanly.
Peer::Script echo(ServerTls::Setup setup = {}) {
    return [setup](tcp::socket& socket) {
        ServerTls tls(socket, pki().server, setup);
        if (tls.handshake()) {
            tls.write(tls.read());
            SSL_shutdown(tls.ssl());
        }
        socket.shutdown(tcp::socket::shutdown_send);
        drain(socket);
    };
}

TlsOptions options_for(const Peer& peer) {
    TlsOptions options;
    options.endpoint = peer.endpoint();
    options.server_name = "localhost";
    options.timeout = 5s;
    return options;
}

class TlsSessionVersions : public testing::TestWithParam<int> {};

TEST_P(TlsSessionVersions, WritesReadsAndTellsWhatWasAgreed) {
    Peer peer(echo(only(GetParam())));
    boost::asio::io_context loop;
    TlsOptions options = options_for(peer);
    options.min_version = TlsVersion::tls_1_0;
    TlsSession session(loop.get_executor(), options);
    ASSERT_TRUE(run(loop, session.connect()).ok());
    EXPECT_EQ(session.version(), static_cast<TlsVersion>(GetParam()));
    EXPECT_TRUE(session.cipher_suite().starts_with("TLS_"));
    ASSERT_EQ(session.peer_chain().size(), 1U);
    EXPECT_EQ(session.peer_chain().front().sha256_fingerprint(), pki().server.certificate.sha256_fingerprint());
    EXPECT_FALSE(session.certificate_requested());
    EXPECT_FALSE(session.resumed());
    EXPECT_TRUE(session.ocsp_response().empty());
    EXPECT_TRUE(run(loop, session.write("ping")).ok());
    EXPECT_EQ(run(loop, session.read()).bytes, "ping");
    const TlsRead end = run(loop, session.read());
    EXPECT_EQ(end.step.end, Ending::closed);
    EXPECT_TRUE(end.step.is_refusal());
    EXPECT_TRUE(session.session());
}

INSTANTIATE_TEST_SUITE_P(Versions, TlsSessionVersions,
                         testing::Values(TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION));

/// What a client sends before anything is answered, each read a piece.
std::vector<std::string> first_pieces(TlsOptions options) {
    std::vector<std::string> pieces;
    {
        Peer peer([&pieces](tcp::socket& socket) {
            std::array<char, 4096> bytes{};
            boost::system::error_code error;
            while (!error) {
                const std::size_t got = socket.read_some(boost::asio::buffer(bytes), error);
                if (got > 0) {
                    pieces.emplace_back(bytes.data(), got);
                }
            }
        });
        boost::asio::io_context loop;
        options.endpoint = peer.endpoint();
        options.timeout = 400ms;
        TlsSession session(loop.get_executor(), options);
        EXPECT_EQ(run(loop, session.connect()).end, Ending::timeout);
    }
    return pieces;
}

TEST(TlsSession, AClientHelloIsCutWithinTheServerName) {
    TlsOptions options;
    options.server_name = "localhost";
    std::vector<std::string> pieces = first_pieces(options);
    ASSERT_EQ(pieces.size(), 1U);
    EXPECT_NE(pieces.front().find("localhost"), std::string::npos);

    options.hello = HelloCut::two_segments;
    pieces = first_pieces(options);
    ASSERT_EQ(pieces.size(), 2U);
    EXPECT_TRUE(pieces.front().ends_with("loca"));
    EXPECT_TRUE(pieces.back().starts_with("lhost"));

    options.hello = HelloCut::two_records;
    pieces = first_pieces(options);
    ASSERT_EQ(pieces.size(), 1U);
    EXPECT_EQ(pieces.front().find("localhost"), std::string::npos);
    EXPECT_NE(pieces.front().find(std::string("loca\x16\x03\x01", 7)), std::string::npos);
}

TEST(TlsSession, ACutClientHelloIsUnderstood) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        for (const HelloCut cut : {HelloCut::two_segments, HelloCut::two_records}) {
            Peer peer(echo(only(version)));
            boost::asio::io_context loop;
            TlsOptions options = options_for(peer);
            options.hello = cut;
            TlsSession session(loop.get_executor(), options);
            EXPECT_TRUE(run(loop, session.connect()).ok());
            EXPECT_TRUE(run(loop, session.write("ping")).ok());
            EXPECT_EQ(run(loop, session.read()).bytes, "ping");
        }
    }
}

TEST(TlsSession, AnAddressIsSentAsServerNameOnlyWhereThatIsWanted) {
    TlsOptions options;
    options.server_name = "192.0.2.99";
    EXPECT_EQ(first_pieces(options).at(0).find("192.0.2.99"), std::string::npos);
    options.address_as_name = true;
    EXPECT_NE(first_pieces(options).at(0).find("192.0.2.99"), std::string::npos);
}

TEST(TlsSession, ARefusedClientCertificateShowsInTheHandshakeUnder12AndAtTheFirstReadUnder13) {
    boost::asio::io_context loop;
    {
        Peer peer(echo(demand_certificate(pki().ca, TLS1_2_VERSION)));
        TlsSession session(loop.get_executor(), options_for(peer));
        const TlsStep step = run(loop, session.connect());
        EXPECT_EQ(step.end, Ending::alert);
        ASSERT_TRUE(step.alert);
        EXPECT_EQ(step.alert->description, 40);
        EXPECT_TRUE(session.certificate_requested());
    }
    Peer peer(echo(demand_certificate(pki().ca, TLS1_3_VERSION)));
    TlsSession session(loop.get_executor(), options_for(peer));
    ASSERT_TRUE(run(loop, session.connect()).ok());
    EXPECT_TRUE(session.certificate_requested());
    ASSERT_EQ(session.acceptable_cas().size(), 1U);
    EXPECT_EQ(session.acceptable_cas().front(), "CN=test CA");
    const TlsRead read = run(loop, session.read());
    EXPECT_EQ(read.step.end, Ending::alert);
    ASSERT_TRUE(read.step.alert);
    EXPECT_EQ(read.step.alert->description, 116);
}

TEST(TlsSession, TheIdentityIsSent) {
    boost::asio::io_context loop;
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        Peer peer(echo(demand_certificate(pki().ca, version)));
        TlsOptions options = options_for(peer);
        options.identity = identity_of(pki().client);
        TlsSession session(loop.get_executor(), options);
        ASSERT_TRUE(run(loop, session.connect()).ok());
        EXPECT_TRUE(session.certificate_requested());
        EXPECT_TRUE(run(loop, session.write("ping")).ok());
        EXPECT_EQ(run(loop, session.read()).bytes, "ping");
    }
}

TEST(TlsSession, EveryBadPeerEndsAsItShould) {
    boost::asio::io_context loop;
    const auto end_of = [&](const Peer::Script& script) {
        Peer peer(script);
        TlsOptions options = options_for(peer);
        options.timeout = 150ms;
        TlsSession session(loop.get_executor(), options);
        return run(loop, session.connect()).end;
    };
    EXPECT_EQ(end_of(drain), Ending::timeout);
    EXPECT_EQ(end_of([](tcp::socket& socket) {
                  socket.shutdown(tcp::socket::shutdown_send);
                  drain(socket);
              }),
              Ending::closed);
    EXPECT_EQ(end_of([](tcp::socket& socket) {
                  char byte = 0;
                  boost::asio::read(socket, boost::asio::buffer(&byte, 1));
                  reset(socket);
              }),
              Ending::reset);
    EXPECT_EQ(end_of([](tcp::socket& socket) {
                  boost::asio::write(socket, boost::asio::buffer(std::string("HTTP/1.1 400 Bad Request\r\n\r\n")));
                  drain(socket);
              }),
              Ending::tls_protocol);
    EXPECT_EQ(end_of([](tcp::socket& socket) {
                  boost::asio::write(socket, boost::asio::buffer(std::string("\x15\x03\x03\x00\x02\x02\x46", 7)));
                  drain(socket);
              }),
              Ending::alert);
    TlsOptions dead;
    dead.endpoint = dead_endpoint();
    TlsSession session(loop.get_executor(), dead);
    EXPECT_EQ(run(loop, session.connect()).end, Ending::connect_failed);
    EXPECT_EQ(run(loop, session.read()).step.end, Ending::connect_failed);
}

TEST(TlsSession, ResumesWithTheTicketItWasGiven) {
    // One context for all connections, or its ticket keys would change.
    const std::shared_ptr<SSL_CTX> ctx(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
    SSL_CTX_use_certificate(ctx.get(), pki().server.certificate.get());
    SSL_CTX_use_PrivateKey(ctx.get(), pki().server.key.get());
    SSL_CTX_set_session_id_context(ctx.get(), reinterpret_cast<const unsigned char*>("t"), 1);
    SSL_CTX_set_max_early_data(ctx.get(), 1000);
    SSL_CTX_set_timeout(ctx.get(), 3600);
    Peer peer([ctx](tcp::socket& socket) {
        const std::shared_ptr<SSL> ssl(SSL_new(ctx.get()), &SSL_free);
        SSL_set_fd(ssl.get(), socket.native_handle());
        char bytes[100];
        std::size_t got = 0;
        std::string early;
        while (SSL_read_early_data(ssl.get(), bytes, sizeof bytes, &got) == SSL_READ_EARLY_DATA_SUCCESS) {
            early.append(bytes, got);
        }
        if (SSL_accept(ssl.get()) == 1) {
            const int length = SSL_read(ssl.get(), bytes, sizeof bytes);
            const std::string answer = early + std::string(bytes, static_cast<std::size_t>(std::max(length, 0)));
            SSL_write(ssl.get(), answer.data(), static_cast<int>(answer.size()));
            SSL_shutdown(ssl.get());
        }
        drain(socket);
    });
    boost::asio::io_context loop;
    for (const TlsVersion version : {TlsVersion::tls_1_2, TlsVersion::tls_1_3}) {
        TlsOptions options = options_for(peer);
        options.max_version = version;
        std::shared_ptr<SSL_SESSION> ticket;
        {
            TlsSession first(loop.get_executor(), options);
            ASSERT_TRUE(run(loop, first.connect()).ok());
            ASSERT_TRUE(run(loop, first.write("a")).ok());
            ASSERT_EQ(run(loop, first.read()).bytes, "a");
            ticket = first.session();
            ASSERT_TRUE(ticket);
            EXPECT_EQ(ticket_lifetime(*ticket), 1h);
        }
        {
            TlsSession fresh(loop.get_executor(), options);
            ASSERT_TRUE(run(loop, fresh.connect()).ok());
            EXPECT_FALSE(fresh.resumed()) << "a session leaked through the shared context";
            run(loop, fresh.write("x"));
            run(loop, fresh.read());
        }
        options.resume = ticket;
        options.early_data = "early ";
        EXPECT_EQ(max_early_data(*ticket), version == TlsVersion::tls_1_3 ? 1000U : 0U);
        options.holds_finished = true;
        TlsSession again(loop.get_executor(), options);
        EXPECT_EQ(run(loop, again.connect()).summary(), "ok") << to_string(version);
        EXPECT_TRUE(again.resumed());
        EXPECT_EQ(again.early_data_accepted(), version == TlsVersion::tls_1_3);
        if (version == TlsVersion::tls_1_3) {
            again.set_timeout(200ms);
            EXPECT_EQ(run(loop, again.read()).step.end, Ending::timeout) << "this server waits for the handshake's end";
            again.set_timeout(5s);
            ASSERT_TRUE(run(loop, again.finish()).ok());
        }
        ASSERT_TRUE(run(loop, again.write("b")).ok());
        EXPECT_EQ(run(loop, again.read()).bytes, version == TlsVersion::tls_1_3 ? "early b" : "b");
    }
}

TEST(TlsSession, ASessionIsOfferedUnderAnotherNameToAnotherListenerAndWithoutTheIdentity) {
    // Two listeners that share the keys of their tickets and answer to every name.
    const Peer::Script sharing = [](tcp::socket& socket) {
        ServerTls tls(socket, pki().server, [](SSL_CTX* ctx) {
            std::array<unsigned char, 80> keys{};
            keys.fill(7);
            SSL_CTX_set_tlsext_ticket_keys(ctx, keys.data(), static_cast<long>(keys.size()));
            SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
            SSL_CTX_set_tlsext_servername_callback(
                ctx, +[](SSL*, int*, void*) { return SSL_TLSEXT_ERR_OK; });
        });
        if (tls.handshake()) {
            tls.read();
            const char* name = SSL_get_servername(tls.ssl(), TLSEXT_NAMETYPE_host_name);
            const Certificate client{CertificateHandle(SSL_get1_peer_certificate(tls.ssl()))};
            tls.write(std::string(name == nullptr ? "-" : name) + " " +
                      (client.get() == nullptr ? std::string("nobody") : client.common_name()));
            SSL_shutdown(tls.ssl());
        }
        socket.shutdown(tcp::socket::shutdown_send);
        drain(socket);
    };
    Peer first_listener(sharing);
    Peer other_listener(sharing);
    ASSERT_NE(first_listener.endpoint().port, other_listener.endpoint().port);
    boost::asio::io_context loop;
    const auto speak = [&](const TlsOptions& options, bool resumed, const std::string& answer) {
        TlsSession session(loop.get_executor(), options);
        EXPECT_EQ(run(loop, session.connect()).summary(), "ok");
        EXPECT_EQ(session.resumed(), resumed);
        EXPECT_TRUE(run(loop, session.write("?")).ok());
        EXPECT_EQ(run(loop, session.read()).bytes, answer);
        return session.session();
    };
    for (const TlsVersion version : {TlsVersion::tls_1_2, TlsVersion::tls_1_3}) {
        TlsOptions options = options_for(first_listener);
        options.max_version = version;
        options.identity = identity_of(pki().client);
        const std::shared_ptr<SSL_SESSION> ticket = speak(options, false, "localhost dsp");
        ASSERT_TRUE(ticket);

        options.resume = ticket;
        options.server_name = "other.example";
        options.identity = nullptr;
        // TLS 1.2 answers with the name that the session was made for (RFC 6066, section 3).
        const std::string name = version == TlsVersion::tls_1_2 ? "localhost" : "other.example";
        speak(options, true, name + " dsp");
        options.endpoint = other_listener.endpoint();
        speak(options, true, name + " dsp");
        options.server_name = "localhost";
        options.identity = identity_of(mint({.common_name = "somebody else", .extended_key_usage = "clientAuth"}));
        speak(options, true, "localhost dsp");
        options.resume = nullptr;
        speak(options, false, "localhost somebody else");
    }
}

TEST(TlsSession, RenegotiationIsSeenDoneDeclinedAndIgnored) {
    boost::asio::io_context loop;
    const auto outcome = [&](std::uint64_t server_options, bool hang_up) {
        Peer peer([=](tcp::socket& socket) {
            ServerTls tls(socket, pki().server, [=](SSL_CTX* ctx) {
                SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION);
                SSL_CTX_set_options(ctx, server_options);
            });
            tls.handshake();
            if (hang_up) {
                socket.shutdown(tcp::socket::shutdown_send);
                drain(socket);
                return;
            }
            tls.read();  // drives the second handshake until the client goes
        });
        TlsOptions options = options_for(peer);
        options.timeout = 500ms;
        TlsSession session(loop.get_executor(), options);
        EXPECT_TRUE(run(loop, session.connect()).ok());
        EXPECT_TRUE(session.secure_renegotiation());
        EXPECT_TRUE(session.extended_master_secret());
        return run(loop, session.renegotiate());
    };
    EXPECT_TRUE(outcome(SSL_OP_ALLOW_CLIENT_RENEGOTIATION, false).ok());
    const TlsStep declined = outcome(SSL_OP_NO_RENEGOTIATION, false);
    EXPECT_EQ(declined.end, Ending::alert);
    ASSERT_TRUE(declined.alert);
    EXPECT_EQ(declined.alert->description, 100);
    EXPECT_EQ(outcome(0, true).end, Ending::closed);
    Peer modern(echo(only(TLS1_3_VERSION)));
    TlsSession session(loop.get_executor(), options_for(modern));
    ASSERT_TRUE(run(loop, session.connect()).ok());
    EXPECT_EQ(run(loop, session.renegotiate()).end, Ending::tls_protocol);
}

TEST(TlsSession, ARenegotiationMeetsDataThatTheServerSentByItself) {
    boost::asio::io_context loop;
    const auto outcome = [&](bool hears_first) {
        Peer peer([](tcp::socket& socket) {
            ServerTls tls(socket, pki().server, [](SSL_CTX* ctx) {
                SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION);
                SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION);
            });
            tls.handshake();
            tls.write("220 ready");
            tls.read();
        });
        TlsSession session(loop.get_executor(), options_for(peer));
        EXPECT_TRUE(run(loop, session.connect()).ok());
        if (hears_first) {
            EXPECT_EQ(run(loop, session.read()).bytes, "220 ready");
        }
        return run(loop, session.renegotiate());
    };
    EXPECT_EQ(outcome(false).end, Ending::tls_protocol) << "no answer to the handshake: it has to be begun anew";
    EXPECT_EQ(outcome(true).summary(), "alert no_renegotiation (100)");
}

/// Counts what it is sent, and answers it.
class CountingPeer {
public:
    explicit CountingPeer(const Minted& shown, int version = TLS1_3_VERSION)
        : peer_([this, shown, version](tcp::socket& socket) {
              ServerTls tls(socket, shown, [version](SSL_CTX* ctx) {
                  SSL_CTX_set_min_proto_version(ctx, version);
                  SSL_CTX_set_max_proto_version(ctx, version);
                  const std::string keys(80, 'k');  // each connection has a context of its own
                  SSL_CTX_set_tlsext_ticket_keys(ctx, const_cast<char*>(keys.data()), static_cast<long>(keys.size()));
              });
              if (tls.handshake()) {
                  const std::string sent = tls.read();
                  bytes += static_cast<int>(sent.size());
                  tls.write(sent);
                  SSL_shutdown(tls.ssl());
              }
              drain(socket);
          }) {}

    [[nodiscard]] TlsOptions options(const Trust& trust) const {
        TlsOptions made = options_for(peer_);
        made.trust = std::make_shared<const Trust>(trust);
        made.names = {"localhost"};
        return made;
    }

    std::atomic<int> bytes{0};

private:
    Peer peer_;
};

class TlsSessionProof : public testing::TestWithParam<int> {};

TEST_P(TlsSessionProof, NothingIsWrittenToWhoDoesNotProveItself) {
    const Minted expired = mint({.not_after = -60}, &pki().ca);
    const Minted stranger = mint_ca("another CA");
    const Trust known{false, {pki().ca.certificate}};
    const struct {
        const Minted& shown;
        Trust trust;
        std::string name;
    } rows[] = {{pki().server, {false, {stranger.certificate}}, "localhost"},
                {pki().server, {false, {}}, "localhost"},
                {pki().server, {true, {}}, "localhost"},
                {pki().server, known, "another.example"},
                {pki().client, known, "localhost"},
                {expired, known, "localhost"}};
    for (const auto& row : rows) {
        const CountingPeer peer(row.shown, GetParam());
        boost::asio::io_context loop;
        TlsOptions options = peer.options(row.trust);
        options.names = {row.name};
        TlsSession session(loop.get_executor(), options);
        const TlsStep step = run(loop, session.connect());
        EXPECT_EQ(step.end, Ending::unproven) << step.summary();
        EXPECT_FALSE(step.is_refusal()) << "it is we who refuse";
        EXPECT_TRUE(step.summary().starts_with("the server's certificate does not verify (")) << step.summary();
        EXPECT_EQ(run(loop, session.write("secret")).end, Ending::unproven);
        EXPECT_FALSE(session.peer_chain().empty()) << "it can still be looked at";
        run(loop, [](TlsSession& one) -> boost::asio::awaitable<int> {
            co_await one.shutdown();
            co_return 0;
        }(session));
        EXPECT_EQ(peer.bytes, 0);
    }
}

TEST_P(TlsSessionProof, WhoProvesItselfIsWrittenToAndResumed) {
    const CountingPeer peer(pki().server, GetParam());
    boost::asio::io_context loop;
    TlsOptions options = peer.options({false, {pki().ca.certificate}});
    for (const bool again : {false, true}) {
        TlsSession session(loop.get_executor(), options);
        ASSERT_TRUE(run(loop, session.connect()).ok());
        EXPECT_EQ(session.resumed(), again);
        EXPECT_TRUE(run(loop, session.write("ping")).ok());
        EXPECT_EQ(run(loop, session.read()).bytes, "ping");
        if (!again) {
            options.resume = session.session();  // a resumed one need not leave another
            ASSERT_NE(options.resume, nullptr);
        }
    }
    options.names = {"another.example"};
    TlsSession session(loop.get_executor(), options);
    EXPECT_EQ(run(loop, session.connect()).end, Ending::unproven) << "a session proves who made it, and nobody else";
}

INSTANTIATE_TEST_SUITE_P(Versions, TlsSessionProof, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION));

}  // namespace
}  // namespace gateproof::test::tls_session_test
