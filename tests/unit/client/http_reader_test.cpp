// HTTP/1.1 framing by RFC 9112, on exact bytes.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "client/http/reader.hpp"

namespace gateproof::client::test {
namespace {

const FaultSet no_faults;

/// Gives the bytes piece by piece, then the end.
HttpReader::Source source_of(std::vector<std::string> pieces, End end) {
    return [pieces = std::move(pieces), end, at = std::size_t{0}](char* buffer, std::size_t size) mutable -> Piece {
        if (at == pieces.size()) {
            return {0, end};
        }
        const std::string& piece = pieces[at++];
        EXPECT_LE(piece.size(), size);
        piece.copy(buffer, size);
        return {piece.size(), End::none};
    };
}

struct Read {
    Answer answer;
    std::string problem;
    bool surplus = false;
};

Read read(std::vector<std::string> pieces, End end = End::closed, const FaultSet& faults = no_faults) {
    HttpReader reader(source_of(std::move(pieces), end), faults);
    Read result;
    result.answer = reader.read();
    result.problem = reader.problem();
    result.surplus = reader.surplus();
    return result;
}

std::vector<std::string> byte_by_byte(const std::string& text) {
    std::vector<std::string> pieces;
    for (const char c : text) {
        pieces.emplace_back(1, c);
    }
    return pieces;
}

TEST(HttpReader, TakesALength) {
    const Read got = read({"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"});
    EXPECT_EQ(got.problem, "");
    EXPECT_EQ(got.answer.status, 200U);
    EXPECT_EQ(got.answer.body, "hello");
    EXPECT_TRUE(got.answer.keeps_open);
    EXPECT_EQ(read(byte_by_byte("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")).answer.body, "hello");
}

TEST(HttpReader, TakesNothingForWholeThatEndsEarly) {
    for (const End end : {End::closed, End::cut, End::reset}) {
        EXPECT_NE(read({"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello"}, end).problem, "");
        EXPECT_NE(read({"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"}, end).problem, "");
        EXPECT_NE(read({"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"}, end).problem, "");
        EXPECT_NE(read({"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"}, end).problem, "");
        EXPECT_NE(read({"HTTP/1.1 200 OK\r\nContent-"}, end).problem, "");
    }
}

TEST(HttpReader, ABodyUntilTheEndNeedsCloseNotify) {
    const Read whole = read({"HTTP/1.1 200 OK\r\n\r\nhel", "lo"}, End::closed);
    EXPECT_EQ(whole.problem, "");
    EXPECT_EQ(whole.answer.body, "hello");
    EXPECT_FALSE(whole.answer.keeps_open);
    EXPECT_NE(read({"HTTP/1.1 200 OK\r\n\r\nhello"}, End::cut).problem, "");
    EXPECT_NE(read({"HTTP/1.1 200 OK\r\n\r\nhello"}, End::reset).problem, "");
}

TEST(HttpReader, TakesChunksWithExtensionsAndTrailers) {
    const std::string text =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
        "1;a=b\r\nh\r\n4 ;c=\"d\"\r\nello\r\n0\r\nX-Check: 1\r\nX-More: 2\r\n\r\n";
    for (const auto& pieces : {std::vector<std::string>{text}, byte_by_byte(text)}) {
        const Read got = read(pieces);
        EXPECT_EQ(got.problem, "");
        EXPECT_EQ(got.answer.body, "hello");
        EXPECT_EQ(got.answer.field("X-Check"), "") << "trailers are not the head's";
        EXPECT_FALSE(got.surplus);
    }
}

TEST(HttpReader, ReadsManyChunksOfOneByte) {
    std::string text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 100'000; ++i) {
        text += "1\r\nx\r\n";
    }
    std::vector<std::string> pieces;
    text += "0\r\n\r\n";
    for (std::size_t at = 0; at < text.size(); at += 8000) {
        pieces.push_back(text.substr(at, 8000));
    }
    const Read got = read(pieces);
    EXPECT_EQ(got.problem, "");
    EXPECT_EQ(got.answer.body.size(), 100'000U);
}

TEST(HttpReader, PassesOverInformationalAnswers) {
    const Read got =
        read({"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
              "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"});
    EXPECT_EQ(got.problem, "");
    EXPECT_EQ(got.answer.status, 200U);
    EXPECT_EQ(got.answer.body, "OK");
    EXPECT_EQ(got.answer.field("link"), "");
    std::string endless;
    for (int i = 0; i < 30; ++i) {
        endless += "HTTP/1.1 100 Continue\r\n\r\n";
    }
    EXPECT_NE(read({endless}).problem, "");
    EXPECT_NE(read({"HTTP/1.1 101 Switching Protocols\r\n\r\n"}).problem, "");
}

TEST(HttpReader, RefusesWhatHasTwoMeanings) {
    EXPECT_NE(read({"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"}).problem, "");
    EXPECT_NE(read({"HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\nhello!"}).problem, "");
    EXPECT_NE(read({"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"}).problem,
              "");
    EXPECT_EQ(read({"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello"}).problem, "");
    for (const char* length : {"-5", "+5", "0x5", "5a", "99999999999999999999", "", " "}) {
        const std::string head = std::string("HTTP/1.1 200 OK\r\nContent-Length: ") + length + "\r\n\r\nhello";
        // An empty field is no length at all, and the body goes on until the end.
        EXPECT_EQ(read({head}).problem.empty(), std::string(length).find_first_not_of(' ') == std::string::npos)
            << length;
    }
    EXPECT_NE(read({"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"}).problem, "");
    EXPECT_NE(read({"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nhello"}).problem, "");
}

TEST(HttpReader, SaysWhatCameBehindAnAnswer) {
    const Read got = read({"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOKHTTP/1.1 200 OK\r\n"});
    EXPECT_EQ(got.answer.body, "OK");
    EXPECT_TRUE(got.surplus);
}

TEST(HttpReader, TakesFieldsAsTheyMayBeWritten) {
    const Read got = read(
        {"HTTP/1.1 200 \r\ncontent-LENGTH:2\r\nX-Long:   one\r\n\t two  \r\nConnection: Keep-Alive, CLOSE\r\n\r\nOK"});
    EXPECT_EQ(got.problem, "");
    EXPECT_EQ(got.answer.field("x-long"), "one two");
    EXPECT_FALSE(got.answer.keeps_open);
    EXPECT_FALSE(read({"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"}).answer.keeps_open);
    EXPECT_TRUE(read({"HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n"}).answer.keeps_open);
    EXPECT_EQ(read({"HTTP/1.1 204 No Content\r\n\r\n"}).problem, "");
    EXPECT_EQ(read({"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"}).problem, "");
}

TEST(HttpReader, RefusesHeadsThatAreNone) {
    for (const char* head :
         {"HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "ICY 200 OK\r\n\r\n",
          "HTTP/1.1 200 OK\r\n: x\r\n\r\n", "HTTP/1.1 200 OK\r\nName : x\r\n\r\n", "HTTP/1.1 200 OK\r\n folded\r\n\r\n",
          "HTTP/1.1 200 OK\r\nNo colon\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\x01\r\n\r\n",
          "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n", "HTTP/1.1 099 No\r\n\r\n", "\r\n\r\n"}) {
        EXPECT_NE(read({head}).problem, "") << head;
    }
}

TEST(HttpReader, BoundsEverything) {
    EXPECT_NE(read({"HTTP/1.1 200 OK\r\n", "X: " + std::string(16'000, 'x'), std::string(16'000, 'x'),
                    std::string(16'000, 'x'), std::string(16'000, 'x'), std::string(16'000, 'x')})
                  .problem.find("too long"),
              std::string::npos);
    std::string many = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 300; ++i) {
        many += "A: b\r\n";
    }
    EXPECT_NE(read({many + "\r\n"}).problem.find("too many"), std::string::npos);
    EXPECT_NE(read({"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n"}).problem.find("too long"),
              std::string::npos);
    EXPECT_NE(read({"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n"}).problem.find("too long"),
              std::string::npos);
    EXPECT_NE(read({"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n"}).problem, "");
    EXPECT_NE(read({"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello!\r\n"}).problem, "");
}

}  // namespace
}  // namespace gateproof::client::test
