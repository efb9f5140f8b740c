// What presets of services ask of the embedded gateway, row for row: a conforming gateway answers every row as its
// template expects, and each fault of a service changes the verdicts of the rows that are about it, and no others.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <map>
#include <nlohmann/json.hpp>
#include <ostream>
#include <set>
#include <tuple>

#include "gateway/gateway.hpp"
#include "harness/profile/init.hpp"
#include "harness/profile/read/load.hpp"
#include "harness/profile/read/service_preset.hpp"
#include "harness/run/runner.hpp"
#include "profiles/builtin.hpp"
#include "reports/formats/hand_in.hpp"
#include "suites/catalogue.hpp"

namespace gateproof::selfproof {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// Cases of rows by outcome: "gst-test-gst001".
using Rows = std::map<Outcome, std::set<std::string>>;

/// What presets of these services make, aimed at the gateway's listener for this environment.
LoadedProfile profile_for(const gateway::Gateway& gateway, Environment environment,
                          const std::vector<std::string>& services) {
    InitAnswers answers;
    answers.environment = environment;
    if (environment == Environment::mock) {
        answers.values = {{"individual", "027083307"},  {"organisation", "059637355"}, {"location", "1"},
                          {"client", "139122755"},      {"unlinked", "102210221"},     {"cst", "1512100301"},
                          {"company", "069096409"},     {"company_cst", "1512100301"}, {"list", "132243158"},
                          {"other_list", "1000000002"}, {"pie", "132243158"}};
        answers.values.insert({{"provider", "Gateproof"}, {"platform", "Embedded"}, {"key", "235067864"}});
        if (services.front() == "pie") {  // whose customers are not published
            answers.values.insert({{"own", "132243158"}, {"other", "102210221"}});
        }
    }
    for (const std::string& service : services) {
        for (const BuiltinProfile& one : builtin_services()) {
            if (one.name == service) {
                answers.services.push_back(*load_service_preset_text(one.text, service + ".json").preset);
            }
        }
    }
    const BuiltinProfile* base = find_builtin(init_template_name(environment, answers.channel));
    LoadOptions options;
    options.embedded = [&gateway](std::string_view text) {
        constexpr std::string_view scheme = "embedded:";
        return gateway.reference(text.starts_with(scheme) ? text.substr(scheme.size()) : text);
    };
    using Json = nlohmann::ordered_json;  // columns are handed in in their order
    Json made = Json::parse(init_profile(base->text, answers, "profile.schema.json"));
    if (environment == Environment::mock) {
        const Json ours = Json::parse(find_builtin("embedded-mock")->text);
        for (const char* const part : {"endpoint", "trust", "oauth", "limits"}) {
            made[part] = ours[part];
        }
        for (const char* const role : {"agent", "administrator", "restricted"}) {
            made["oauth"]["tokens"][role] = "embedded:cloud-agent.token";
        }
        // The mock may lack the status, and the gateway's does: as `gateproof init --control-path` has it.
        Json& control = made["operations"][made["control"].get<std::string>()];
        control["path"] = "/gateway/gws/returns/?wsdl";
        control["expect"] = {{"status", Json::array({200})}};
    }
    return load_profile_text(made.dump(), "made.json", ".", options);
}

RunRecord run_of(Environment environment, const std::vector<std::string>& services,
                 const std::vector<std::string>& faults) {
    gateway::Options options;
    options.faults = faults;
    const gateway::Gateway gateway(options);
    LoadedProfile loaded = profile_for(gateway, environment, services);
    EXPECT_TRUE(loaded.profile) << loaded.problems.front().text();
    std::vector<Profile> profiles;
    profiles.push_back(std::move(*loaded.profile));
    Plan plan = make_plan(suites::catalogue(), std::move(profiles), {});
    std::erase_if(plan.checks, [](const PlannedCheck& planned) { return planned.check->suite() != "scenario"; });
    JournalWriter journal;
    RunObserver observer;
    RunOptions run_options;
    run_options.seed = 1;
    run_options.secrets = std::move(loaded.secrets);
    return run(plan, suites::catalogue(), journal, run_options, observer);
}

Rows rows_of(const RunRecord& record) {
    Rows rows;
    for (const CheckRecord& check : record.checks) {
        rows[record.result_of(check).outcome].insert(check.case_name);
    }
    return rows;
}

TEST(ScenarioRows, AConformingGatewayAnswersEachAsItsTemplateExpects) {
    const Rows rows = rows_of(run_of(Environment::embedded, {"gst", "irv", "customer"}, {}));
    ASSERT_THAT(rows, SizeIs(1)) << "something is no pass";
    EXPECT_TRUE(rows.contains(Outcome::pass));
    EXPECT_EQ(std::ranges::count_if(rows.at(Outcome::pass), [](const auto& one) { return one.starts_with("gst-"); }),
              28);
}

std::ptrdiff_t rows_of_table(const std::set<std::string>& rows, std::string_view table) {
    return std::ranges::count_if(rows, [table](const auto& one) { return one.starts_with(table); });
}

/// Of payday filing, AIM and investment income: reads, and what is refused without anything being written.
TEST(ScenarioRows, AConformingGatewayAnswersThoseOfTheOtherReturnsToo) {
    const Rows rows =
        rows_of(run_of(Environment::embedded, {"employment-information", "employment", "aim", "iir"}, {}));
    ASSERT_THAT(rows, SizeIs(1)) << "something is no pass";
    const std::set<std::string>& passed = rows.at(Outcome::pass);
    EXPECT_EQ(rows_of_table(passed, "ei-"), 34);
    EXPECT_EQ(rows_of_table(passed, "es-es0"), 21);
    EXPECT_EQ(rows_of_table(passed, "es-v2-"), 2);
    EXPECT_EQ(rows_of_table(passed, "aim-"), 16);
    EXPECT_EQ(rows_of_table(passed, "iir-ips-"), 5);
}

TEST(ScenarioRows, TheMockAnswersThoseOfReturnsAsTheirTemplatesExpect) {
    for (const auto& [service, table, asked] :
         {std::tuple("gst", "gst-mock-", 24), std::tuple("pie", "pie-mock-", 9)}) {
        const Rows rows = rows_of(run_of(Environment::mock, {service}, {}));
        ASSERT_THAT(rows, SizeIs(1)) << "something is no pass";
        EXPECT_TRUE(rows.contains(Outcome::pass));
        EXPECT_EQ(rows_of_table(rows.at(Outcome::pass), table), asked);
    }
}

/// Presets whose rows the gateway's mock plays.
const std::vector<std::string>& services_of_mock() {
    static const std::vector<std::string> services{"customer",      "bill", "income", "document",
                                                   "notifications", "pir",  "tds"};
    return services;
}

/// Every row of the customer's and of the account's template is asked, with the numbers that the published mock has.
TEST(ScenarioRows, TheMockAnswersEachAsItsTemplateExpects) {
    const RunRecord record = run_of(Environment::mock, services_of_mock(), {});
    const Rows rows = rows_of(record);
    ASSERT_THAT(rows, SizeIs(1)) << "something is no pass";
    const std::set<std::string>& passed = rows.at(Outcome::pass);
    const auto of = [&](const char* table) {
        return std::ranges::count_if(passed, [&](const auto& one) { return one.starts_with(table); });
    };
    for (const auto& [table, most] :
         {std::pair("customer-mock-", 8), std::pair("account-mock-", 14), std::pair("name-mock-", 16),
          std::pair("bank-mock-", 13), std::pair("address-mock-", 28), std::pair("contact-mock-", 20),
          std::pair("bic-mock-", 23), std::pair("bill-mock-", 12), std::pair("income-", 8), std::pair("document-", 21),
          std::pair("notifications-", 16), std::pair("pir-", 7), std::pair("tds-realtime-emulator-", 19),
          std::pair("tds-reconciliation-emulator-", 23)}) {
        EXPECT_EQ(of(table), most) << table;
    }
    EXPECT_EQ(of("period-mock-"), 8) << "which account the rows about dates mean is not published";
    const std::string handed_in = reports::hand_in_report(record);
    EXPECT_THAT(handed_in, HasSubstr("ID,Operation,Scenario Description,Scenario Type,Applicable (Y / N),"
                                     "Exclusion Reason,Pass / Fail,Notes\r\nMOCK-CUST-001,Retrieve,"));
    std::size_t last = 0;
    for (const auto& [prefix, most] : {std::pair("MOCK-CUST-", 8), std::pair("MOCK-ACC-", 14)}) {
        for (int number = 1; number <= most; ++number) {
            const std::string id = fmt::format("{}{:03}", prefix, number);
            const std::size_t at = handed_in.find("\r\n" + id + ",", last);
            ASSERT_NE(at, std::string::npos) << id << " is not there, or not in its place";
            EXPECT_THAT(handed_in.substr(at + 2, handed_in.find("\r\n", at + 2) - at - 2),
                        AllOf(HasSubstr("Y,,Pass,"), HasSubstr("Asked by Gateproof: ")));
            last = at;
        }
    }
    EXPECT_THAT(handed_in, HasSubstr("MOCK-NAME-001,CREATE,preferred name by CST 1512100301,Success,Y,,Pass,"));
    EXPECT_THAT(handed_in, HasSubstr("MOCK-NAME-013,CREATE,as the template describes it,Failure,Y,,Not tested,"));
    EXPECT_THAT(handed_in, HasSubstr("so for each of name-create, name-update, name-delete"));
}

/// One answer is not a truth where it can be asked for again; a write is sent once.
TEST(ScenarioRows, AFailureIsSeenTwiceWhereTheOperationReads) {
    const RunRecord record =
        run_of(Environment::embedded, {"gst"}, {"gst-status-without-code", "gst-missing-token-called-invalid"});
    const auto sentence = [&record](const char* row) {
        const auto found = std::ranges::find(record.checks, row, &CheckRecord::case_name);
        return found == record.checks.end() ? std::string("not in the plan") : record.result_of(*found).sentence;
    };
    EXPECT_THAT(sentence("gst-test-gst021"), HasSubstr("so on two tries"));
    EXPECT_THAT(sentence("gst-test-gst005"), AllOf(HasSubstr("it is refused with"), testing::Not(HasSubstr("tries"))));
}

struct Broken {
    const char* fault;
    std::set<std::string> failed;
    std::set<std::string> undecided = {};  ///< refusals whose row to be served was not
    bool of_mock = false;                  ///< whatever the fault is called
};

/// The name of the test ends in it.
void PrintTo(const Broken& broken, std::ostream* out) {
    *out << broken.fault;
}

class ScenarioFault : public testing::TestWithParam<Broken> {};

/// The services whose rows the fault is about.
std::vector<std::string> services_of(const Broken& broken) {
    const std::string_view fault = broken.fault;
    for (const auto& [prefix, service] :
         {std::pair("ei-", "employment-information"), std::pair("es-", "employment"), std::pair("aim-", "aim"),
          std::pair("ips-", "iir"), std::pair("pie-", "pie"), std::pair("mock-gst-", "gst")}) {
        if (fault.starts_with(prefix)) {
            return {service};
        }
    }
    return broken.of_mock || fault.starts_with("mock-") ? services_of_mock() : std::vector<std::string>{"gst"};
}

TEST_P(ScenarioFault, ChangesTheRowsThatAreAboutIt) {
    const std::string_view fault = GetParam().fault;
    const bool of_mock = GetParam().of_mock || fault.starts_with("mock-") || fault.starts_with("pie-");
    Rows rows = rows_of(
        run_of(of_mock ? Environment::mock : Environment::embedded, services_of(GetParam()), {GetParam().fault}));
    std::set<std::string> failed;
    for (const std::string& one : rows[Outcome::fail]) {
        if (!one.starts_with("embedded-")) {  // the built-in profile's own examples
            failed.insert(one);
        }
    }
    EXPECT_EQ(failed, GetParam().failed);
    EXPECT_EQ(rows[Outcome::inconclusive], GetParam().undecided);
    EXPECT_THAT(rows[Outcome::error], IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Every, ScenarioFault,
    testing::Values(
        Broken{"gst-missing-token-called-invalid", {"gst-test-gst005"}},
        Broken{"gst-return-of-no-account-served", {"gst-test-gst014"}},
        Broken{"gst-prepopulation-of-unlinked-client-served", {"gst-test-gst031"}},
        Broken{"gst-obligations-refused-with-another-status", {"gst-test-gst019", "gst-test-gst020"}},
        Broken{"gst-status-without-code", {"gst-test-gst021", "gst-test-gst022"}},
        Broken{"gst-obligation-without-due-date", {"gst-test-gst015", "gst-test-gst016"}},
        Broken{"gst-own-prepopulation-refused",
               {"gst-test-gst027", "gst-test-gst028"},
               {"gst-test-gst029", "gst-test-gst030", "gst-test-gst031"}},
        Broken{"mock-unknown-number-called-forbidden",
               {"customer-mock-mock-cust-007", "account-mock-mock-acc-010", "period-mock-mock-period-007",
                "name-mock-mock-name-010", "bank-mock-mock-bank-009", "address-mock-mock-address-028",
                "contact-mock-mock-contact-013", "bic-mock-mock-bic-010", "bic-mock-mock-bic-011",
                "bic-mock-mock-bic-018", "bic-mock-mock-bic-019", "bill-mock-mock-bill-010", "document-doc013",
                "document-doc025", "tds-realtime-emulator-tds-fin-9", "tds-realtime-emulator-tds-tr-3",
                "tds-reconciliation-emulator-tds-sum-15", "tds-reconciliation-emulator-tds-tb-3"}},
        Broken{"mock-customer-without-name", {"customer-mock-mock-cust-001"}},
        Broken{"mock-account-list-with-202", {"account-mock-mock-acc-001", "account-mock-mock-acc-002"}},
        Broken{"mock-account-of-any-type-served",
               {"account-mock-mock-acc-009", "period-mock-mock-period-006", "bank-mock-mock-bank-005",
                "address-mock-mock-address-015", "contact-mock-mock-contact-009"}},
        Broken{"mock-period-of-any-date", {"period-mock-mock-period-009"}},
        Broken{"mock-unknown-member-taken", {"bill-mock-mock-bill-008"}},
        Broken{"mock-missing-member-taken",
               {"address-mock-mock-address-023",
                "address-mock-mock-address-025",
                "address-mock-mock-address-026",
                "address-mock-mock-address-027",
                "bic-mock-mock-bic-012",
                "bic-mock-mock-bic-013",
                "bic-mock-mock-bic-015",
                "bic-mock-mock-bic-020",
                "bic-mock-mock-bic-021",
                "bic-mock-mock-bic-024",
                "bill-mock-mock-bill-009",
                "income-ia-06",
                "document-doc006",
                "notifications-not-6",
                "tds-realtime-emulator-tds-fin-6",
                "tds-realtime-emulator-tds-fin-7",
                "tds-realtime-emulator-tds-fin-8",
                "tds-realtime-emulator-tds-tr-2",
                "tds-reconciliation-emulator-tds-sum-16",
                "tds-reconciliation-emulator-tds-sum-17",
                "tds-reconciliation-emulator-tds-sum-18",
                "tds-reconciliation-emulator-tds-tb-2"}},
        Broken{"mock-any-value-taken",
               {"name-mock-mock-name-014", "name-mock-mock-name-015", "bank-mock-mock-bank-011",
                "address-mock-mock-address-022", "address-mock-mock-address-024", "contact-mock-mock-contact-016",
                "bic-mock-mock-bic-009", "bic-mock-mock-bic-017", "document-doc007", "document-doc019",
                "document-doc020", "notifications-not-5"}},
        Broken{"mock-unsound-content-taken",
               {"bank-mock-mock-bank-006", "address-mock-mock-address-016", "address-mock-mock-address-017",
                "address-mock-mock-address-018", "address-mock-mock-address-019", "address-mock-mock-address-020",
                "contact-mock-mock-contact-011", "contact-mock-mock-contact-012", "contact-mock-mock-contact-019",
                "contact-mock-mock-contact-020", "contact-mock-mock-contact-021", "bic-mock-mock-bic-014",
                "bic-mock-mock-bic-023", "document-doc008", "document-doc009", "notifications-not-8",
                "notifications-not-9", "pir-pir-ob-013"}},
        Broken{"mock-empty-body-called-unreadable", {"bill-mock-mock-bill-006"}},
        Broken{"mock-record-of-another-served",
               {"name-mock-mock-name-011", "bank-mock-mock-bank-010", "address-mock-mock-address-029",
                "contact-mock-mock-contact-014", "bill-mock-mock-bill-005", "income-ia-05", "document-doc029"}},
        Broken{"mock-forbidden-with-another-status",
               {"name-mock-mock-name-011", "bank-mock-mock-bank-010", "address-mock-mock-address-029",
                "contact-mock-mock-contact-014", "bill-mock-mock-bill-005", "income-ia-05", "document-doc029"}},
        Broken{"mock-state-of-records-ignored",
               {"name-mock-mock-name-012a", "name-mock-mock-name-016", "bank-mock-mock-bank-007",
                "bank-mock-mock-bank-008", "bic-mock-mock-bic-022", "income-ia-08", "pir-pir-ob-006",
                "tds-realtime-emulator-tds-tr-4", "tds-reconciliation-emulator-tds-tb-4"}},
        Broken{"mock-number-of-the-new-missing",
               {"name-mock-mock-name-001", "name-mock-mock-name-002", "name-mock-mock-name-003",
                "address-mock-mock-address-001", "address-mock-mock-address-002", "address-mock-mock-address-003",
                "address-mock-mock-address-005", "address-mock-mock-address-006", "address-mock-mock-address-007",
                "address-mock-mock-address-008", "contact-mock-mock-contact-001", "contact-mock-mock-contact-002",
                "contact-mock-mock-contact-003", "contact-mock-mock-contact-006"}},
        Broken{"mock-list-in-no-order", {"income-ia-01", "income-ia-02"}},
        Broken{"any-check-digit-taken",
               {"customer-mock-mock-cust-005", "name-mock-mock-name-012", "address-mock-mock-address-021",
                "contact-mock-mock-contact-015", "bic-mock-mock-bic-008", "bic-mock-mock-bic-016"},
               {"income-ia-07"},
               true},
        Broken{"ei-other-version-served", {"ei-ei038"}},
        Broken{"ei-unfiled-called-forbidden", {"ei-ei035", "ei-ei043"}},
        Broken{"ei-any-form-taken", {"ei-ei009", "ei-ei026"}}, Broken{"ei-any-pay-day-taken", {"ei-ei010", "ei-ei027"}},
        Broken{"ei-employee-without-number-taken", {"ei-ei029"}},
        Broken{"ei-prepopulation-without-employees", {"ei-ei001", "ei-ei003", "ei-ei004", "ei-ei005", "ei-ei049"}},
        Broken{"es-missing-first-name-taken", {"es-es015", "es-es039"}},
        Broken{"es-unknown-employee-served", {"es-es051"}},
        Broken{"es-list-without-tax-codes", {"es-es059", "es-es060", "es-v2-es-v2-007", "es-v2-es-v2-008"}},
        Broken{"aim-prepopulation-of-unlinked-client-served", {"aim-aim050"}},
        Broken{"pie-any-period-taken", {"pie-mock-mock-pie-014"}},
        Broken{"ips-missing-token-called-invalid", {"iir-ips-ips1-73"}},
        Broken{"mock-gst-prepopulates-one-form",
               {"gst-mock-ems-gst025", "gst-mock-ems-gst026", "gst-mock-ems-gst027", "gst-mock-ems-gst028",
                "gst-mock-ems-gst029", "gst-mock-ems-gst030"}},
        Broken{"token-accepts-expired",
               {"gst-test-gst006", "gst-test-gst012", "gst-test-gst018", "gst-test-gst024", "gst-test-gst030"}},
        Broken{"any-nzbn-taken", {}}),
    [](const auto& parameter) {
        std::string name(parameter.param.fault);
        std::ranges::replace(name, '-', '_');
        return name;
    });

}  // namespace
}  // namespace gateproof::selfproof
