// The stacks of this machine: each is served with the variables of the test PKI, and refuses without them.
#include <curl/curl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/unit/stage/support.hpp"

namespace gateproof::stage::test {
namespace {

namespace fs = std::filesystem;

class Stacks : public testing::Test {
protected:
    static void SetUpTestSuite() {
        folder = testing::TempDir() + "stacks_" + std::to_string(::getpid());
        opened = TestPki::open({.folder = folder, .hosts = {"localhost"}});
        ASSERT_TRUE(opened.pki) << opened.fault;
    }
    static void TearDownTestSuite() {
        opened = {};
        fs::remove_all(folder);
    }

    /// `command` with the URL behind it, with and without the variables.
    void expect_trust(std::vector<std::string> command) {
        if (run_program({command.front(), "--version"}).code != 0) {
            GTEST_SKIP() << "no " << command.front() << " here";
        }
        Scene scene;
        scene.shown = opened.pki->server();
        command.emplace_back();
        for (const bool trusting : {true, false}) {
            Place& place = theatre.open(scene);
            command.back() = "https://localhost:" + std::to_string(theatre.port(place)) + "/read";
            const Ran ran =
                run_program(command, trusting ? opened.pki->environment() : std::map<std::string, std::string>());
            EXPECT_EQ(ran.code == 0, trusting) << ran.output;
            const std::vector<Visit> visits = theatre.visits_when(place, [](const std::vector<Visit>& seen) {
                return !seen.empty() &&
                       std::all_of(seen.begin(), seen.end(), [](const Visit& one) { return one.ended; });
            });
            ASSERT_FALSE(visits.empty());
            for (const Visit& visit : visits) {
                EXPECT_EQ(visit.refused(), !trusting) << visit.summary();
                EXPECT_EQ(visit.reached() == Reached::answered, trusting) << visit.summary();
            }
        }
    }

    static inline fs::path folder;
    static inline TestPki::Opened opened;
    Theatre theatre;
};

TEST_F(Stacks, Curl) {
    expect_trust({"curl", "-sS"});
}

TEST_F(Stacks, Wget) {
    expect_trust({"wget", "-q", "-t", "1", "-O", "-"});
}

TEST_F(Stacks, Node) {
    expect_trust({"node", "-e",
                  "require('https').get(process.argv[1], r => r.resume()).on('error', e => { console.error(e.message); "
                  "process.exit(1) })"});
}

TEST_F(Stacks, Python) {
    expect_trust({"python3", "-c", "import sys, urllib.request; urllib.request.urlopen(sys.argv[1]).read()"});
}

TEST_F(Stacks, Java) {
    const std::string source = folder / "Read.java";
    std::ofstream(source) << "public class Read { public static void main(String[] a) throws Exception {"
                             " java.net.URI.create(a[0]).toURL().openStream().readAllBytes(); } }";
    expect_trust({"java", source});
}

std::size_t pass_over(char*, std::size_t size, std::size_t count, void*) {
    return size * count;
}

TEST_F(Stacks, Libcurl) {
    Scene scene;
    scene.shown = opened.pki->server();
    scene.asked = {Asked::How::required, opened.pki->client_authorities()};
    Place& place = theatre.open(scene);
    const std::string url = "https://localhost:" + std::to_string(theatre.port(place)) + "/read";
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), &curl_easy_cleanup);
    curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_CAINFO, opened.pki->file("ca.pem").c_str());
    curl_easy_setopt(curl.get(), CURLOPT_SSLCERT, opened.pki->file("client.p12").c_str());
    curl_easy_setopt(curl.get(), CURLOPT_SSLCERTTYPE, "P12");
    curl_easy_setopt(curl.get(), CURLOPT_KEYPASSWD, TestPki::password);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &pass_over);
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(curl_easy_perform(curl.get()), CURLE_OK);
    }
    const std::vector<Visit> visits = theatre.visits(place);
    ASSERT_THAT(visits, testing::SizeIs(1)) << "one connection, kept";
    EXPECT_EQ(visits.front().request_count, 3U);
    EXPECT_TRUE(visits.front().proved_possession);
}

TEST_F(Stacks, APinHolds) {
    Scene scene;
    scene.shown = opened.pki->server();
    Place& place = theatre.open(scene);
    const std::string url = "https://localhost:" + std::to_string(theatre.port(place)) + "/read";
    const auto pinned = [&](const std::string& pin) {
        return run_program({"curl", "-sS", "--pinnedpubkey", pin, url}, opened.pki->environment()).code;
    };
    EXPECT_EQ(pinned(opened.pki->pins().at("server_p256")), 0);
    EXPECT_NE(pinned(opened.pki->pins().at("root")), 0);
}

}  // namespace
}  // namespace gateproof::stage::test
