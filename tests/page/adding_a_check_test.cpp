// What docs/adding-a-check.md adds is a check that passes, a fault that it catches, and nothing that disturbs others.
#include <gmock/gmock.h>

#include "selfproof/client_matrix.hpp"
#include "selfproof/matrix.hpp"
#include "suites/catalogue.hpp"

namespace gateproof::selfproof {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

void expect_check(std::string_view id) {
    const Check* const check = suites::catalogue().check(id);
    ASSERT_NE(check, nullptr) << id;
    for (const Bearing& bearing : check->requirements) {
        EXPECT_NE(suites::catalogue().requirement(bearing.requirement), nullptr) << bearing.requirement;
    }
}

TEST(AddingACheck, ThePageAddsACheckThatItsFaultProves) {
    expect_check("port.trace-refused");
    ASSERT_NE(gateway::find_fault("answers-trace"), nullptr);
    ProveOptions options;
    options.chosen = [](const gateway::Fault& fault) { return fault.name == "answers-trace"; };
    const Matrix matrix = prove(options);
    EXPECT_THAT(matrix.conforming.disturbed, IsEmpty());
    EXPECT_THAT(matrix.unproved, Not(Contains("port.trace-refused")));
    ASSERT_THAT(matrix.faults, SizeIs(1));
    EXPECT_THAT(matrix.faults.front().caught, Contains("embedded-cloud port.trace-refused"));
    EXPECT_THAT(matrix.faults.front().missed, IsEmpty());
    EXPECT_THAT(matrix.faults.front().disturbed, IsEmpty());
}

TEST(AddingACheck, ThePageAddsACheckOfClientsThatItsFaultProves) {
    expect_check("client-reach.accept");
    const ClientMatrix matrix =
        prove_clients({.chosen = [](const client::Fault& fault) { return fault.name == "says-no-accept"; }});
    EXPECT_THAT(matrix.conforming.disturbed, IsEmpty());
    EXPECT_THAT(passing_nowhere(matrix.conforming.cells, Side::client), IsEmpty());
    EXPECT_THAT(matrix.unproved, Not(Contains("client-reach.accept")));
    ASSERT_THAT(matrix.faults, SizeIs(1));
    EXPECT_THAT(matrix.faults.front().caught,
                testing::UnorderedElementsAre("embedded-client-cloud client-reach.accept",
                                              "embedded-client-desktop client-reach.accept"));
    EXPECT_THAT(matrix.faults.front().missed, IsEmpty());
    EXPECT_THAT(matrix.faults.front().disturbed, IsEmpty());
}

}  // namespace
}  // namespace gateproof::selfproof
