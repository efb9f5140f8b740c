// Where a document of Inland Revenue bears no date of its own, its date is the state in which its public repositories
// and pages stood when they stopped: June 2024, the Access repository on the 18th.
#include "suites/documents.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace gateproof::suites {
namespace {

using Address = std::pair<std::string_view, std::string_view>;

constexpr std::string_view access_services = "https://github.com/InlandRevenue/Gateway_Services-Access";
constexpr std::string_view return_services =
    "https://github.com/InlandRevenue/Gateway_Services-Returns-and-Information";
constexpr std::string_view customer_services = "https://github.com/InlandRevenue/Gateway_Services-Customer-and-Account";
constexpr std::string_view communication = "https://github.com/InlandRevenue/Gateway_Services-Communication";
constexpr std::array addresses{
    Address{"SE",
            "https://www.ird.govt.nz/digital-service-providers/guides-and-docs/gws-architecture/service-endpoints"},
    Address{"SM",
            "https://www.ird.govt.nz/digital-service-providers/guides-and-docs/gws-architecture/security-measures"},
    Address{"IA", access_services},
    Address{"MS", access_services},
    Address{"OA", access_services},
    Address{"MJ", access_services},
    Address{"MA", access_services},
    Address{"MOD11", access_services},
    Address{"INTER", access_services},
    Address{"RET", return_services},
    Address{"EMP", return_services},
    Address{"XSD", return_services},
    Address{"CUS", customer_services},
    Address{"BILL", customer_services},
    Address{"INC", customer_services},
    Address{"IRV", customer_services},
    Address{"DOC", communication},
    Address{"NOT", communication},
    Address{"PIR", "https://github.com/InlandRevenue/Gateway_Services-Calculators"},
    Address{"TDS", "https://github.com/InlandRevenue/Gateway_Services-Transaction-data-services"},
    Address{"TR", "https://github.com/InlandRevenue"},
};

}  // namespace

std::vector<Document> documents() {
    const std::string_view ir = inland_revenue;
    return {
        {.id = "SE", .title = "Service endpoints", .publisher = ir, .date = "2021-04-28"},
        {.id = "SM", .title = "Security measures", .publisher = ir, .date = "2024-06"},
        {.id = "IA", .title = "Build pack Identity and Access", .publisher = ir, .date = "2024-06-18"},
        {.id = "MS", .title = "OAuth Message Samples", .publisher = ir, .date = "2024-06-18"},
        {.id = "OA", .title = "OAuth Authentication, How to Integrate", .publisher = ir, .date = "2024-06-18"},
        {.id = "MJ", .title = "M2M JWT Authentication, How to Integrate", .publisher = ir, .date = "2024-06-18"},
        {.id = "MA", .title = "Mutual Authentication and Cipher Support", .publisher = ir, .date = "2024-06-18"},
        {.id = "MOD11", .title = "IR Number Validation Modulus 11", .publisher = ir, .date = "2024-06-18"},
        {.id = "INTER", .title = "Build packs Intermediation", .publisher = ir, .date = "2024-06-18"},
        {.id = "RET", .title = "Build packs Returns and Information", .publisher = ir, .date = "2024-06"},
        {.id = "EMP", .title = "Build pack Employment v2", .publisher = ir, .date = "2023-11-28"},
        {.id = "XSD", .title = "Schema Common.v2", .publisher = ir, .date = "2023-03-10"},
        {.id = "CUS", .title = "Customer Services Suite", .publisher = ir, .date = "2024-06"},
        {.id = "BILL", .title = "Bill API", .publisher = ir, .date = "2022-08-22"},
        {.id = "INC", .title = "Income API", .publisher = ir, .date = "2024-03-16"},
        {.id = "IRV", .title = "IRD Number Validation API", .publisher = ir, .date = "2023-03-24"},
        {.id = "DOC", .title = "Document API", .publisher = ir, .date = "2023-11-22"},
        {.id = "NOT", .title = "Notifications API", .publisher = ir, .date = "2023-03-31"},
        {.id = "PIR", .title = "PIR Calculator API", .publisher = ir, .date = "2023-03-08"},
        {.id = "TDS", .title = "Transaction Data Services API", .publisher = ir, .date = "2023-12-01"},
        {.id = "TR", .title = "Test report templates", .publisher = ir, .date = "2024-06"},
        {.id = "RFC 1123", .date = "1989-10"},
        {.id = "RFC 5246", .date = "2008-08"},
        {.id = "RFC 5280", .date = "2008-05"},
        {.id = "RFC 5480", .date = "2009-03"},
        {.id = "RFC 5746", .date = "2010-02"},
        {.id = "RFC 6066", .date = "2011-01"},
        {.id = "RFC 6585", .date = "2012-04"},
        {.id = "RFC 6749", .date = "2012-10"},
        {.id = "RFC 6750", .date = "2012-10"},
        {.id = "RFC 6960", .date = "2013-06"},
        {.id = "RFC 7507", .date = "2015-04"},
        {.id = "RFC 7515", .date = "2015-05"},
        {.id = "RFC 7519", .date = "2015-05"},
        {.id = "RFC 7568", .date = "2015-06"},
        {.id = "RFC 7627", .date = "2015-09"},
        {.id = "RFC 7633", .date = "2015-10"},
        {.id = "RFC 7636", .date = "2015-09"},
        {.id = "RFC 7662", .date = "2015-10"},
        {.id = "RFC 7685", .date = "2015-10"},
        {.id = "RFC 8252", .date = "2017-10"},
        {.id = "RFC 8305", .date = "2017-12"},
        {.id = "RFC 8446", .date = "2018-08"},
        {.id = "RFC 8701", .date = "2020-01"},
        {.id = "RFC 8725", .date = "2020-02"},
        {.id = "RFC 8996", .date = "2021-03"},
        {.id = "RFC 9110", .date = "2022-06"},
        {.id = "RFC 9112", .date = "2022-06"},
        {.id = "RFC 9155", .date = "2021-12"},
        {.id = "RFC 9325", .date = "2022-11"},
        {.id = "RFC 9525", .date = "2023-11"},
        {.id = "RFC 9700", .date = "2025-01"},
        {.id = "CWE-204", .date = "2006-07-19"},
        {.id = "CWE-208", .date = "2006-07-19"},
        {.id = "CWE-400", .date = "2006-07-19"},
        {.id = "CWE-611", .date = "2007-05-07"},
    };
}

std::string address_of(std::string_view document) {
    if (document.starts_with("RFC ")) {
        return "https://www.rfc-editor.org/rfc/rfc" + std::string(document.substr(4));
    }
    if (document.starts_with("CWE-")) {
        return "https://cwe.mitre.org/data/definitions/" + std::string(document.substr(4)) + ".html";
    }
    const auto* const found = std::ranges::find(addresses, document, &Address::first);
    return found == addresses.end() ? std::string() : std::string(found->second);
}

}  // namespace gateproof::suites
