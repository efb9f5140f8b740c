#include "harness/probe/load/response_reader.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace gateproof::load {
namespace {

using State = ResponseReader::State;

struct Read {
    State state;
    unsigned status;
    std::string body;
    bool keeps_alive;
    std::size_t taken;
};

Read read(std::string_view bytes, bool ends = false, bool head_request = false) {
    ResponseReader reader;
    reader.restart(head_request);
    const std::size_t taken = reader.feed(bytes);
    if (ends) {
        reader.end();
    }
    return {reader.state(), reader.status(), reader.body(), reader.keeps_alive(), taken};
}

TEST(ResponseReader, ReadsABodyOfGivenLength) {
    const Read got = read("HTTP/1.1 200 OK\r\ncontent-LENGTH: 5\r\n\r\nhello");
    EXPECT_EQ(got.state, State::done);
    EXPECT_EQ(got.status, 200U);
    EXPECT_EQ(got.body, "hello");
    EXPECT_TRUE(got.keeps_alive);
}

TEST(ResponseReader, LeavesWhatComesAfterTheResponse) {
    const std::string one = "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 2\r\nContent-Length: 2\r\n\r\n{}";
    EXPECT_EQ(read(one + "HTTP/1.1 200 OK\r\n").taken, one.size());
    ResponseReader reader;
    reader.feed(one);
    EXPECT_EQ(reader.head(), "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 2\r\nContent-Length: 2");
    reader.restart();
    EXPECT_FALSE(reader.begun());
    reader.feed("HTTP/1.1 204 No Content\r\n\r\n");
    EXPECT_EQ(reader.state(), State::done);
    EXPECT_EQ(reader.status(), 204U);
    EXPECT_EQ(reader.body(), "");
}

TEST(ResponseReader, ReadsChunksWithExtensionsAndTrailers) {
    const Read got = read(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5;name=value\r\nhello\r\nA \r\n, world!!!\r\n0\r\nTrailer: x\r\n\r\n");
    EXPECT_EQ(got.state, State::done);
    EXPECT_EQ(got.body, "hello, world!!!");
    EXPECT_TRUE(got.keeps_alive);
}

TEST(ResponseReader, ChunksOutrankALength) {
    const Read got =
        read("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: gzip, chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n");
    EXPECT_EQ(got.state, State::done);
    EXPECT_EQ(got.body, "x");
}

TEST(ResponseReader, ABodyWithoutLengthEndsWithTheConnection) {
    const std::string_view bytes = "HTTP/1.1 200 OK\r\n\r\nsome";
    EXPECT_EQ(read(bytes).state, State::body);
    const Read got = read(bytes, true);
    EXPECT_EQ(got.state, State::done);
    EXPECT_EQ(got.body, "some");
    EXPECT_FALSE(got.keeps_alive);
}

TEST(ResponseReader, ATruncatedBodyIsNoResponse) {
    EXPECT_EQ(read("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", true).state, State::malformed);
    EXPECT_EQ(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", true).state,
              State::malformed);
    EXPECT_EQ(read("HTTP/1.1 200", true).state, State::malformed);
    EXPECT_EQ(read("", true).state, State::malformed);
}

TEST(ResponseReader, KnowsWhetherTheConnectionIsKept) {
    const auto kept = [](std::string_view version, std::string_view connection) {
        return read(fmt::format("{} 200 OK\r\nContent-Length: 0\r\n{}\r\n", version, connection)).keeps_alive;
    };
    EXPECT_TRUE(kept("HTTP/1.1", ""));
    EXPECT_FALSE(kept("HTTP/1.1", "Connection: close\r\n"));
    EXPECT_FALSE(kept("HTTP/1.1", "Connection: Foo , CLOSE\r\n"));
    EXPECT_FALSE(kept("HTTP/1.0", ""));
    EXPECT_TRUE(kept("HTTP/1.0", "Connection: Keep-Alive\r\n"));
}

TEST(ResponseReader, SomeResponsesHaveNoBody) {
    EXPECT_EQ(read("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n").state, State::done);
    EXPECT_EQ(read("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", false, true).state, State::done);
}

TEST(ResponseReader, InterimResponsesArePassedOver) {
    const Read got =
        read("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
    EXPECT_EQ(got.state, State::done);
    EXPECT_EQ(got.status, 200U);
    EXPECT_EQ(read("HTTP/1.1 101 Switching Protocols\r\n\r\n").state, State::malformed);
}

TEST(ResponseReader, RefusesWhatIsNoHttp) {
    for (const std::string_view bytes :
         {"HTTP/2 200\r\n\r\n", "SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n",
          "HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n",
          "HTTP/1.1 200 OK\r\n: empty\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxx"}) {
        EXPECT_EQ(read(bytes).state, State::malformed) << bytes;
    }
}

TEST(ResponseReader, IsBounded) {
    const std::string head = "HTTP/1.1 200 OK\r\nX: " + std::string(ResponseReader::max_head, 'x');
    EXPECT_EQ(read(head).state, State::malformed);
    ResponseReader reader;
    reader.feed("HTTP/1.1 200 OK\r\n\r\n");
    const std::string block(1024 * 1024, 'x');
    std::uint64_t fed = 0;
    while (reader.state() == State::body && fed < 2 * ResponseReader::max_length) {
        fed += reader.feed(block);
    }
    EXPECT_EQ(reader.state(), State::malformed);
    EXPECT_EQ(reader.body().size(), ResponseReader::max_body);
    EXPECT_GT(reader.body_bytes(), ResponseReader::max_length);
}

TEST(ResponseReader, TheSplitDoesNotMatter) {
    const std::string bytes =
        "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    for (std::size_t step = 1; step < bytes.size(); ++step) {
        ResponseReader reader;
        for (std::size_t at = 0; at < bytes.size(); at += step) {
            const std::string_view part = std::string_view(bytes).substr(at, step);
            ASSERT_EQ(reader.feed(part), part.size()) << step;
        }
        EXPECT_EQ(reader.state(), State::done) << step;
        EXPECT_EQ(reader.body(), "abcde") << step;
    }
}

}  // namespace
}  // namespace gateproof::load
