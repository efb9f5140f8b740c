// Answers as the acts of a scene say.
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>

#include "tests/unit/stage/support.hpp"

namespace gateproof::stage::test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

class Answers : public testing::Test {
protected:
    Theatre theatre;
};

TEST_F(Answers, GoOutAsTheActsSay) {
    Scene scene = conforming();
    Answer busy{.status = 503};
    busy.fields.emplace_back("Retry-After", "3");
    scene.answers = {AnswerAct{.said = busy}, AnswerAct{.carried_out = false, .said = busy},
                     AnswerAct{.after = 300ms, .drip = {1, 0ms}}};
    const auto application = std::make_shared<Echo>();
    Place& place = theatre.open(scene, {.application = application});
    const std::string post = "POST /p HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx";
    Client client(theatre.port(place));
    ASSERT_TRUE(client.handshake());
    EXPECT_THAT(client.ask(post), HasSubstr("503"));
    EXPECT_THAT(client.ask(post), HasSubstr("Retry-After: 3"));
    const auto began = std::chrono::steady_clock::now();
    EXPECT_THAT(client.ask(post), HasSubstr("POST /p x"));
    EXPECT_GE(std::chrono::steady_clock::now() - began, 300ms);
    EXPECT_THAT(client.ask(post), HasSubstr("POST /p x")) << "behind the acts the application answers";
    EXPECT_THAT(application->booked(), testing::ElementsAre(Booking{"post", "x", 3}))
        << "the first was carried out whatever was said, the second was not";
    const Visit visit = theatre.visits(place).front();
    EXPECT_EQ(visit.requests[0].status, 503);
    EXPECT_GE(*visit.requests[2].answered - *visit.requests[2].whole, 300ms);
}

std::string told_from_a_door(const Answer& answer, const Request& request, const Doors& doors) {
    return "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 " + std::to_string(answer.status + 1) +
           " Fine\r\nContent-Length: 3\r\nX-Asked: " + request.target +
           "\r\nX-Door: " + std::to_string(doors.at("other")) + "\r\n\r\nyes";
}

TEST_F(Answers, WritesAnswersDownAsItIsTold) {
    Scene scene = conforming();
    scene.answers = {AnswerAct{.written_by = &told_from_a_door}};
    PlaceOptions options;
    options.doors = {Door{.name = "other"}};
    Place& place = theatre.open(scene, std::move(options));
    const std::string door = std::to_string(theatre.port(place, "other"));
    Client client(theatre.port(place));
    ASSERT_TRUE(client.handshake());
    ASSERT_TRUE(client.write(get("/a")));
    EXPECT_THAT(client.read_all(), EndsWith("X-Asked: /a\r\nX-Door: " + door + "\r\n\r\nyes"));
    EXPECT_EQ(theatre.visits(place).front().requests.front().status, 201) << "of the final answer";
}

TEST_F(Answers, TellsEachServiceItsOwn) {
    Scene scene = conforming();
    AnswerAct act{.said = Answer{.status = 403}, .callers = Callers::rest};
    act.said_at = {{"/gateway/income/", Answer{.status = 400}}};
    scene.answers = {act};
    scene.every_answer = true;
    Place& place = theatre.open(scene);
    Client client(theatre.port(place));
    ASSERT_TRUE(client.handshake());
    const std::string end = " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n";
    EXPECT_THAT(client.ask("POST /gateway/customer/customer" + end + "\r\n"), HasSubstr("403"));
    EXPECT_THAT(client.ask("POST /Gateway/Income/list" + end + "\r\n"), HasSubstr("400"));
    EXPECT_THAT(client.ask("POST /gateway/gws/returns/" + end + "Content-Type: application/soap+xml\r\n\r\n"),
                HasSubstr("200"))
        << "which is none of the callers";
}

