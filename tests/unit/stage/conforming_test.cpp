// The conforming scene, to real clients and to our own.
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/unit/stage/support.hpp"

namespace gateproof::stage::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Conforming : public testing::Test {
protected:
    Theatre theatre;
};

TEST_F(Conforming, ServesOverEachVersionAndKeepsTheConnection) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        Place& place = theatre.open(conforming(), {.name = "served"});
        {
            Client client(theatre.port(place), {.min_version = version, .max_version = version, .alpn = true});
            ASSERT_TRUE(client.handshake()) << client.error();
            EXPECT_THAT(client.ask(get("/one")), HasSubstr("GET /one"));
            EXPECT_THAT(client.ask("POST /two HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc"),
                        HasSubstr("POST /two abc"));
            client.close_notify();
        }
        const Visit visit = theatre.ended_visit(place);
        EXPECT_EQ(visit.reached(), Reached::answered);
        EXPECT_EQ(visit.place, "served");
        EXPECT_EQ(static_cast<int>(*visit.version), version);
        EXPECT_EQ(visit.protocol, "http/1.1");
        ASSERT_THAT(visit.requests, SizeIs(2));
        EXPECT_EQ(visit.requests[1].method, "POST");
        EXPECT_EQ(visit.requests[1].status, 200);
        EXPECT_EQ(visit.requests[1].raw->body, "abc");
        EXPECT_TRUE(visit.close_notify);
        EXPECT_FALSE(visit.by_stage);
        EXPECT_FALSE(visit.refused());
        EXPECT_EQ(visit.summary(), "asked GET /one and was answered 200, and 1 more");
        EXPECT_EQ(visit.hello->server_name(), "localhost");
    }
}

TEST_F(Conforming, ServesTheCurlOfTheSystem) {
    const std::filesystem::path folder = testing::TempDir() + "stage_curl_" + std::to_string(::getpid());
    const TestPki::Opened opened = TestPki::open({.folder = folder, .hosts = {"localhost"}});
    ASSERT_TRUE(opened.pki) << opened.fault;
    Scene scene;
    scene.shown = opened.pki->server();
    scene.asked = {Asked::How::required, opened.pki->client_authorities()};
    Place& place = theatre.open(scene, {.name = "curl"});
    const std::string url = "https://localhost:" + std::to_string(theatre.port(place));
    const auto file = [&](const char* name) { return opened.pki->file(name).string(); };
    const std::vector<std::string> command{
        "curl", "-sS", "--cert", file("client.pem"), "--key", file("client.key"), url + "/a", url + "/b"};
    const Ran ran = run_program(command, opened.pki->environment());
    EXPECT_EQ(ran.code, 0) << ran.output;
    EXPECT_THAT(ran.output, HasSubstr("GET /b"));
    const Visit visit = theatre.ended_visit(place);
    EXPECT_THAT(visit.requests, SizeIs(2));
    ASSERT_THAT(visit.certificates, SizeIs(2)) << "with its intermediate";
    EXPECT_EQ(visit.certificates.front().common_name(), "localhost");
    EXPECT_TRUE(visit.proved_possession);

    EXPECT_EQ(run_program({"curl", "-sS", "--cert", file("client.pem"), "--key", file("client.key"), url}).code, 60)
        << "without the variables it does not trust the root";
    const std::vector<Visit> visits = theatre.visits_when(
        place, [](const std::vector<Visit>& seen) { return seen.size() == 2 && seen.back().ended.has_value(); });
    ASSERT_THAT(visits, SizeIs(2));
    EXPECT_TRUE(visits.back().refused()) << visits.back().summary();
    EXPECT_THAT(visits.back().summary(), HasSubstr("refused with alert unknown_ca (48)"));
    std::filesystem::remove_all(folder);
}

TEST_F(Conforming, ServesOpensslsOwnClient) {
    Place& place = theatre.open(conforming());
    const std::string at = "127.0.0.1:" + std::to_string(theatre.port(place));
    const Ran ran = run_program({"openssl", "s_client", "-connect", at, "-servername", "localhost", "-brief"});
    EXPECT_EQ(ran.code, 0) << ran.output;
    const Visit visit = theatre.ended_visit(place);
    EXPECT_EQ(visit.reached(), Reached::finished);
    EXPECT_TRUE(visit.refused()) << "it had nothing to ask: " << visit.summary();
}

