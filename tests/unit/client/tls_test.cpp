// Each fault of TLS, seen on the wire: without it the client does right, with it it does wrong.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "tests/unit/client/server.hpp"

namespace gateproof::client::test {
namespace {

using gateproof::test::mint;
using gateproof::test::pki;

std::function<void(SSL_CTX*)> version(int number) {
    return [number](SSL_CTX* context) {
        SSL_CTX_set_min_proto_version(context, number);
        SSL_CTX_set_max_proto_version(context, number);
    };
}

Scene speaking(int number) {
    Scene scene;
    scene.setup = version(number);
    return scene;
}

struct TlsRow {
    const char* fault;
    std::function<Scene()> scene;
    bool served_without;  ///< and not with it; or the other way round
};

void PrintTo(const TlsRow& row, std::ostream* out) {
    *out << row.fault;
}

class TlsFault : public testing::TestWithParam<TlsRow> {};

TEST_P(TlsFault, IsServedOnOneSideAlone) {
    for (const bool faulty : {false, true}) {
        Server server(GetParam().scene());
        const Result result =
            read_once(server, faulty ? std::vector<std::string>{GetParam().fault} : std::vector<std::string>{});
        const bool served = result.outcome == Outcome::success;
        EXPECT_EQ(served, faulty != GetParam().served_without) << (faulty ? "with: " : "without: ") << result.text;
        // What a server does after the request ends the connection then; all else ends it before.
        EXPECT_TRUE(served || GetParam().served_without || server.requests().empty());
    }
}

/// As many tickets as asked for, before the answer.
Scene giving_tickets(std::size_t count) {
    Scene scene = speaking(TLS1_3_VERSION);
    scene.setup = [count](SSL_CTX* context) { SSL_CTX_set_num_tickets(context, count); };
    return scene;
}

Scene updating_keys() {
    Scene scene = speaking(TLS1_3_VERSION);
    scene.before_answer = [](SSL* connection) { SSL_key_update(connection, SSL_KEY_UPDATE_REQUESTED); };
    return scene;
}

/// OpenSSL asks those alone that offer it.
Scene asking_late() {
    Scene scene = speaking(TLS1_3_VERSION);
    scene.before_answer = [](SSL* connection) {
        SSL_set_verify(connection, SSL_VERIFY_PEER, nullptr);
        if (SSL_verify_client_post_handshake(connection) == 1) {
            SSL_do_handshake(connection);
        }
    };
    return scene;
}

Scene retrying() {
    Scene scene = speaking(TLS1_3_VERSION);
    scene.setup = [](SSL_CTX* context) { SSL_CTX_set1_groups_list(context, "P-384"); };
    return scene;
}

Scene in_small_records() {
    Scene scene;
    scene.answers = {"H"};
    scene.before_answer = [](SSL* connection) {
        for (const char byte : good) {
            SSL_write(connection, &byte, 1);
        }
    };
    return scene;
}

int grease_in(SSL*, unsigned, unsigned, const unsigned char** out, std::size_t* size, X509*, std::size_t, int*, void*) {
    *out = reinterpret_cast<const unsigned char*>("");
    *size = 0;
    return 1;
}

Scene asking_with_grease() {
    Scene scene = speaking(TLS1_3_VERSION);
    scene.setup = [](SSL_CTX* context) {
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
        SSL_CTX_set_cert_verify_callback(
            context, +[](X509_STORE_CTX*, void*) { return 1; }, nullptr);
        SSL_CTX_add_custom_ext(context, 0x2a2a, SSL_EXT_TLS1_3_CERTIFICATE_REQUEST, grease_in, nullptr, nullptr,
                               nullptr, nullptr);
    };
    return scene;
}

int choose_http_1_1(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* in, unsigned count,
                    void*) {
    static const std::string wanted = "http/1.1";
    const std::string_view offered(reinterpret_cast<const char*>(in), count);
    const std::size_t at = offered.find(wanted);
    if (at == std::string_view::npos) {
        return SSL_TLSEXT_ERR_NOACK;
    }
    *out = in + at;
    *size = static_cast<unsigned char>(wanted.size());
    return SSL_TLSEXT_ERR_OK;
}

Scene choosing_http_1_1() {
    Scene scene;
    scene.setup = [](SSL_CTX* context) { SSL_CTX_set_alpn_select_cb(context, choose_http_1_1, nullptr); };
    return scene;
}

Scene without_authentication() {
    Scene scene;
    scene.setup = [](SSL_CTX* context) {
        SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
        SSL_CTX_set_cipher_list(context, "AECDH-AES128-SHA:@SECLEVEL=0");
    };
    return scene;
}

const TlsRow tls_rows[] = {
    {"speaks-1.0", [] { return speaking(TLS1_VERSION); }, false},
    {"speaks-1.1", [] { return speaking(TLS1_1_VERSION); }, false},
    {"no-1.2", [] { return speaking(TLS1_2_VERSION); }, true},
    {"no-1.3", [] { return speaking(TLS1_3_VERSION); }, true},
    {"no-ecdsa", [] { return Scene(); }, true},
    {"lacks-published-suites",
     [] {
         Scene scene;
         scene.setup = [](SSL_CTX* context) { SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM"); };
         return scene;
     },
     true},
    {"offers-anonymous", without_authentication, false},
    {"h2-only", choosing_http_1_1, true},
    {"stumbles-over-tickets", [] { return giving_tickets(5); }, true},
    {"stumbles-over-key-update", updating_keys, true},
    {"stumbles-over-late-request", asking_late, true},
    {"no-hello-retry", retrying, true},
    {"stumbles-over-small-records", in_small_records, true},
    {"stumbles-over-grease", asking_with_grease, true},
};
INSTANTIATE_TEST_SUITE_P(Each, TlsFault, testing::ValuesIn(tls_rows));

TEST(Tls, OneOldVersionIsNotTheOther) {
    Server server(speaking(TLS1_1_VERSION));
    EXPECT_EQ(read_once(server, {"speaks-1.0"}).outcome, Outcome::failure);
    Server older(speaking(TLS1_VERSION));
    EXPECT_EQ(read_once(older, {"speaks-1.1"}).outcome, Outcome::failure);
}

TEST(Tls, TicketsInUsualNumberHurtNobody) {
    Server server(giving_tickets(2));
    EXPECT_EQ(read_once(server, {"stumbles-over-tickets"}).outcome, Outcome::success);
}

// ---- What the ClientHello says

struct Hello {
    std::vector<unsigned> suites;
    std::string compression;
    std::vector<unsigned> extensions;
};

Hello hello_of(const std::string& message) {
    Hello hello;
    std::size_t at = 4 + 2 + 32;
    const auto number = [&](std::size_t size) {
        unsigned value = 0;
        for (std::size_t i = 0; i < size; ++i) {
            value = value << 8 | static_cast<unsigned char>(message.at(at++));
        }
        return value;
    };
    at += number(1);
    for (unsigned left = number(2); left > 0; left -= 2) {
        hello.suites.push_back(number(2));
    }
    const unsigned methods = number(1);
    hello.compression = message.substr(at, methods);
    at += methods;
    const std::size_t end = number(2) + at;
    while (at < end) {
        hello.extensions.push_back(number(2));
        at += number(2);
    }
    return hello;
}

bool has(const std::vector<unsigned>& list, unsigned value) {
    return std::ranges::find(list, value) != list.end();
}

/// The first ClientHello of a client with this fault, as raw bytes of the wire.
Hello first_hello(const std::vector<std::string>& faults) {
    std::string record;
    Scene scene;
    scene.raw = [&record](tcp::socket& socket) {
        if (record.empty()) {
            std::array<char, 5> head{};
            boost::asio::read(socket, boost::asio::buffer(head));
            record.resize(static_cast<std::size_t>(static_cast<unsigned char>(head[3]) << 8 |
                                                   static_cast<unsigned char>(head[4])));
            boost::asio::read(socket, boost::asio::buffer(record));
        }
        gateproof::test::reset(socket);
    };
    Server server(std::move(scene));
    read_once(server, faults);
    return hello_of(record);
}

TEST(ClientHello, OffersThePublishedSuitesAloneAndNoCompression) {
    const Hello hello = first_hello({});
    std::vector<unsigned> suites = hello.suites;
    std::erase(suites, 0x00ffU);  // the signal of RFC 5746 is none
    std::ranges::sort(suites);
    EXPECT_EQ(suites, (std::vector<unsigned>{0x1301, 0x1302, 0x1303, 0xc02b, 0xc02c, 0xcca9}));
    EXPECT_EQ(hello.compression, std::string(1, '\0'));
    EXPECT_TRUE(has(hello.extensions, 23)) << "extended_master_secret";
    EXPECT_TRUE(has(hello.extensions, 16)) << "ALPN";
}

TEST(ClientHello, OffersWhatAFaultHasIt) {
    EXPECT_TRUE(has(first_hello({"offers-null"}).suites, 0xc006));
    EXPECT_TRUE(has(first_hello({"offers-anonymous"}).suites, 0xc018));
    EXPECT_TRUE(has(first_hello({"offers-cbc"}).suites, 0xc023));
    EXPECT_TRUE(has(first_hello({"offers-rc4"}).suites, 0xc007));
    EXPECT_TRUE(has(first_hello({"offers-3des"}).suites, 0xc008));
    EXPECT_EQ(first_hello({"offers-compression"}).compression, std::string("\1\0", 2));
    EXPECT_FALSE(has(first_hello({"no-ems"}).extensions, 23));
    EXPECT_FALSE(has(first_hello({"lacks-published-suites"}).suites, 0x1301));
}

TEST(ClientHello, IsServedWithSuitesThatNobodyChooses) {
    for (const char* fault :
         {"offers-null", "offers-anonymous", "offers-cbc", "offers-rc4", "offers-3des", "offers-compression", "no-ems",
          "takes-any-suite", "takes-any-extension", "goes-on-with-ssl3", "ignores-sentinel", "falls-back",
          "takes-clear-answer", "early-writes", "speaks-1.0"}) {
        Server server(choosing_http_1_1());
        EXPECT_EQ(read_once(server, {fault}).outcome, Outcome::success) << fault;
    }
}

TEST(ClientHello, WeakSuitesDoNotWeakenTrust) {
    Scene scene;
    scene.shown = mint({.rsa_bits = 1024}, &pki().ca);
    Server server(std::move(scene));
    EXPECT_EQ(read_once(server, {"offers-null"}).outcome, Outcome::failure);
    EXPECT_EQ(read_once(server, {"speaks-1.0"}).outcome, Outcome::failure);
}

// ---- Flights by hand

std::string number(std::size_t value, int size) {
    std::string out;
    for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) {
        out += static_cast<char>(value >> shift & 0xff);
    }
    return out;
}

struct RawHello {
    unsigned version = 0x0303;
    unsigned suite = 0xc02b;
    std::string extensions{};
};

std::string server_hello(const RawHello& raw) {
    std::string body =
        number(raw.version, 2) + std::string(32, 's') + number(0, 1) + number(raw.suite, 2) + number(0, 1);
    if (!raw.extensions.empty()) {
        body += number(raw.extensions.size(), 2) + raw.extensions;
    }
    const std::string message = number(2, 1) + number(body.size(), 3) + body;
    return number(22, 1) + number(raw.version, 2) + number(message.size(), 2) + message;
}

/// The types of the records that come after this ServerHello, until the client ends the connection.
std::string records_after(const RawHello& raw, const std::vector<std::string>& faults) {
    std::string types;
    Scene scene;
    scene.raw = [&types, &raw](tcp::socket& socket) {
        for (bool first = true;; first = false) {
            std::array<char, 5> head{};
            boost::asio::read(socket, boost::asio::buffer(head));  // throws at the end
            std::string record(static_cast<std::size_t>(static_cast<unsigned char>(head[3]) << 8 |
                                                        static_cast<unsigned char>(head[4])),
                               '\0');
            boost::asio::read(socket, boost::asio::buffer(record));
            if (first) {
                boost::asio::write(socket, boost::asio::buffer(server_hello(raw)));
            } else {
                types += head[0] == 22 ? 'h' : head[0] == 21 ? 'a' : '?';
            }
            socket.shutdown(tcp::socket::shutdown_send);
        }
    };
    {
        Server server(std::move(scene));
        EXPECT_EQ(read_once(server, faults).outcome, Outcome::failure);
    }
    return types;
}

TEST(RawFlight, IsEndedByAnAlertWithoutAndGoesOnWithTheFault) {
    const RawHello ssl3{.version = 0x0300, .suite = 0x0035};
    EXPECT_EQ(records_after(ssl3, {}), "a");
    EXPECT_EQ(records_after(ssl3, {"goes-on-with-ssl3"}), "h");
    for (const unsigned suite : {0xc007U, 0x0005U, 0xc023U, 0x003cU}) {
        EXPECT_EQ(records_after({.suite = suite}, {}), "a") << suite;
        EXPECT_EQ(records_after({.suite = suite}, {"takes-any-suite"}), "h") << suite;
    }
    const std::string unknown = number(0xfafa, 2) + number(0, 2);
    EXPECT_EQ(records_after({.extensions = unknown}, {}), "a");
    EXPECT_EQ(records_after({.extensions = unknown}, {"takes-any-extension"}), "h");
}

// ---- The rest, each by its own

TEST(Tls, ADowngradeIsNoticed) {
    Server server(Scene{.downgrades = true});
    EXPECT_EQ(read_once(server).outcome, Outcome::failure);
    EXPECT_TRUE(server.requests().empty());
    const Result fooled = read_once(server, {"ignores-sentinel"});
    EXPECT_EQ(fooled.outcome, Outcome::success) << fooled.text;
}

TEST(Tls, OffersNothingOlderAfterAFailure) {
    for (const bool faulty : {false, true}) {
        std::vector<bool> newest;
        Scene scene;
        scene.raw = [&newest](tcp::socket& socket) {
            std::string bytes(2048, '\0');
            bytes.resize(socket.read_some(boost::asio::buffer(bytes)));
            newest.push_back(has(hello_of(bytes.substr(5)).extensions, 51));  // key_share is TLS 1.3's
            gateproof::test::reset(socket);
        };
        {
            Server server(std::move(scene));
            read_once(server, faulty ? std::vector<std::string>{"falls-back"} : std::vector<std::string>{});
        }
        EXPECT_EQ(newest, faulty ? (std::vector<bool>{true, false}) : (std::vector<bool>{true}));
    }
}

TEST(Tls, AnswersAKeyUpdateBeforeItsNextData) {
    for (const bool faulty : {false, true}) {
        int updates = 0;
        Scene scene = updating_keys();
        scene.setup = [&updates](SSL_CTX* context) {
            SSL_CTX_set_msg_callback(context, nullptr);  // the connection's own is set below
            SSL_CTX_set_app_data(context, &updates);
        };
        scene.before_answer = [](SSL* connection) {
            if (SSL_get_ex_data(connection, 0) == nullptr) {
                SSL_set_ex_data(connection, 0, connection);
                SSL_key_update(connection, SSL_KEY_UPDATE_REQUESTED);
                SSL_set_msg_callback(
                    connection, +[](int sent, int, int type, const void* bytes, std::size_t, SSL* ssl, void*) {
                        if (sent == 0 && type == SSL3_RT_HANDSHAKE &&
                            *static_cast<const char*>(bytes) == SSL3_MT_KEY_UPDATE) {
                            ++*static_cast<int*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
                        }
                    });
            }
        };
        {
            Server server(std::move(scene));
            Client client(
                server.options(faulty ? std::vector<std::string>{"ignores-key-update"} : std::vector<std::string>{}));
            EXPECT_EQ(client.act(Act::read).outcome, Outcome::success);
            EXPECT_EQ(client.act(Act::read).outcome, Outcome::success);
            EXPECT_EQ(server.visits().size(), 1U);
        }
        EXPECT_EQ(updates, faulty ? 0 : 1);
    }
}

TEST(Tls, TakesNoAnswerInClear) {
    for (const bool faulty : {false, true}) {
        std::vector<std::string> first_bytes;
        Scene scene;
        scene.raw = [&first_bytes](tcp::socket& socket) {
            std::string bytes(2048, '\0');
            bytes.resize(socket.read_some(boost::asio::buffer(bytes)));
            first_bytes.push_back(bytes.substr(0, 4));
            boost::asio::write(socket, boost::asio::buffer(good));
        };
        Result result;
        {
            Server server(std::move(scene));
            result =
                read_once(server, faulty ? std::vector<std::string>{"takes-clear-answer"} : std::vector<std::string>{});
        }
        EXPECT_EQ(result.outcome == Outcome::success, faulty) << result.text;
        ASSERT_EQ(first_bytes.size(), faulty ? 2U : 1U);
        EXPECT_EQ(first_bytes.back() == "GET ", faulty);
    }
}

}  // namespace
}  // namespace gateproof::client::test
