// What two runs show of an endpoint beside their verdicts: each kind of difference is found, and nothing else.
#include <gmock/gmock.h>

#include "reports/compare/compare.hpp"
#include "tests/unit/reports/sample_run.hpp"

namespace gateproof::reports {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Showing {
public:
    explicit Showing(Outcome outcome = Outcome::pass)
        : run_(empty_run()), check_(check_with("cloud", "mtls.a", result_with(outcome, "because"))) {}

    Observation& add(std::string_view kind) {
        check_.result->evidence.push_back({std::string(kind), noon(), {}});
        return check_.result->evidence.back();
    }
    Showing& certificate(int depth, const char* subject, const char* sha256) {
        add("certificate").with("depth", depth).with("subject", subject).with("issuer", "CN=CA").with("sha256", sha256);
        return *this;
    }
    Showing& served(const char* version, int micros = 1000) {
        add("http_exchange")
            .with("request", "GET /status")
            .with("result", "HTTP 200")
            .with("duration_us", micros)
            .with("tls_version", version);
        return *this;
    }
    Showing& refused(const char* result) {
        add("http_exchange").with("request", "GET /status").with("result", result);
        return *this;
    }
    [[nodiscard]] RunRecord run() const {
        RunRecord run = run_;
        run.checks = {check_};
        return run;
    }

private:
    RunRecord run_;
    CheckRecord check_;
};

std::vector<TraitChange> differences(const Showing& before, const Showing& after) {
    return compare(before.run(), after.run()).traits;
}

void expect_one(const std::vector<TraitChange>& changes, Trait trait, const std::string& gone, const std::string& come,
                const std::string& subject = {}) {
    ASSERT_EQ(changes.size(), 1U) << to_string(trait);
    EXPECT_EQ(changes[0].trait, trait);
    EXPECT_EQ(changes[0].target, "cloud");
    EXPECT_EQ(changes[0].subject, subject);
    EXPECT_THAT(changes[0].before,
                gone.empty() ? testing::Matcher<std::vector<std::string>>(IsEmpty()) : ElementsAre(HasSubstr(gone)));
    EXPECT_THAT(changes[0].after,
                come.empty() ? testing::Matcher<std::vector<std::string>>(IsEmpty()) : ElementsAre(HasSubstr(come)));
}

TEST(CompareTraits, ServerCertificateAndChain) {
    const Showing old = Showing().certificate(0, "CN=a", "AA").certificate(1, "CN=CA", "BB");
    EXPECT_THAT(differences(old, old), IsEmpty());
    expect_one(differences(old, Showing().certificate(0, "CN=a", "CC").certificate(1, "CN=CA", "BB")),
               Trait::certificate, "SHA-256 AA", "SHA-256 CC");
    expect_one(differences(old, Showing().certificate(0, "CN=a", "AA").certificate(1, "CN=CA", "DD")), Trait::chain,
               "SHA-256 BB", "SHA-256 DD");
}

TEST(CompareTraits, TlsVersionsThatServe) {
    expect_one(differences(Showing().served("TLS 1.2").served("TLS 1.3"), Showing().served("TLS 1.2")),
               Trait::tls_version, "TLS 1.3", "");
}

TEST(CompareTraits, WhenClientSoftwareComesAgain) {
    const auto coming = [](const std::vector<const char*>& starts) {
        Showing all;
        int number = 0;
        for (const char* const times : starts) {
            all.add("retry_times")
                .with("start", ++number)
                .with("told_ms", 0)
                .with("at_ms", times)
                .with("status", "429, 429, 200");
        }
        return all;
    };
    const Showing doubling = coming({"0, 700, 2100"});
    EXPECT_THAT(differences(doubling, doubling), IsEmpty());
    EXPECT_THAT(differences(doubling, coming({"0, 1000, 2800"})), IsEmpty()) << "what chance does";
    EXPECT_THAT(differences(coming({"0, 1, 3"}), coming({"0, 20, 120"})), IsEmpty()) << "what a busy machine does";
    expect_one(differences(doubling, coming({"0, 3000, 4400"})), Trait::retries, "2 repetitions, after 0.7 s, 1.4 s",
               "2 repetitions, after 3.0 s, 1.4 s", "mtls.a");
    expect_one(differences(doubling, coming({"0, 700"})), Trait::retries, "2 repetitions", "1 repetition, after 0.7 s",
               "mtls.a");
    expect_one(differences(doubling, coming({"0"})), Trait::retries, "2 repetitions", "no repetition", "mtls.a");
    EXPECT_THAT(differences(doubling, Showing()), IsEmpty()) << "a side that did not look is no difference";

    const std::vector<const char*> spread{"0, 2000", "0, 2100", "0, 2200", "0, 2300", "0, 2400",
                                          "0, 2500", "0, 2600", "0, 2700", "0, 2800"};
    const std::vector<const char*> later{"0, 3000", "0, 3100", "0, 3200", "0, 3300", "0, 3400",
                                         "0, 3500", "0, 3600", "0, 3700", "0, 3800"};
    EXPECT_THAT(differences(coming(spread), coming(spread)), IsEmpty());
    expect_one(differences(coming(spread), coming(later)), Trait::retries, "1 repetition, after 2.4 s",
               "1 repetition, after 3.4 s", "mtls.a");
}

TEST(CompareTraits, WhatClientSoftwareOffersAndHowItRefuses) {
    Showing before;
    before.add("client_hello_seen").with("versions", "TLS 1.3, TLS 1.2").with("groups", "x25519, secp256r1");
    Showing after;
    after.add("client_hello_seen").with("versions", "TLS 1.3, TLS 1.2").with("groups", "secp256r1");
    expect_one(differences(before, after), Trait::offer, "x25519", "", "groups");

    Showing agent;
    agent.add("request_seen").with("user_agent", "ledger/1");
    Showing newer;
    newer.add("request_seen").with("user_agent", "ledger/2");
    expect_one(differences(agent, newer), Trait::offer, "ledger/1", "ledger/2", "User-Agent");

    Showing alert;
    alert.add("visit").with("refusal", "alert unknown_ca (48)");
    Showing reset;
    reset.add("visit").with("refusal", "reset");
    const std::vector<TraitChange> changes = differences(alert, reset);
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].trait, Trait::refusal);
}