/// Whoever asks again on the connection gets the answer to what was asked before.
TEST_F(Answers, WaitsForTheNextRequestToAnswerTheLast) {
    Scene scene = conforming();
    scene.answers = {AnswerAct{.after = 1h, .until_next = true}};
    Place& place = theatre.open(scene);
    Client client(theatre.port(place));
    ASSERT_TRUE(client.handshake());
    ASSERT_TRUE(client.write(get("/first")));
    const auto asked = [](const std::vector<Visit>& visits) {
        return !visits.empty() && !visits.front().requests.empty();
    };
    EXPECT_FALSE(theatre.visits_when(place, asked).front().requests.front().answered);
    EXPECT_THAT(client.ask(get("/second")), HasSubstr("GET /first"));
    const auto both = [](const std::vector<Visit>& visits) { return visits.front().requests.size() == 2; };
    const Visit visit = theatre.visits_when(place, both).front();
    EXPECT_EQ(visit.requests.front().target, "/first");
    EXPECT_TRUE(visit.requests.front().answered);
}

/// Who has its answer already, as it believes, asks for it and leaves.
TEST_F(Answers, ARequestThatComesTogetherWithAGoodbyeIsSeen) {
    Place& place = theatre.open(conforming());
    Client client(theatre.port(place));
    ASSERT_TRUE(client.handshake());
    EXPECT_THAT(client.ask(get("/first")), HasSubstr("GET /first"));
    const auto hold_back = [&client](int whether) {
        return setsockopt(client.descriptor(), IPPROTO_TCP, TCP_CORK, &whether, sizeof whether);
    };
    ASSERT_EQ(hold_back(1), 0);
    ASSERT_TRUE(client.write(get("/second")));
    client.close_notify();
    ASSERT_EQ(hold_back(0), 0);
    client.fin();
    const Visit visit = theatre.ended_visit(place);
    ASSERT_EQ(visit.requests.size(), 2U);
    EXPECT_EQ(visit.requests[1].target, "/second");
    EXPECT_FALSE(visit.requests[1].answered);
    EXPECT_EQ(visit.request_count, 2U);
    EXPECT_EQ(visit.end, Ending::closed);
}

TEST_F(Answers, HoldsBackAndPads) {
    Scene scene = conforming();
    scene.answers = {AnswerAct{.held_back = 3, .farewell = Farewell::fin}};
    Place& cut = theatre.open(scene);
    Client client(theatre.port(cut));
    ASSERT_TRUE(client.handshake());
    ASSERT_TRUE(client.write(get("/held-back")));
    EXPECT_THAT(client.read_all(), EndsWith("GET /held-ba")) << "a blank stands behind what was asked for";
    client.fin();
    EXPECT_FALSE(theatre.ended_visit(cut).requests.front().answered);

    constexpr std::size_t size = 200'000;
    scene.answers = {AnswerAct{.padding = size, .farewell = Farewell::close_notify}};
    Place& padded = theatre.open(scene);
    Client reader(theatre.port(padded));
    ASSERT_TRUE(reader.handshake());
    ASSERT_TRUE(reader.write(get()));
    EXPECT_THAT(reader.read_all(), EndsWith(std::string(size, ' ')));
    reader.fin();
    EXPECT_TRUE(theatre.ended_visit(padded).requests.front().answered);
}

/// Whoever leaves so while more padding comes than any socket holds was not answered, and left by itself.
void expect_not_answered(Theatre& theatre, const std::function<void(Client&)>& leave) {
    Scene scene = conforming();
    scene.answers = {AnswerAct{.padding = std::size_t{64} * 1024 * 1024, .farewell = Farewell::close_notify}};
    Place& place = theatre.open(scene);
    Client client(theatre.port(place));
    ASSERT_TRUE(client.handshake());
    ASSERT_FALSE(client.ask(get()).empty());
    leave(client);
    const Visit visit = theatre.ended_visit(place);
    EXPECT_FALSE(visit.requests.front().answered);
    EXPECT_FALSE(visit.by_stage);
}

TEST_F(Answers, WhoGoesWhilePaddingComesWasNotAnswered) {
    expect_not_answered(theatre, [](Client& client) { client.reset(); });
}

/// Java takes from the network what is still on its way, as fast as it comes, when it has given an answer up.
TEST_F(Answers, WhoSaysGoodbyeWhilePaddingComesWasNotAnsweredThoughItTakesTheRest) {
    expect_not_answered(theatre, [](Client& client) {
        client.close_notify();
        std::string taken(std::size_t{64} * 1024, ' ');
        while (::read(client.descriptor(), taken.data(), taken.size()) > 0) {
        }
        client.fin();
    });
}

}  // namespace
}  // namespace gateproof::stage::test
