// Whom client software shows its certificate, and which one where it is told another.
#include <gtest/gtest.h>

#include <string>

#include "suites/client/identity/judge.hpp"
#include "tests/unit/probe/mint.hpp"
#include "tests/unit/suites/client/came.hpp"

namespace gateproof::suites {
namespace {

using test::attempt;
using test::Came;

Certificate certificate(const char* name) {
    return test::mint({.common_name = name, .extended_key_usage = "clientAuth"}).certificate;
}

stage::Visit asked(Came came, const Certificate* shown = nullptr) {
    stage::Visit visit = came;
    visit.certificate_requested = true;
    if (shown != nullptr) {
        visit.certificates.push_back(*shown);
    }
    return visit;
}

TEST(ClientIdentityJudgement, ShownToTheGatewayAlone) {
    const Certificate own = certificate("ledgerlink");
    const auto redirected = [&](std::vector<stage::Visit> elsewhere) {
        Attempt made = attempt({Came().hello().finished().request(302)}, Claim::Kind::success);
        for (stage::Visit& visit : elsewhere) {
            visit.door = elsewhere_door;
        }
        made.strays = std::move(elsewhere);
        return judge_not_shown_elsewhere(made).outcome();
    };
    EXPECT_EQ(redirected({}), Outcome::pass) << "it follows no redirect";
    EXPECT_EQ(redirected({asked(Came().hello().finished().request(401))}), Outcome::pass);
    EXPECT_EQ(redirected({asked(Came().hello().finished().request(401), &own)}), Outcome::warning);
    EXPECT_EQ(redirected({asked(Came().hello().finished()), asked(Came().hello().finished(), &own)}), Outcome::warning);
    EXPECT_EQ(redirected({asked(Came().hello().alert(48))}), Outcome::inconclusive)
        << "it went before it could show one";
    EXPECT_EQ(judge_not_shown_elsewhere(attempt({})).outcome(), Outcome::inconclusive);

    Attempt login = attempt({}, Claim::Kind::success);
    EXPECT_EQ(judge_not_shown_to_authority(login).outcome(), Outcome::inconclusive);
    login.authority = {asked(Came().hello().finished().request(200))};
    EXPECT_EQ(judge_not_shown_to_authority(login).outcome(), Outcome::pass);
    login.authority.push_back(asked(Came().hello().finished().request(200), &own));
    EXPECT_EQ(judge_not_shown_to_authority(login).outcome(), Outcome::warning);
}

TEST(ClientIdentityJudgement, ItsOwnForEachEnvironment) {
    const Certificate first = certificate("ledgerlink");
    const Certificate second = certificate("ledgerlink");
    const Certificate third = certificate("another");
    const auto judged = [&](std::vector<stage::Visit> visits, bool tells_it = true) {
        return judge_own_for_environment(attempt(std::move(visits), Claim::Kind::success), first.sha256_fingerprint(),
                                         second.sha256_fingerprint(), tells_it)
            .outcome();
    };
    const Came served = Came().hello().finished().request(200);
    EXPECT_EQ(judged({asked(served, &second)}), Outcome::pass);
    EXPECT_EQ(judged({asked(served, &first)}), Outcome::fail);
    EXPECT_EQ(judged({asked(served, &second), asked(served, &first)}), Outcome::fail) << "a second stack of it";
    EXPECT_EQ(judged({asked(served, &third)}), Outcome::fail);
    EXPECT_EQ(judged({asked(served, &first)}, false), Outcome::skipped) << "nothing told it of another";
    EXPECT_EQ(judged({asked(served, &third)}, false), Outcome::fail) << "which is neither of them";
    EXPECT_EQ(judged({asked(Came().hello().finished(), &second)}), Outcome::inconclusive);
    EXPECT_EQ(judged({asked(served)}), Outcome::inconclusive) << "client-identity.presented says so";
    EXPECT_EQ(judged({}), Outcome::inconclusive);
}

}  // namespace
}  // namespace gateproof::suites