TEST(CompareTraits, CipherSuitesOfAVersionGroupsAndAcceptableAuthorities) {
    Showing before;
    Showing after;
    before.add("cipher_suites").with("version", "TLS 1.2").with("accepted", "A, B");
    after.add("cipher_suites").with("version", "TLS 1.2").with("accepted", "B, C");
    after.add("cipher_suites").with("version", "TLS 1.3").with("accepted", "D");
    expect_one(differences(before, after), Trait::cipher_suite, "A", "C", "TLS 1.2");

    Showing groups;
    groups.add("groups").with("accepted", "x25519");
    Showing more;
    more.add("groups").with("accepted", "x25519, secp384r1");
    expect_one(differences(groups, more), Trait::group, "", "secp384r1");

    Showing authority;
    authority.add("acceptable_ca").with("subject", "CN=old");
    Showing other;
    other.add("acceptable_ca").with("subject", "CN=new");
    expect_one(differences(authority, other), Trait::acceptable_cas, "CN=old", "CN=new");
}

TEST(CompareTraits, TheStyleOfARefusal) {
    expect_one(differences(Showing().refused("alert unknown_ca (48)"), Showing().refused("HTTP 403")), Trait::refusal,
               "alert unknown_ca (48)", "HTTP 403", "mtls.a");
    Showing hello;
    hello.add("client_hello").with("answer", "alert protocol_version (70)");
    Showing reset;
    reset.add("client_hello").with("answer", "connection reset");
    expect_one(differences(hello, reset), Trait::refusal, "protocol_version", "connection reset", "mtls.a");
    Showing silent;
    silent.add("client_hello").with("answer", "no answer within 10 s");
    EXPECT_THAT(differences(hello, silent), IsEmpty()) << "silence is no refusal";
}

TEST(CompareTraits, LatencyShiftsOnlyWhenItIsLargeAndNoChance) {
    const auto run_of = [](int micros, int spread, int count = 20) {
        Showing run;
        for (int i = 0; i < count; ++i) {
            run.served("TLS 1.3", micros + spread * i);
        }
        return run;
    };
    const Showing base = run_of(40'000, 100);
    EXPECT_THAT(differences(base, base), IsEmpty());
    expect_one(differences(base, run_of(80'000, 100)), Trait::latency, "median 41.0 ms of 20", "median 81.0 ms of 20",
               "GET /status (HTTP 200)");
    expect_one(differences(run_of(80'000, 100), base), Trait::latency, "81.0 ms", "41.0 ms", "GET /status (HTTP 200)");
    EXPECT_THAT(differences(base, run_of(50'000, 100)), IsEmpty()) << "less than half as much again";
    EXPECT_THAT(differences(run_of(1'000, 10), run_of(9'000, 10)), IsEmpty()) << "8 ms more is nobody's concern";
    EXPECT_THAT(differences(base, run_of(80'000, 100, 5)), IsEmpty()) << "five times may be chance";
}

TEST(CompareTraits, WhatOneRunDidNotLookAtIsNoDifference) {
    const Showing full = Showing().certificate(0, "CN=a", "AA").served("TLS 1.2").refused("HTTP 403");
    EXPECT_THAT(differences(full, Showing()), IsEmpty());
    EXPECT_THAT(differences(Showing(), full), IsEmpty());
    EXPECT_THAT(differences(full, Showing(Outcome::skipped).certificate(0, "CN=a", "BB")), IsEmpty());
}

TEST(CompareTraits, EveryFormatShowsThem) {
    const Comparison comparison =
        compare(Showing().certificate(0, "CN=a", "AA").run(), Showing().certificate(0, "CN=a", "BB").run());
    EXPECT_FALSE(comparison.nothing_changed());
    EXPECT_EQ(exit_code(comparison, true), ExitCode::passed) << "a renewed certificate is no regression";
    EXPECT_THAT(compare_text(comparison, {}), HasSubstr("DIFFERENT  cloud server certificate\n    - CN=a, issued by "
                                                        "CN=CA, SHA-256 AA\n    + CN=a, issued by CN=CA, SHA-256 BB"));
    EXPECT_THAT(compare_markdown(comparison), HasSubstr("| cloud | server certificate | CN=a"));
    EXPECT_THAT(compare_json(comparison), HasSubstr(R"("trait": "server certificate")"));
}

}  // namespace
}  // namespace gateproof::reports
