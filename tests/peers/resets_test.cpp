// What resets and closes prove, and what not: a device in front of a real server that turns chosen ClientHellos away.
#include <fmt/format.h>

#include <map>
#include <set>
#include <tuple>

#include "tests/peers/nginx.hpp"
#include "tests/support/forwarder.hpp"

namespace gateproof::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// What a gatekeeper can tell of a connection's first bytes.
struct Opening {
    enum class Kind { other, old_version, tls_1_2_alone, control };
    Kind kind = Kind::other;
    std::string offer;  ///< version and cipher suites, in whatever order: alike for the same offer made again
};

/// Versions below TLS 1.2 stand in legacy_version (RFC 8446 4.1.2), and in SSL 2 in the first bytes. The control is
/// OpenSSL's, with a session id of random bytes; our own probes bring none, or one of equal bytes.
Opening read_opening(std::string_view bytes) {
    const auto at = [&](std::size_t i) { return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U; };
    if ((at(0) & 0x80) != 0 && at(2) == 1) {
        return {Opening::Kind::old_version, "SSL 2"};
    }
    if (at(0) != 0x16 || at(5) != 1) {
        return {};
    }
    constexpr std::size_t session_id = 43;
    const std::size_t suites = session_id + 1 + at(session_id);
    const std::size_t length = at(suites) << 8 | at(suites + 1);
    Opening opening;
    opening.offer = bytes.substr(9, 2);
    std::set<std::string_view> offered;
    for (std::size_t i = suites + 2; i + 1 < suites + 2 + length && i + 1 < bytes.size(); i += 2) {
        offered.insert(bytes.substr(i, 2));
    }
    for (const std::string_view suite : offered) {
        opening.offer += suite;
    }
    if (at(10) < 3) {
        opening.kind = Opening::Kind::old_version;
    } else if (at(session_id) != 0 && bytes.substr(session_id + 1, 32) != std::string(32, '\x5a')) {
        opening.kind = Opening::Kind::control;
    } else if (bytes.find(std::string_view("\0\x2b\0\3\2\3\4", 7)) == std::string_view::npos) {
        opening.kind = Opening::Kind::tls_1_2_alone;
    }
    return opening;
}

/// Turns the first `times` connections of each offer of that kind away; the next one with the same offer comes through.
Gatekeeper first_of_each(Opening::Kind kind, Fate fate = Fate::reset, int times = 1) {
    const auto seen = std::make_shared<std::map<std::string, int>>();
    return [=](std::string_view bytes) {
        const Opening opening = read_opening(bytes);
        return opening.kind == kind && (*seen)[opening.offer]++ < times ? fate : Fate::forwarded;
    };
}

Gatekeeper every_one(Opening::Kind kind, Fate fate) {
    return [=](std::string_view bytes) { return read_opening(bytes).kind == kind ? fate : Fate::forwarded; };
}

class ResetsTest : public NginxTest {
protected:
    static constexpr const char* strong = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256";

    /// TLS 1.0 and 1.1 too, which have nothing but CBC suites.
    void serve_old() {
        serve({.protocols = "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3",
               .ciphers = fmt::format("{}:ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA:@SECLEVEL=0", strong)});
    }
    [[nodiscard]] Judgement judge_behind(Gatekeeper gatekeeper, std::vector<std::string> arguments) {
        const Forwarder device(listener_.port(), Forwarder::immortal, {}, std::move(gatekeeper));
        return judge_port(device.port(), "cloud", std::move(arguments));
    }
    const std::vector<std::string> versions_{"--check",
                                             "tls.refuses-ssl2,tls.refuses-ssl3,tls.refuses-1.0,"
                                             "tls.refuses-1.1"};
    const std::vector<std::string> suites_{"--check", "tls.cipher-allow-list"};
};

TEST_F(ResetsTest, WhatIsServedTheSecondTimeNeverPasses) {
    serve_old();
    for (int i = 0; i < 20; ++i) {
        const Fate fate = i % 2 == 0 ? Fate::reset : Fate::closed;
        const Judgement judgement = judge_behind(first_of_each(Opening::Kind::old_version, fate), versions_);
        for (const char* check : {"tls.refuses-1.0", "tls.refuses-1.1"}) {
            const CheckResult result = judgement.of(check);
            ASSERT_EQ(result.outcome, Outcome::fail) << i << ": " << result.sentence << judgement.output;
            EXPECT_THAT(result.sentence, HasSubstr("in 5 of 6 tries"));
        }
        // SSL 2 and 3 are refused with an alert when they come through: reset once, alert twice.
        EXPECT_EQ(judgement.of("tls.refuses-ssl3").outcome, Outcome::pass) << judgement.of("tls.refuses-ssl3").sentence;
    }
}

