#include "gateway/services/soap_faults.hpp"

#include <algorithm>
#include <iterator>
#include <regex>
#include <string_view>

#include "gateway/fixture/ird_number.hpp"

namespace gateproof::gateway {
namespace {

bool is_of_form(const SoapCall& asked, std::string_view form, std::string_view operation) {
    return asked.service == SoapService::returns && asked.form == form && asked.operation == operation;
}

/// The version of the common types that a message is in is not looked at.
std::string with_known_version(std::string body) {
    constexpr std::string_view name = "GWS:types/Common.v";
    const char* const version = body.find("GWS:types/ReturnCommon.v1") != std::string::npos ? "1" : "2";
    for (std::size_t at = body.find(name); at != std::string::npos; at = body.find(name, at + name.size())) {
        const std::size_t begin = at + name.size();
        const std::size_t end = std::min(body.find_first_not_of("0123456789", begin), body.size());
        body.replace(begin, end - begin, version);
    }
    return body;
}

struct Mending {
    FaultName fault;
    const char* found;
    const char* instead;
};
/// What such a gateway does not look at is as the schema has it.
constexpr Mending mendings[] = {
    {"soap-any-order-taken",
     R"((<[\w:]*softwarePlatform>[^<]*</[\w:]*softwarePlatform>)(<[\w:]*softwareProvider>[^<]*</[\w:]*softwareProvider>))",
     "$2$1"},
    {"ei-any-form-taken", R"((<(?:\w+:)?majorFormType>EI2)[^<]+)", "$1"},
    {"ei-any-pay-day-taken", R"((<(?:\w+:)?payDayDate>)[a-z][^<]*)", "$012026-04-10"},
    {"ei-employee-without-number-taken", R"(<(\w+:)?employee><(\w+:)?employeeName>)",
     "<$1employee><$1irdNumber>111111111</$1irdNumber><$2employeeName>"},
    {"es-missing-first-name-taken", R"(<(\w+:)?employeeName><(\w+:)?nameSurname>)",
     "<$1employeeName><$1nameFirst>Jan</$1nameFirst><$2nameSurname>"},
};

/// A part of a success that gets lost.
struct Loss {
    FaultName fault;
    SoapService service;
    std::string_view form;
    std::string_view operation;
    const char* lost;
};
constexpr Loss losses[] = {
    {"gst-obligation-without-due-date", SoapService::returns, "GST", "RetrieveFilingObligations",
     "<dueDate>[^<]*</dueDate>"},
    {"gst-status-without-code", SoapService::returns, "GST", "RetrieveStatus", R"( code="SUB")"},
    {"ei-prepopulation-without-employees", SoapService::returns, "EI2", "Prepop", "<r:employee>.*?</r:employee>"},
    {"es-list-without-tax-codes", SoapService::employment, "", "RetrieveList", "<taxCodes>.*?</taxCodes>"},
};

}  // namespace

std::string mended_by_faults(const std::string& body, const FaultSet& faults) {
    if (faults.has("soap-any-namespace-taken")) {
        return with_known_version(body);
    }
    for (const Mending& one : mendings) {
        if (faults.has(one.fault)) {
            return std::regex_replace(body, std::regex(one.found), one.instead);
        }
    }
    return body;
}

std::string number_mended(std::string identifier, const FaultSet& faults) {
    if (faults.has("soap-dashed-number-taken")) {
        identifier = without_dashes(identifier);
    }
    return faults.has("soap-short-number-padded") ? padded(identifier) : identifier;
}

SoapStatus refused_by_faults(const SoapCall& asked, SoapStatus status, const FaultSet& faults) {
    if (status == SoapStatus::missing_token &&
        ((is_of_form(asked, "GST", "File") && faults.has("gst-missing-token-called-invalid")) ||
         (is_of_form(asked, "IPS", "File") && faults.has("ips-missing-token-called-invalid")))) {
        return SoapStatus::authentication_failure;
    }
    if (status == SoapStatus::unauthorised_delegation &&
        (faults.has("soap-delegation-error-of-another-code") ||
         (is_of_form(asked, "GST", "RetrieveFilingObligations") &&
          faults.has("gst-obligations-refused-with-another-status")))) {
        return SoapStatus::unauthorised_access;
    }
    return status;
}

bool is_served_by_faults(const SoapCall& asked, const Account* account, const FaultSet& faults) {
    if (account == nullptr) {
        return is_of_form(asked, "GST", "RetrieveReturn") && faults.has("gst-return-of-no-account-served");
    }
    return (is_of_form(asked, "GST", "Prepop") && faults.has("gst-prepopulation-of-unlinked-client-served")) ||
           (is_of_form(asked, "SOA", "Prepop") && faults.has("aim-prepopulation-of-unlinked-client-served"));
}

std::string shortened_by_faults(const SoapCall& asked, std::string content, const FaultSet& faults) {
    const auto* const loss = std::ranges::find_if(losses, [&](const Loss& one) {
        return faults.has(one.fault) && asked.service == one.service && asked.form == one.form &&
               asked.operation == one.operation;
    });
    return loss == std::end(losses) ? content : std::regex_replace(content, std::regex(loss->lost), "");
}

}  // namespace gateproof::gateway