TEST_F(Conforming, NamesCredentialsByTheirLabelsAlone) {
    PlaceOptions options;
    options.labels = [](std::string_view text) {
        return text.find("s3cret") != std::string_view::npos ? std::vector<std::string>{"access token"}
                                                             : std::vector<std::string>();
    };
    Place& place = theatre.open(conforming(), std::move(options));
    {
        Client client(theatre.port(place));
        ASSERT_TRUE(client.handshake());
        client.ask(
            "GET /a?token=s3cret HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer s3cret\r\n"
            "Cookie: other\r\nX-Plain: plain\r\n\r\n");
        client.close_notify();
    }
    const RequestSeen seen = theatre.ended_visit(place).requests.at(0);
    EXPECT_EQ(seen.target, "/a?(access token)");
    EXPECT_EQ(*find_field(seen.fields, "authorization"), "Bearer (access token)");
    EXPECT_EQ(*find_field(seen.fields, "cookie"), "(unknown)");
    EXPECT_EQ(*find_field(seen.fields, "x-plain"), "plain");
    EXPECT_TRUE(seen.carried("access token"));
    EXPECT_THAT(seen.secrets, testing::ElementsAre(CarriedSecret{"target", "access token"},
                                                   CarriedSecret{"field authorization", "access token"}));
    EXPECT_EQ(*find_field(seen.raw->fields, "Authorization"), "Bearer s3cret");
}