TEST_F(ResetsTest, AResetInTheMiddleOfAnEnumerationHidesNoWeakSuite) {
    serve_old();
    const std::string bare = judge("cloud", suites_).of("tls.cipher-allow-list").sentence;
    EXPECT_THAT(bare, AllOf(HasSubstr("2 weak"), HasSubstr("_CBC_")));
    for (const Fate fate : {Fate::reset, Fate::closed}) {
        const Judgement judgement = judge_behind(first_of_each(Opening::Kind::tls_1_2_alone, fate), suites_);
        EXPECT_EQ(judgement.of("tls.cipher-allow-list").outcome, Outcome::fail);
        EXPECT_EQ(judgement.of("tls.cipher-allow-list").sentence, bare) << judgement.output;
    }
}

TEST_F(ResetsTest, WhatIsServedTheThirdTimeNeverPasses) {
    serve_old();
    const std::string bare = judge("cloud", suites_).of("tls.cipher-allow-list").sentence;
    const Judgement old = judge_behind(first_of_each(Opening::Kind::old_version, Fate::reset, 2), versions_);
    for (const char* check : {"tls.refuses-1.0", "tls.refuses-1.1"}) {
        EXPECT_EQ(old.of(check).outcome, Outcome::fail) << old.of(check).sentence;
        EXPECT_THAT(old.of(check).sentence, HasSubstr("connection reset in 2 of 6 tries"));
    }
    const Judgement suites = judge_behind(first_of_each(Opening::Kind::tls_1_2_alone, Fate::reset, 2), suites_);
    EXPECT_EQ(suites.of("tls.cipher-allow-list").sentence, bare) << suites.output;
}

TEST_F(ResetsTest, WhatResetsEverythingForAWhileResetsAControlToo) {
    serve_old();
    // From the first old hello on, the next few connections are turned away, whatever they say.
    const auto left = std::make_shared<int>(-1);
    const Judgement judgement = judge_behind(
        [left](std::string_view bytes) {
            if (*left < 0 && read_opening(bytes).kind == Opening::Kind::old_version) {
                *left = 6;
            }
            return *left > 0 && (*left)-- > 0 ? Fate::reset : Fate::forwarded;
        },
        {"--check", "tls.refuses-1.1"});
    EXPECT_NE(judgement.of("tls.refuses-1.1").outcome, Outcome::pass) << judgement.of("tls.refuses-1.1").sentence;
}

TEST_F(ResetsTest, ResetsEveryTimeBesideAServedControlAreARefusal) {
    serve_old();
    for (const auto& [fate, word] : {std::pair{Fate::reset, "connection reset in 3 of 3 tries"},
                                     {Fate::closed, "connection closed in 3 of 3 tries"}}) {
        const Judgement judgement = judge_behind(every_one(Opening::Kind::old_version, fate), versions_);
        EXPECT_EQ(judgement.exit_status, 0) << judgement.output;
        for (const char* check : {"tls.refuses-ssl2", "tls.refuses-ssl3", "tls.refuses-1.0", "tls.refuses-1.1"}) {
            EXPECT_EQ(judgement.of(check).outcome, Outcome::pass) << judgement.of(check).sentence;
            EXPECT_THAT(judgement.of(check).sentence, HasSubstr(word));
        }
    }
}

TEST_F(ResetsTest, ResetsAreNoRefusalWhereAControlIsResetToo) {
    serve_old();
    const auto controls = std::make_shared<int>(0);
    const Judgement judgement = judge_behind(
        [controls](std::string_view bytes) {
            const Opening::Kind kind = read_opening(bytes).kind;
            const bool first_control = kind == Opening::Kind::control && ++*controls == 1;
            return kind == Opening::Kind::old_version || first_control ? Fate::reset : Fate::forwarded;
        },
        versions_);
    EXPECT_GT(*controls, 1);
    for (const char* check : {"tls.refuses-ssl2", "tls.refuses-ssl3", "tls.refuses-1.0", "tls.refuses-1.1"}) {
        EXPECT_EQ(judgement.of(check).outcome, Outcome::inconclusive) << judgement.of(check).sentence;
        EXPECT_THAT(judgement.of(check).sentence, HasSubstr("control connections"));
    }
}

TEST_F(ResetsTest, AFewAlertsBetweenResetsAreInconclusiveAndAsManyAreARefusal) {
    serve({});
    for (const auto& [period, outcome, resets, alerts] :
         {std::tuple(2, Outcome::pass, "connection reset in 3 of 6 tries", "in 3 of 6 tries"),
          {4, Outcome::inconclusive, "connection reset in 7 of 9 tries", "in 2 of 9 tries"}}) {
        const auto asked = std::make_shared<std::map<std::string, int>>();
        const Judgement judgement = judge_behind(
            [asked, every = period](std::string_view bytes) {
                const Opening opening = read_opening(bytes);
                // The first is reset, the second comes through, and from there one of so many.
                const bool through =
                    opening.kind != Opening::Kind::old_version || ++(*asked)[opening.offer] % every == 2 % every;
                return through ? Fate::forwarded : Fate::reset;
            },
            {"--check", "tls.refuses-1.1"});
        const CheckResult result = judgement.of("tls.refuses-1.1");
        EXPECT_EQ(result.outcome, outcome) << judgement.output;
        EXPECT_THAT(result.sentence, AllOf(HasSubstr(resets), HasSubstr(alerts)));
    }
}

