// What a conforming client does in one call, and what each fault of it does instead, counted on the wire.
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>

#include <algorithm>
#include <future>

#include "tests/support/files.hpp"
#include "tests/unit/client/calling.hpp"

namespace gateproof::client::test::call_test {
namespace {

using std::chrono::milliseconds;

struct CallRow {
    const char* what;  ///< a fault, or what a conforming client is to do
    Act act;
    std::vector<std::string> answers;  ///< an empty one ends the connection
    /// Of the conforming client, and of the one with the fault: how many requests, and whether it reports success.
    std::size_t requests;
    bool success;
    std::size_t faulty_requests;
    bool faulty_success;
};

void PrintTo(const CallRow& row, std::ostream* out) {
    *out << row.what;
}

class CallFault : public testing::TestWithParam<CallRow> {
protected:
    static void expect(const std::vector<std::string>& faults, std::size_t requests, bool success) {
        Server server(Scene{.answers = GetParam().answers});
        Result result;
        {
            Client client(calling(server, faults));
            result = client.act(GetParam().act, "nonce");
        }
        EXPECT_EQ(result.outcome == Outcome::success, success) << result.text;
        EXPECT_EQ(server.requests().size(), requests) << result.text;
    }
};

TEST_P(CallFault, IsRightWithoutAndWrongWithIt) {
    expect({}, GetParam().requests, GetParam().success);
    expect({GetParam().what}, GetParam().faulty_requests, GetParam().faulty_success);
}

const CallRow call_rows[] = {
    // ---- throttle
    {"never-stops", Act::read, {busy, busy, busy, busy, busy, busy, read_served}, 4, false, 7, true},
    {"ignores-retry-after", Act::read, {busy_for("86400"), read_served}, 1, false, 2, true},
    {"evades-by-connections", Act::read, {busy, busy, busy, busy, busy, busy, read_served}, 4, false, 7, true},
    {"stays-put-off", Act::read, {busy, read_served}, 2, true, 2, false},
    {"drops-refused-write", Act::write, {busy, write_served}, 2, true, 1, true},
    // ---- errors
    {"repeats-403", Act::read, {error("403 Forbidden", "EV1022")}, 1, false, 3, false},
    {"repeats-soap-4", Act::write, {answer("200 OK", "<statusCode>4</statusCode>")}, 1, false, 3, false},
    {"takes-soap-error", Act::write, {answer("200 OK", "<statusCode>21</statusCode>")}, 1, false, 1, true},
    {"repeats-400", Act::read, {error("400 Bad Request", "EV1100")}, 1, false, 3, false},
    {"loops-on-401", Act::read, {error("401 Unauthorized", "EV1020")}, 1, false, 21, false},
    {"loops-on-500", Act::read, {error("500 Internal Server Error", "EU6001")}, 1, false, 21, false},
    {"takes-html",
     Act::read,
     {answer("200 OK", "<html>Log in</html>", "Content-Type: text/html\r\n")},
     1,
     false,
     1,
     true},
    {"takes-html", Act::read, {answer("502 Bad Gateway", "<html>", "Content-Type: text/html\r\n")}, 1, false, 1, true},
    {"takes-empty", Act::read, {answer("200 OK", "")}, 1, false, 1, true},
    {"takes-empty", Act::read, {"HTTP/1.1 204 No Content\r\n\r\n"}, 1, false, 1, true},
    {"takes-other-customer", Act::read, {answer("200 OK", R"({"Customer":{"ID":"136410132"}})")}, 1, false, 1, true},
    {"takes-any-content", Act::read, {answer("200 OK", "<?xml version=\"1.0\"?><a/>")}, 1, false, 1, true},
    {"takes-504-for-data", Act::read, {answer("504 Gateway Timeout", "{}")}, 1, false, 1, true},
    {"strict-clock",
     Act::read,
     {answer("200 OK", customer, "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n")},
     1,
     true,
     1,
     false},
    // ---- writes
    // What may have been carried out is asked for, and not sent again.
    {"repeats-on-reset", Act::write, {"", write_served}, 2, false, 2, true},
    {"repeats-on-silence", Act::write, {"HTTP/1.1 200 OK\r\n", write_served}, 2, false, 2, true},
    {"repeats-on-503", Act::write, {unavailable, write_served}, 2, false, 2, true},
    {"claims-success-in-doubt", Act::write, {""}, 2, false, 1, true},
    {"307-becomes-get",
     Act::write,
     {answer("307 Temporary Redirect", "", "Location: /other\r\n"), write_served},
     2,
     true,
     2,
     true},
    // ---- http
    {"takes-truncated",
     Act::read,
     {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 500\r\n\r\n" + customer},
     1,
     false,
     1,
     true},
    {"takes-truncated-chunks",
     Act::read,
     {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2e\r\n" + customer + "\r\n"},
     1,
     false,
     1,
     true},
    {"endless-redirects", Act::read, {answer("302 Found", "", "Location: /again\r\n")}, 6, false, 401, false},
    {"chokes-on-1xx", Act::read, {"HTTP/1.1 103 Early Hints\r\n\r\n" + read_served}, 1, true, 1, false},
    {"chokes-on-trailers",
     Act::read,
     {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2e\r\n" + customer + "\r\n0\r\nX-Sum: 1\r\n\r\n"},
     1,
     true,
     1,
     false},
    {"takes-conflict",
     Act::read,
     {"HTTP/1.1 200 OK\r\nContent-Length: 46\r\nContent-Length: 47\r\n\r\n" + customer},
     1,
     false,
     1,
     true},
    // ---- time
    {"takes-half-body", Act::read, {"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"}, 1, false, 1, true},
    // ---- identity, whose client is served by a page
    {"html-400-is-data",
     Act::read,
     {answer("403 Forbidden", "<html>", "Content-Type: text/html\r\n")},
     1,
     false,
     1,
     true},
};
INSTANTIATE_TEST_SUITE_P(Each, CallFault, testing::ValuesIn(call_rows));

/// Two reads by one client, with what comes between them.
struct Twice {
    Result first;
    Result second;
    std::vector<Visit> visits;
};

Twice twice(const std::vector<std::string>& faults, std::vector<std::string> answers) {
    Server server(Scene{.answers = std::move(answers)});
    Twice result;
    {
        Client client(calling(server, faults));
        result.first = client.act(Act::read);
        result.second = client.act(Act::read);
    }
    result.visits = server.visits();
    return result;
}

TEST(Call, KeepsAConnectionAndEndsItWhenTold) {
    EXPECT_EQ(twice({}, {read_served}).visits.size(), 1U);
    EXPECT_EQ(twice({"one-request-a-connection"}, {read_served}).visits.size(), 2U);
    const std::string last = answer("200 OK", customer, "Connection: close\r\n");
    EXPECT_EQ(twice({}, {last, read_served}).second.outcome, Outcome::success);
}

TEST(Call, SurvivesAConnectionThatEndedWhileIdle) {
    for (const bool faulty : {false, true}) {
        Scene scene;
        scene.raw = [](tcp::socket& socket) {
            ServerTls tls(socket, gateproof::test::pki().server);
            if (tls.handshake() && !tls.read().empty()) {
                tls.write(read_served);
                SSL_shutdown(tls.ssl());
            }
        };
        Server server(std::move(scene));
        Client client(
            calling(server, faulty ? std::vector<std::string>{"dies-on-idle-close"} : std::vector<std::string>{}));
        EXPECT_EQ(client.act(Act::read).outcome, Outcome::success);
        EXPECT_EQ(client.act(Act::read).outcome == Outcome::success, !faulty);
    }
}

TEST(Call, WhatComesBehindAnAnswerIsNotTheNext) {
    const std::string other = answer("200 OK", R"({"Customer":{"ID":"1"}})");
    EXPECT_EQ(twice({}, {read_served + other, read_served}).second.outcome, Outcome::success);
    EXPECT_EQ(twice({"takes-surplus"}, {read_served + other, read_served}).second.outcome, Outcome::failure);
}

TEST(Call, ALateAnswerIsNotThatOfTheNext) {
    const std::string begun = "HTTP/1.1 200 OK\r\nContent-Length: 46\r\n\r\n";
    for (const bool faulty : {false, true}) {
        const Twice result = twice(faulty ? std::vector<std::string>{"mixes-late-answer"} : std::vector<std::string>{},
                                   {begun, read_served});
        EXPECT_EQ(result.first.outcome, Outcome::failure);
        EXPECT_EQ(result.second.outcome, Outcome::success) << result.second.text;
        EXPECT_EQ(result.visits.size(), faulty ? 1U : 2U);
    }
    EXPECT_EQ(twice({"dead-after-timeout"}, {begun, read_served}).second.outcome, Outcome::failure);
}

TEST(Call, WaitsAsLongAsTheGatewayMayTake) {
    for (const bool faulty : {false, true}) {
        Scene scene;
        scene.answers = {read_served};
        scene.before_answer = [](SSL* connection) {
            // As long as three of five parts of the limit: longer than the fault waits, and shorter than the client.
            pollfd watched{SSL_get_fd(connection), POLLRDHUP, 0};
            poll(&watched, 1, 1200);
        };
        Server server(std::move(scene));
        Options options =
            calling(server, faulty ? std::vector<std::string>{"gives-up-at-30-s"} : std::vector<std::string>{});
        options.answer_limit = milliseconds(2000);
        EXPECT_EQ(read_once(options).outcome == Outcome::success, !faulty);
    }
}

TEST(Call, TellsAWriteInDoubt) {
    Server server(Scene{.answers = {""}});
    Client client(calling(server, {}));
    EXPECT_NE(client.act(Act::write).text.find("is not known"), std::string::npos);
}

TEST(Call, AWriteOnAUsedConnectionIsNotRepeated) {
    for (const bool faulty : {false, true}) {
        Server server(Scene{.answers = {read_served, "", write_served}});
        Options options =
            calling(server, faulty ? std::vector<std::string>{"repeats-on-reused"} : std::vector<std::string>{});
        options.warm_up = true;
        Client client(options);
        EXPECT_EQ(client.act(Act::write).outcome == Outcome::success, faulty);
        const auto requests = server.requests();
        EXPECT_EQ(std::ranges::count_if(requests,
                                        [](const std::string& one) {
                                            return one.find("RetrieveStatus") == std::string::npos &&
                                                   one.find("fileRequest") != std::string::npos;
                                        }),
                  faulty ? 2 : 1);
        EXPECT_EQ(server.visits().front().requests.size(), 2U) << "the write goes over the used connection";
    }
}

TEST(Call, AskedAfterADoubtIsTheStateOfTheReturn) {
    Server server(Scene{.answers = {"", write_served}});
    Client(calling(server, {})).act(Act::write);
    ASSERT_EQ(server.requests().size(), 2U);
    EXPECT_NE(server.requests().front().find("fileRequest"), std::string::npos);
    EXPECT_NE(server.requests().back().find("RetrieveStatus"), std::string::npos);
}

/// Without a customer it asks for the service's status, whose answer is any text.
TEST(Call, AStatusThatIsNotWhatItSaysItIsIsAFailure) {
    for (const auto& [body, success] :
         {std::pair("OK", false), std::pair("<answer/>", false), std::pair(R"({"status":"OK"})", true)}) {
        Server server(Scene{.answers = {answer("200 OK", body, "Content-Type: application/json\r\n")}});
        Options options = calling(server, {});
        options.ird.clear();
        EXPECT_EQ(Client(options).act(Act::read).outcome == Outcome::success, success) << body;
    }
}

TEST(Call, WhatWasPutOffIsMadeAgainAsTheSame) {
    for (const bool faulty : {false, true}) {
        Server server(Scene{.answers = {busy, write_served}});
        Client(calling(server, faulty ? std::vector<std::string>{"new-key-on-repeat"} : std::vector<std::string>{}))
            .act(Act::write, "a-nonce");
        ASSERT_EQ(server.requests().size(), 2U);
        EXPECT_EQ(server.requests().back().find("a-nonce") == std::string::npos, faulty);
    }
}

TEST(Call, ANameIsWrittenAsItWasRead) {
    const std::string named = R"({"Customer":{"ID":"049091850","Name":[{"Formatted":"M\u0101ori"}]}})";
    for (const bool faulty : {false, true}) {
        Server server(Scene{.answers = {answer("200 OK", named), write_served}});
        Options options =
            calling(server, faulty ? std::vector<std::string>{"loses-macrons"} : std::vector<std::string>{});
        options.warm_up = true;
        EXPECT_EQ(Client(options).act(Act::write).outcome, Outcome::success);
        ASSERT_EQ(server.requests().size(), 2U);
        EXPECT_EQ(server.requests().back().find("M\u0101ori") == std::string::npos, faulty);
    }
}

TEST(Call, A307KeepsMethodAndBody) {
    for (const bool faulty : {false, true}) {
        Server server(Scene{.answers = {answer("307 Temporary Redirect", "", "Location: /other\r\n"), write_served}});
        Client(calling(server, faulty ? std::vector<std::string>{"307-becomes-get"} : std::vector<std::string>{}))
            .act(Act::write);
        ASSERT_EQ(server.requests().size(), 2U);
        EXPECT_EQ(server.requests().back().starts_with("POST /other"), !faulty) << server.requests().back();
    }
}

TEST(Call, ARedirectElsewhereIsNotFollowed) {
    for (const std::string fault : {"token-follows-redirect", "token-in-clear"}) {
        for (const bool faulty : {false, true}) {
            std::string clear;
            Scene canary;
            if (fault == "token-in-clear") {
                canary.raw = [&clear](tcp::socket& socket) {
                    boost::asio::read_until(socket, boost::asio::dynamic_buffer(clear), "\r\n\r\n");
                    boost::asio::write(socket, boost::asio::buffer(read_served));
                };
            }
            Server other(std::move(canary));
            const std::string location = (fault == "token-in-clear" ? "http" : "https") + std::string("://localhost:") +
                                         std::to_string(other.port()) + "/there";
            Server server(Scene{.answers = {answer("302 Found", "", "Location: " + location + "\r\n")}});
            {
                Client client(calling(server, faulty ? std::vector<std::string>{fault} : std::vector<std::string>{}));
                client.act(Act::read);
            }
            const std::string seen = fault == "token-in-clear"  ? clear
                                     : other.requests().empty() ? ""
                                                                : other.requests().front();
            EXPECT_EQ(seen.find("Bearer a-good-token") != std::string::npos, faulty) << fault << seen;
            EXPECT_EQ(seen.empty(), !faulty);
        }
    }
}

std::string request_of_a_read(const std::vector<std::string>& faults) {
    Server server(Scene{.answers = {read_served}});
    Options options = calling(server, faults);
    options.oauth.client_secret = "a-client-secret";
    read_once(options);
    return server.requests().empty() ? "" : server.requests().front();
}

TEST(Call, TheTokenGoesInTheHeaderAlone) {
    const auto holds = [](const std::string& request, const char* text) {
        return request.find(text) != std::string::npos;
    };
    const std::string right = request_of_a_read({});
    EXPECT_TRUE(holds(right, "\r\nAuthorization: Bearer a-good-token\r\n"));
    EXPECT_FALSE(holds(right, "a-client-secret"));
    EXPECT_TRUE(holds(request_of_a_read({"token-in-query"}), "?access_token=a-good-token HTTP/1.1"));
    EXPECT_TRUE(holds(request_of_a_read({"token-in-cookie"}), "\r\nCookie: access_token=a-good-token\r\n"));
    EXPECT_TRUE(holds(request_of_a_read({"secret-to-gateway"}), "a-client-secret"));
    const std::string doubled = request_of_a_read({"two-lengths"});
    EXPECT_NE(doubled.find("Content-Length:"), doubled.rfind("Content-Length:"));
    EXPECT_EQ(right.find("Content-Length:"), right.rfind("Content-Length:"));
}

TEST(Call, SaysNoSecret) {
    for (const bool faulty : {false, true}) {
        Server server(Scene{.answers = {read_served}});
        Client client(calling(server, faulty ? std::vector<std::string>{"prints-token"} : std::vector<std::string>{}));
        EXPECT_EQ(client.act(Act::read).text.find("a-good-token") != std::string::npos, faulty);
    }
}

TEST(Call, TokensAreForTheirOwnerAlone) {
    for (const bool faulty : {false, true}) {
        const gateproof::test::TemporaryFolder folder;
        Server server(Scene{.answers = {read_served}});
        Options options =
            calling(server, faulty ? std::vector<std::string>{"world-readable"} : std::vector<std::string>{});
        options.token_file = (folder.path() / "tokens").string();
        const Client client(options);
        struct stat found {};
        ASSERT_EQ(stat(options.token_file.c_str(), &found), 0);
        EXPECT_EQ(found.st_mode & 0777, faulty ? 0644U : 0600U);
    }
}

TEST(Call, WhatAnAnswerRefersToIsNotFetched) {
    for (const bool faulty : {false, true}) {
        std::promise<std::string> fetched;
        std::future<std::string> came = fetched.get_future();
        Scene canary;
        canary.raw = [&fetched](tcp::socket& socket) {
            std::string head;
            boost::asio::read_until(socket, boost::asio::dynamic_buffer(head), "\r\n\r\n");
            fetched.set_value(head);
        };
        Server place(std::move(canary));
        const std::string document = "<!DOCTYPE r SYSTEM \"http://localhost:" + std::to_string(place.port()) +
                                     "/evil.dtd\"><r><statusCode>0</statusCode></r>";
        Server server(Scene{.answers = {answer("200 OK", document, "Connection: close\r\n")}});
        Client client(
            calling(server, faulty ? std::vector<std::string>{"fetches-entities"} : std::vector<std::string>{}));
        EXPECT_EQ(client.act(Act::write).outcome, Outcome::success);
        if (faulty) {
            ASSERT_EQ(came.wait_for(std::chrono::seconds(10)), std::future_status::ready);
            EXPECT_TRUE(came.get().starts_with("GET /evil.dtd"));
        } else {
            EXPECT_TRUE(place.visits().empty());
        }
    }
}

}  // namespace
}  // namespace gateproof::client::test::call_test