TEST_F(Conforming, SaysContinueToWhoWaitsForIt) {
    Place& place = theatre.open(conforming());
    Client client(theatre.port(place));
    ASSERT_TRUE(client.handshake());
    ASSERT_TRUE(client.write("POST /w HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
    char buffer[100];
    const int got = SSL_read(client.ssl(), buffer, sizeof buffer);
    ASSERT_GT(got, 0);
    EXPECT_THAT(std::string(buffer, static_cast<std::size_t>(got)), HasSubstr(" 100 Continue"));
    EXPECT_THAT(client.ask("hi"), HasSubstr("POST /w hi"));
}

TEST_F(Conforming, ClientCertificates) {
    struct Case {
        Asked::How how;
        bool shows;
        int version;
        bool served;
    };
    for (const Case& one : {Case{Asked::How::required, true, TLS1_2_VERSION, true},
                            Case{Asked::How::required, true, TLS1_3_VERSION, true},
                            Case{Asked::How::required, false, TLS1_2_VERSION, false},
                            Case{Asked::How::required, false, TLS1_3_VERSION, false},
                            Case{Asked::How::optional, false, TLS1_3_VERSION, true},
                            Case{Asked::How::not_at_all, true, TLS1_3_VERSION, true}}) {
        Scene scene = conforming();
        scene.asked = {one.how, pki().client_authorities()};
        Place& place = theatre.open(scene);
        ClientOptions options{.min_version = one.version, .max_version = one.version};
        options.identity = one.shows ? pki().client() : nullptr;
        Client client(theatre.port(place), options);
        const bool done = client.handshake();
        const std::string answer = done ? client.ask(get()) : std::string();
        EXPECT_EQ(!answer.empty(), one.served);
        client.fin();
        const Visit visit = theatre.ended_visit(place);
        EXPECT_EQ(visit.certificate_requested, one.how != Asked::How::not_at_all);
        const bool shown = one.shows && one.how != Asked::How::not_at_all;
        EXPECT_THAT(visit.certificates, SizeIs(shown ? 2 : 0));
        EXPECT_EQ(visit.proved_possession, shown);
        if (!one.served) {
            EXPECT_EQ(visit.our_alert->description, one.version == TLS1_3_VERSION ? 116 : 40);
            EXPECT_EQ(client.alert(), visit.our_alert->description);
            EXPECT_TRUE(visit.by_stage);
            EXPECT_FALSE(visit.refused());
        }
    }
}

TEST_F(Conforming, NamesTheAuthoritiesThatItIsToldTo) {
    for (const std::size_t count : {std::size_t{0}, std::size_t{200}}) {
        Scene scene = conforming();
        scene.asked.how = Asked::How::optional;
        scene.asked.authorities.assign(count, pki().client_authorities().front());
        Place& place = theatre.open(scene);
        Client client(theatre.port(place), {.identity = pki().client()});
        ASSERT_TRUE(client.handshake());
        EXPECT_EQ(static_cast<std::size_t>(std::max(sk_X509_NAME_num(SSL_get0_peer_CA_list(client.ssl())), 0)), count);
    }
}

TEST_F(Conforming, TicketsAreGoodAtTheirOwnSceneAlone) {
    Place& one = theatre.open(conforming());
    Place& two = theatre.open(conforming());
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        ClientOptions options{.min_version = version, .max_version = version};
        Client first(theatre.port(one), options);
        ASSERT_TRUE(first.handshake());
        ASSERT_FALSE(first.ask(get()).empty());
        ASSERT_NE(first.session(), nullptr);
        options.resume = first.session();
        Client again(theatre.port(one), options);
        ASSERT_TRUE(again.handshake());
        EXPECT_EQ(SSL_session_reused(again.ssl()), 1) << "its own ticket is good";
        Client elsewhere(theatre.port(two), options);
        ASSERT_TRUE(elsewhere.handshake());
        EXPECT_EQ(SSL_session_reused(elsewhere.ssl()), 0) << "a ticket of another place is not";
        options.host = "other.localhost";
        options.verifies = false;
        Client renamed(theatre.port(one), options);
        ASSERT_TRUE(renamed.handshake());
        EXPECT_EQ(SSL_session_reused(renamed.ssl()), 0) << "nor one of another name (RFC 6066 3)";
        options = {.min_version = version, .max_version = version};
        options.resume = first.session();
        theatre.on_loop([&] { one.set_scene(conforming()); });
        Client later(theatre.port(one), options);
        ASSERT_TRUE(later.handshake());
        EXPECT_EQ(SSL_session_reused(later.ssl()), 0) << "nor one of the scene before";
        const std::vector<Visit> visits = theatre.visits(two);
        EXPECT_TRUE(visits.back().hello->offers_session());
        EXPECT_FALSE(visits.back().resumed);
    }
}

TEST_F(Conforming, ALastingPlaceServesWhoeverComes) {
    constexpr std::size_t kept = 1000;
    for (const bool lasting : {true, false}) {
        Place& place = theatre.open(conforming(), {.lasting = lasting});
        const std::uint16_t port = theatre.port(place);
        for (std::size_t i = 0; i < kept; ++i) {
            const int descriptor = connect_to(port);
            ASSERT_GE(descriptor, 0);
            ::close(descriptor);
            if (i % 100 == 99) {  // not too many at once
                theatre.visits_when(place, [&](const auto& all) { return all.size() == i + 1 && all.back().ended; });
            }
        }
        Client late(port);
        EXPECT_EQ(late.handshake(), lasting);
        if (lasting) {
            EXPECT_FALSE(late.ask(get()).empty());
            const std::vector<Visit> visits = theatre.visits(place);
            ASSERT_THAT(visits, SizeIs(kept));
            EXPECT_THAT(visits.back().requests, SizeIs(1)) << "the first is forgotten, and not the last";
        }
    }
}

TEST_F(Conforming, KnowsWhoResumes) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        Scene scene = conforming();
        scene.asked.how = Asked::How::required;
        Place& place = theatre.open(scene);
        ClientOptions options{.min_version = version, .max_version = version};
        options.identity = pki().client();
        Client first(theatre.port(place), options);
        ASSERT_TRUE(first.handshake());
        ASSERT_FALSE(first.ask(get()).empty());
        options.resume = first.session();
        Client again(theatre.port(place), options);
        ASSERT_TRUE(again.handshake());
        ASSERT_FALSE(again.ask(get()).empty());
        const Visit visit = theatre.visits(place).back();
        EXPECT_TRUE(visit.resumed);
        EXPECT_FALSE(visit.proved_possession) << "it did when the session was made";
        ASSERT_THAT(visit.certificates, SizeIs(1));
        EXPECT_EQ(visit.certificates.front().common_name(), "dsp.example");
    }
}

TEST_F(Conforming, SendsAsManyTicketsAsTheSceneSays) {
    for (const int tickets : {0, 2, 50}) {
        Scene scene = conforming();
        scene.tickets = tickets;
        Place& place = theatre.open(scene);
        Client client(theatre.port(place));
        ASSERT_TRUE(client.handshake());
        EXPECT_FALSE(client.ask(get()).empty());
        EXPECT_EQ(client.tickets(), tickets);
    }
    Scene scene = conforming();
    scene.after = {{AfterAct::Kind::tickets, AfterAct::When::between_answers, 3}};
    Place& place = theatre.open(scene);
    Client client(theatre.port(place));
    ASSERT_TRUE(client.handshake());
    client.ask(get());
    EXPECT_EQ(client.tickets(), 2);
    client.ask(get());
    EXPECT_EQ(client.tickets(), 5);
}

