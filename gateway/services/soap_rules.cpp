#include "gateway/services/soap_rules.hpp"

#include <algorithm>
#include <array>

namespace gateproof::gateway {
namespace {

constexpr std::array<OwnQuestion, 2> own{{
    {"ReturnEI", "retrieveEIRequest", "payDayDate", "submissionKey"},
    {"ReturnAIM", "retrieveFormInfoRequest", "", "midYearEntry"},
}};

struct AccountType {
    SoapService service;
    std::string_view type;
    std::string_view of_fixture;
};
constexpr AccountType kinds_of_account[] = {
    {SoapService::returns, "GST", "GST"},    {SoapService::returns, "INC", "INC"},
    {SoapService::returns, "EMP", "EMP"},    {SoapService::returns, "PSO", "EMP"},
    {SoapService::returns, "AIL", "INC"},    {SoapService::returns, "DWT", "INC"},
    {SoapService::returns, "IPS", "INC"},    {SoapService::returns, "NRT", "INC"},
    {SoapService::returns, "PIE", "INC"},    {SoapService::returns, "RWT", "INC"},
    {SoapService::employment, "EMP", "EMP"}, {SoapService::employment, "PSO", "EMP"},
};

constexpr std::array<Employee, 3> known_employees{{
    {"111111111", "Doe, Jan", "M"},
    {"035901981", "Ngata, Aroha", "SA"},
    {"049091850", "Roe, Sam", "SA SL"},
}};

/// Days that employment information was filed for, those of the published mock among them.
constexpr std::string_view filed_days[] = {"2018-04-10", "2018-12-10", "2021-07-31", "2026-04-10"};
constexpr std::string_view day_of_version_1 = "2026-05-10";

bool is_of_version_1(const SoapCall& asked) {
    return asked.pay_day == day_of_version_1;
}
bool is_not_filed(const SoapCall& asked) {
    return !is_of_version_1(asked) && std::ranges::find(filed_days, asked.pay_day) == std::end(filed_days);
}
/// Portfolio investment entities have a tax year that ends in March.
bool is_no_year_of_pie(const SoapCall& asked) {
    return !asked.period.empty() && !asked.period.ends_with("-03-31");
}

struct Rule {
    std::string_view form;
    std::string_view operation;
    bool (*refuses)(const SoapCall& asked);
    SoapStatus status;
    FaultName fault;
    SoapStatus with_fault;  ///< success: it is not looked at
};
constexpr Rule rules[] = {
    {"EI2", "RetrieveReturn", is_of_version_1, SoapStatus::other_version, "ei-other-version-served",
     SoapStatus::success},
    {"EI2", "RetrieveReturn", is_not_filed, SoapStatus::no_return, "ei-unfiled-called-forbidden",
     SoapStatus::unauthorised_delegation},
    {"EI2", "RetrieveStatus", is_not_filed, SoapStatus::no_return, "ei-unfiled-called-forbidden",
     SoapStatus::unauthorised_delegation},
    {"PIE", "RetrieveReturn", is_no_year_of_pie, SoapStatus::invalid_period, "pie-any-period-taken",
     SoapStatus::success},
    {"PIE", "RetrieveStatus", is_no_year_of_pie, SoapStatus::invalid_period, "pie-any-period-taken",
     SoapStatus::success},
};

const AccountType* find_type(SoapService service, std::string_view type) {
    const auto* const found = std::ranges::find_if(
        kinds_of_account, [&](const AccountType& one) { return one.service == service && one.type == type; });
    return found == std::end(kinds_of_account) ? nullptr : found;
}

}  // namespace

std::span<const OwnQuestion> own_questions() {
    return own;
}

bool is_account_type_of(SoapService service, std::string_view type) {
    return find_type(service, type) != nullptr;
}

std::string_view fixture_account_type(std::string_view type) {
    const AccountType* const known = find_type(SoapService::returns, type);
    return known == nullptr ? type : known->of_fixture;
}

std::span<const Employee> employees(std::size_t count) {
    return std::span<const Employee>(known_employees).first(std::min(count, known_employees.size()));
}

SoapStatus status_by_rules(const SoapCall& asked, const FaultSet& faults) {
    for (const Rule& rule : rules) {
        const bool ours =
            asked.service == SoapService::returns && asked.form == rule.form && asked.operation == rule.operation;
        if (ours && rule.refuses(asked)) {
            return faults.has(rule.fault) ? rule.with_fault : rule.status;
        }
    }
    return SoapStatus::success;
}

}  // namespace gateproof::gateway