TEST_F(ResetsTest, AFullHandshakeThatIsResetOnceIsNoFindingOfResumption) {
    serve({});
    for (int nth = 1; nth <= 16; ++nth) {
        const auto number = std::make_shared<int>(0);
        const Judgement judgement = judge_behind(
            [number, nth](std::string_view bytes) {
                return read_opening(bytes).kind != Opening::Kind::old_version && ++*number == nth ? Fate::reset
                                                                                                  : Fate::forwarded;
            },
            {"--check", "mtls.resumption-bound"});
        EXPECT_EQ(judgement.of("mtls.resumption-bound").outcome, Outcome::pass)
            << nth << ": " << judgement.of("mtls.resumption-bound").sentence;
    }
}

TEST_F(ResetsTest, OneResetOfAServedVersionIsNoAlarm) {
    serve({});
    for (const Opening::Kind kind : {Opening::Kind::tls_1_2_alone, Opening::Kind::other}) {
        const Judgement judgement = judge_behind(first_of_each(kind), {"--suite", "tls,port"});
        EXPECT_EQ(judgement.findings(), std::set<std::string>{}) << judgement.output;
    }
}

TEST_F(ResetsTest, AnAlertIsCountedAsOftenAsTheProfileSays) {
    serve({});
    for (const int repeat : {1, 3, 5}) {
        const auto hellos = std::make_shared<std::map<std::string, int>>();
        std::vector<std::string> arguments = versions_;
        arguments.insert(arguments.end(), {"--repeat", std::to_string(repeat)});
        const Judgement judgement = judge_behind(
            [hellos](std::string_view bytes) {
                const Opening opening = read_opening(bytes);
                if (opening.kind == Opening::Kind::old_version) {
                    ++(*hellos)[opening.offer];
                }
                return Fate::forwarded;
            },
            arguments);
        EXPECT_EQ(judgement.exit_status, 0) << judgement.output;
        EXPECT_EQ(judgement.record.targets.at(0).repeat, static_cast<std::size_t>(repeat));
        const auto so_often = std::ranges::count_if(*hellos, [&](const auto& one) { return one.second == repeat; });
        EXPECT_GE(so_often, 3) << "each refused with an alert, and asked " << repeat << " times";
    }
}

TEST_F(ResetsTest, AVersionThatWasServedIsNotLeftOutOnceItIsReset) {
    serve({});
    const auto alone = std::make_shared<int>(0);
    const Judgement judgement = judge_behind(
        [alone](std::string_view bytes) {
            // Offers of TLS 1.3 alone: ours is served, the next one is somebody else's, and then it is ours again.
            const bool newest = bytes.find(std::string_view("\0\x2b\0\3\2\3\4", 7)) != std::string_view::npos;
            const int number = newest ? ++*alone : 0;
            return number >= 2 ? Fate::reset : Fate::forwarded;
        },
        {"--check", "mtls.no-certificate-refused"});
    EXPECT_GE(*alone, 3);
    const CheckResult result = judgement.of("mtls.no-certificate-refused");
    EXPECT_EQ(result.outcome, Outcome::inconclusive) << result.sentence;
    EXPECT_THAT(result.sentence, HasSubstr("TLS 1.3"));
}

TEST_F(ResetsTest, APlainRequestThatIsServedTheSecondTimeNeverPasses) {
    serve({.listen = ""});  // no TLS at all
    const auto seen = std::make_shared<bool>(false);
    const Judgement judgement = judge_behind(
        [seen](std::string_view bytes) {
            return bytes.starts_with("GET ") && !std::exchange(*seen, true) ? Fate::reset : Fate::forwarded;
        },
        {"--check", "port.plaintext-refused"});
    EXPECT_EQ(judgement.of("port.plaintext-refused").outcome, Outcome::fail)
        << judgement.of("port.plaintext-refused").sentence;
}

/// The first bytes of a request in clear read as the head of a record of some KiB.
TEST_F(ResetsTest, WhoWaitsForAWholeRecordIsSentOne) {
    serve({});
    profile_.limits = R"("connections_per_second": 0, "concurrent_connections": 16, "probe_timeout_ms": 1000)";
    const Judgement judgement = judge_behind(
        [](std::string_view bytes) {
            if (!bytes.starts_with("GET ")) {
                return Fate::forwarded;
            }
            return bytes.size() < 8192 ? Fate::held : Fate::closed;
        },
        {"--check", "port.plaintext-refused"});
    const CheckResult result = judgement.of("port.plaintext-refused");
    EXPECT_EQ(result.outcome, Outcome::pass) << result.sentence;
    EXPECT_THAT(result.sentence, HasSubstr("the connection was closed"));
}

}  // namespace
}  // namespace gateproof::test
