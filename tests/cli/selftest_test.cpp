// gateproof selftest: the matrix as people and programs read it. The whole matrix is the label selfproof's.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/cli/command.hpp"

namespace gateproof::test {
namespace {

using testing::HasSubstr;

TEST(Selftest, ProvesAFaultInWords) {
    const Finished finished = gateproof({"selftest", "--fault", "accepts-tls-1.1"});
    EXPECT_EQ(finished.status, 0) << finished.out << finished.err;
    EXPECT_THAT(finished.out, HasSubstr("proved    accepts-tls-1.1"));
    EXPECT_THAT(finished.out, HasSubstr("embedded-cloud tls.refuses-1.1"));
    EXPECT_THAT(finished.out, HasSubstr("1 of 1 faults proved; conforming gateway passes"));
}

TEST(Selftest, ProvesAFaultOfClientSoftware) {
    const Finished finished = gateproof({"selftest", "--side", "client", "--fault", "host-without-port", "--json"});
    EXPECT_EQ(finished.status, 0) << finished.out << finished.err;
    const nlohmann::json matrix = nlohmann::json::parse(finished.out);
    EXPECT_TRUE(matrix.at("proved").get<bool>());
    ASSERT_EQ(matrix.at("faults").size(), 1U);
    EXPECT_EQ(matrix.at("faults").at(0).at("fault"), "host-without-port");
    EXPECT_THAT(matrix.at("faults").at(0).at("caught"),
                testing::Contains("embedded-client-cloud client-reach.host-field"));
}

TEST(Selftest, OfClientSoftwareItRefusesWhatIsOfGateways) {
    const Finished unknown = gateproof({"selftest", "--side", "client", "--fault", "accepts-tls-1.1"});
    EXPECT_EQ(unknown.status, 2);
    EXPECT_THAT(unknown.err, HasSubstr("gateproof list --faults --side client"));
    EXPECT_EQ(gateproof({"selftest", "--side", "client", "--html"}).status, 2);
}

TEST(Selftest, ProvesAFaultInJson) {
    const Finished finished = gateproof({"selftest", "--fault", "wrong-host-name", "--json"});
    EXPECT_EQ(finished.status, 0) << finished.err;
    const nlohmann::json matrix = nlohmann::json::parse(finished.out);
    EXPECT_TRUE(matrix.at("proved").get<bool>());
    ASSERT_EQ(matrix.at("faults").size(), 1U);
    EXPECT_EQ(matrix.at("faults").at(0).at("fault"), "wrong-host-name");
    EXPECT_EQ(matrix.at("faults").at(0).at("caught").at(0), "embedded-cloud server.hostname");
}

nlohmann::json matrix_of(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"selftest", "--json", "--fault"});
    const Finished finished = gateproof(arguments);
    EXPECT_EQ(finished.status, 0) << finished.err;
    return nlohmann::json::parse(finished.out);
}

TEST(Selftest, FaultsThatNoSuiteNoticesTwoOfShareAGateway) {
    const nlohmann::json shared = matrix_of({"*-accepts-expired"});
    EXPECT_EQ(shared.at("gateways"), 2) << "the conforming one, and one for a fault of permission and one of m2m";
    EXPECT_EQ(matrix_of({"*-accepts-expired", "--alone"}).at("gateways"), 3);
    EXPECT_EQ(matrix_of({"*-missing"}).at("gateways"), 3) << "two of the three are for oauth to notice";
    ASSERT_EQ(shared.at("faults").size(), 2U);
    const nlohmann::json& machine = shared.at("faults").at(0);
    ASSERT_EQ(machine.at("fault"), "m2m-accepts-expired");
    EXPECT_EQ(machine.at("outcomes").at("embedded-cloud").at("permission.expired-token[own-customer]"), "pass")
        << "the other fault's doing is not in this one's row";
    EXPECT_EQ(
        shared.at("faults").at(1).at("outcomes").at("embedded-cloud").at("permission.expired-token[own-customer]"),
        "fail");
}

TEST(Selftest, TheMatrixHoldsEveryOutcome) {
    const Finished finished = gateproof({"selftest", "--fault", "accepts-tls-1.1", "--json"});
    ASSERT_EQ(finished.status, 0) << finished.err;
    const nlohmann::json matrix = nlohmann::json::parse(finished.out);
    const nlohmann::json& outcomes = matrix.at("faults").at(0).at("outcomes");
    EXPECT_EQ(outcomes.size(), 4U) << "cloud, desktop, mock, production";
    EXPECT_EQ(outcomes.at("embedded-desktop").at("tls.refuses-1.1"), "fail");
    EXPECT_EQ(outcomes.at("embedded-desktop").at("tls.refuses-1.0"), "pass");
    EXPECT_EQ(matrix.at("conforming").at("outcomes").at("embedded-desktop").at("tls.refuses-1.1"), "pass");
}

TEST(Selftest, APageShowsTheMatrix) {
    const Finished finished = gateproof({"selftest", "--fault", "accepts-tls-1.1", "--html"});
    ASSERT_EQ(finished.status, 0) << finished.err;
    EXPECT_THAT(finished.out, HasSubstr("1 of 1 faults proved"));
    EXPECT_THAT(finished.out, HasSubstr("<td class=\"caught\" title=\"tls.refuses-1.1\">c d m</td>"));
    EXPECT_THAT(finished.out, testing::Not(HasSubstr("class=\"wrong\" title")));
    EXPECT_THAT(gateproof({"selftest", "--fault", "accepts-tls-1.1", "--markdown"}).out,
                HasSubstr("1 of 1 faults proved; the conforming gateway passes every check."));
}

TEST(Selftest, AGlobThatMatchesNoFaultIsUnusable) {
    const Finished finished = gateproof({"selftest", "--fault", "accept-everything"});
    EXPECT_EQ(finished.status, 2);
    EXPECT_THAT(finished.err, HasSubstr("list --faults"));
}

}  // namespace
}  // namespace gateproof::test