TEST_F(Conforming, AsksForNewKeysAndSeesTheClients) {
    for (const AfterAct::When when :
         {AfterAct::When::after_handshake, AfterAct::When::before_answer, AfterAct::When::between_answers}) {
        Scene scene = conforming();
        scene.after = {{AfterAct::Kind::key_update, when, 1}};
        Place& place = theatre.open(scene);
        Client client(theatre.port(place));
        ASSERT_TRUE(client.handshake());
        for (int i = 0; i < 3; ++i) {
            EXPECT_FALSE(client.ask(get()).empty()) << i;
        }
        client.close_notify();
        client.fin();
        const Visit visit = theatre.ended_visit(place);
        ASSERT_THAT(visit.key_updates, testing::Not(IsEmpty()));
        EXPECT_LE(visit.key_updates.front(), visit.requests.back().first_byte);
        ASSERT_THAT(visit.key_updates_asked, testing::Not(IsEmpty()));
        EXPECT_LE(visit.key_updates_asked.front(), visit.key_updates.front());
    }
}

TEST_F(Conforming, AsksLateForACertificate) {
    Scene scene = conforming();
    scene.after = {{AfterAct::Kind::certificate_request, AfterAct::When::before_answer, 1}};
    Place& place = theatre.open(scene);
    Client client(theatre.port(place), {.identity = pki().client(), .post_handshake = true});
    ASSERT_TRUE(client.handshake());
    EXPECT_FALSE(client.ask(get()).empty());
    EXPECT_FALSE(client.ask(get()).empty());
    const Visit visit = theatre.visits(place).front();
    EXPECT_THAT(visit.certificates, SizeIs(2));
    ASSERT_TRUE(visit.late_request_at && visit.late_certificate_at);
    EXPECT_GE(*visit.late_certificate_at, *visit.late_request_at);
}

TEST_F(Conforming, AsksLateForNoCertificateOfOneThatDoesNotOfferIt) {
    Scene scene = conforming();
    scene.after = {{AfterAct::Kind::certificate_request, AfterAct::When::before_answer, 1}};
    Place& place = theatre.open(scene);
    Client client(theatre.port(place), {.identity = pki().client()});
    ASSERT_TRUE(client.handshake());
    EXPECT_FALSE(client.ask(get()).empty());
    EXPECT_FALSE(client.ask(get()).empty());
    const Visit visit = theatre.visits(place).front();
    EXPECT_FALSE(visit.late_request_at);
    EXPECT_FALSE(visit.late_certificate_at);
}

TEST_F(Conforming, KnowsOneDifference) {
    const Scene twin = conforming();
    EXPECT_EQ(twin, twin);
    EXPECT_THAT(differences(twin, twin), IsEmpty());
    Scene other = twin;
    other.shown = pki().server({.valid_to_hours = -1});
    EXPECT_THAT(differences(twin, other), testing::ElementsAre("shown"));
    other = twin;
    other.answers = {AnswerAct{.carried_out = false}};
    other.tickets = 0;
    EXPECT_THAT(differences(twin, other), testing::ElementsAre("tickets", "answers"));
    EXPECT_NE(twin, other);
}

TEST_F(Conforming, RefusesASceneThatCannotBePlayed) {
    Scene scene = conforming();
    scene.cipher_suites = {0x0005};  // RC4
    EXPECT_THROW(theatre.open(scene), std::invalid_argument);
    scene = conforming();
    scene.shown = {};
    EXPECT_THROW(theatre.open(scene), std::invalid_argument);
    scene = conforming();
    scene.handshake.kind = HandshakeAct::Kind::raw_flight;
    scene.handshake.flight.cipher_suite = 0x1301;
    EXPECT_THROW(theatre.open(scene), std::invalid_argument);
    scene.handshake = {.kind = HandshakeAct::Kind::refuses_certificate, .alert = 116};
    EXPECT_THROW(theatre.open(scene), std::invalid_argument);
}

}  // namespace
}  // namespace gateproof::stage::test
