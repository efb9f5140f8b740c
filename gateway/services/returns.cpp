// The SOAP 1.2 services, on both channels: returns (what a return's state is, what is to be filed, filing it), and
// employment (who works for an employer).
#include <algorithm>
#include <regex>

#include "gateway/fixture/ird_number.hpp"
#include "gateway/services/answers.hpp"
#include "gateway/services/services.hpp"
#include "gateway/services/soap.hpp"
#include "gateway/services/wsdl.hpp"
#include "gateway/text/encoding.hpp"

namespace gateproof::gateway {
namespace {

namespace http = boost::beast::http;

bool is_soap(const Request& request) {
    const auto type = request[http::field::content_type];
    const std::string_view text(type.data(), type.size());
    return lower_case(text.substr(0, text.find(';'))) == "application/soap+xml";
}

std::string element(std::string_view name, std::string_view value) {
    const std::string tag(name);
    return "<" + tag + ">" + markup_escaped(value) + "</" + tag + ">";
}

SoapStatus status_of(Denial denial) {
    switch (denial) {
        case Denial::no_token: return SoapStatus::missing_token;
        case Denial::out_of_scope: return SoapStatus::unauthorised_access;
        case Denial::other_vendor: return SoapStatus::unauthorised_vendor;
        default: return SoapStatus::authentication_failure;
    }
}

bool is_supported(const SoapCall& asked) {
    const std::string_view type = asked.account_type.empty() ? asked.form : asked.account_type;
    if (asked.service == SoapService::employment) {
        return type.empty() || type == "PSO" || type == "EMP";
    }
    return type == "INC" || type == "GST";
}

std::string prepared(const SoapCall& asked, const Account& account) {
    return R"(<responseBody xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance")"
           R"( xmlns:r="urn:www.ird.govt.nz/GWS:types/ReturnGST.v1" xsi:type="r:PrepopResponseBodyType">)" +
           element("r:accountId", account.id) + element("r:periodEndDate", asked.period) +
           R"(<r:filingFrequency code="GST2M1">Two monthly</r:filingFrequency><r:expectedMinorFormType>101A)"
           "</r:expectedMinorFormType></responseBody>";
}

std::string employment_content(std::string_view operation) {
    if (operation == "RetrieveList") {
        return "<responseBody><listResponse><employee>" + element("employeeIRD", "111111111") +
               element("employeeNameOnEILine", "Doe, Jan") + "</employee></listResponse></responseBody>";
    }
    return operation == "Event" ? "<responseBody><events><event>" + element("eventID", "1") + element("type", "CEASE") +
                                      "</event></events></responseBody>"
                                : "";
}

bool is_gst(const SoapCall& asked, std::string_view operation) {
    return asked.service == SoapService::returns && asked.form == "GST" && asked.operation == operation;
}

/// Of faults: what is answered instead of `status`, which is not that of a success.
SoapStatus refused_by_faults(const SoapCall& asked, SoapStatus status, const FaultSet& faults) {
    if (status == SoapStatus::missing_token && is_gst(asked, "File") &&
        faults.has("gst-missing-token-called-invalid")) {
        return SoapStatus::authentication_failure;
    }
    if (status == SoapStatus::unauthorised_delegation &&
        (faults.has("soap-delegation-error-of-another-code") ||
         (is_gst(asked, "RetrieveFilingObligations") && faults.has("gst-obligations-refused-with-another-status")))) {
        return SoapStatus::unauthorised_access;
    }
    return status;
}

/// Of faults: whether it is served although nobody may see this account, or it is none (null).
bool is_served_by_faults(const SoapCall& asked, const Account* account, const FaultSet& faults) {
    return account == nullptr ? is_gst(asked, "RetrieveReturn") && faults.has("gst-return-of-no-account-served")
                              : is_gst(asked, "Prepop") && faults.has("gst-prepopulation-of-unlinked-client-served");
}

/// Of faults: a success without the value that it is asked for.
std::string shortened_by_faults(const SoapCall& asked, std::string content, const FaultSet& faults) {
    std::string_view lost;
    if (is_gst(asked, "RetrieveFilingObligations") && faults.has("gst-obligation-without-due-date")) {
        lost = "<dueDate>2026-07-07</dueDate>";
    } else if (is_gst(asked, "RetrieveStatus") && faults.has("gst-status-without-code")) {
        lost = R"( code="SUB")";
    }
    const std::size_t at = lost.empty() ? std::string::npos : content.find(lost);
    return at == std::string::npos ? content : content.erase(at, lost.size());
}

/// What follows the status of a success: mostly the element responseBody.
std::string content_of(const SoapCall& asked, const Account& account, const char* submission_key) {
    if (asked.service == SoapService::employment) {
        return employment_content(asked.operation);
    }
    const std::string key = element("submissionKey", submission_key);
    if (asked.operation == "File") {
        return "<responseBody>" + element("gatewayId", "0000 002G M22W 9") + key + "</responseBody>";
    }
    if (asked.operation == "RetrieveReturn") {
        return "<responseBody><standardFields>" + element("isNilReturn", "true") + "</standardFields></responseBody>";
    }
    if (asked.operation == "RetrieveFilingObligations") {
        return "<responseBody><filingObligation>" + element("periodEndDate", "2026-03-31") +
               R"(<status code="NEW">New</status>)" + element("dueDate", "2026-07-07") +
               "</filingObligation></responseBody>";
    }
    if (asked.operation == "Prepop") {
        return prepared(asked, account);
    }
    const std::string status = R"(<status code="SUB">Submitted</status>)" + key;
    return asked.version == 1 ? "<responseBody>" + status + "</responseBody>"
                              : "<responseBody><returnStatus>" + status + "</returnStatus></responseBody>";
}

/// Of a fault: the version of the common types that a message is in is not looked at.
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

/// Of a fault: the order of the two elements is not looked at.
std::string with_provider_first(const std::string& body) {
    static const std::regex two(R"((<[\w:]*softwarePlatform>[^<]*</[\w:]*softwarePlatform>))"
                                R"((<[\w:]*softwareProvider>[^<]*</[\w:]*softwareProvider>))");
    return std::regex_replace(body, two, "$2$1");
}

/// Of faults: the number as requests have it, however it was written.
std::string number_mended(std::string identifier, const FaultSet& faults) {
    if (faults.has("soap-dashed-number-taken")) {
        identifier = without_dashes(identifier);
    }
    return faults.has("soap-short-number-padded") ? padded(identifier) : identifier;
}

bool asks_for_description(const ServiceRequest& call) {
    const std::string query = lower_case(call.query);
    return call.request.method() == http::verb::get && (query == "wsdl" || query == "singlewsdl");
}

}  // namespace

Response Services::soap(const ServiceRequest& call, SoapService service) {
    if (service == SoapService::returns && asks_for_description(call)) {
        const auto host = call.request[http::field::host];
        const std::string_view target(call.request.target().data(), call.request.target().size());
        return text_answer(call.request, 200, "text/xml; charset=utf-8",
                           returns_wsdl("https://" + std::string(host.data(), host.size()) +
                                            std::string(target.substr(0, target.find('?'))),
                                        faults_));
    }
    if (call.request.method() != http::verb::post) {
        return error_response(call.request, 405, "EV1100", "validation", "This service takes POST alone");
    }
    if (!is_soap(call.request)) {
        return error_response(call.request, 415, "EV1100", "validation", "This service takes application/soap+xml");
    }
    return answer_soap(call, service);
}

const Account* Services::account_asked_for(const ServiceRequest& call, const SoapCall& asked) const {
    const bool by_id = asked.identifier_type == "ACC";
    const std::string ird = asked.identifier.substr(0, asked.identifier.find_first_not_of("0123456789"));
    if ((call.caller.listener == ListenerRole::mock && ird == mock_refused_ird) ||
        validate_ird_number(ird) != IrdNumber::valid) {
        return nullptr;
    }
    const bool employer = asked.service == SoapService::employment && (by_id || !asked.account_type.empty());
    const Account* const account = fixture_.account(ird, employer ? std::string_view("EMP")
                                                         : by_id  ? asked.form
                                                                  : asked.account_type);
    return account != nullptr && by_id && account->id != asked.identifier ? nullptr : account;
}

Response Services::unreadable(const ServiceRequest& call, SoapService service) const {
    const bool taken = faults_.has("soap-unreadable-taken");
    if (taken || faults_.has("soap-unreadable-answered-in-xml")) {
        const SoapStatus status = taken ? SoapStatus::success : SoapStatus::unrecognised_xml;
        return soap_answer(call.request, {service, "Return", 2, {}, status, {}});
    }
    return text_answer(call.request, 400, "text/plain; charset=utf-8", "The request is no SOAP 1.2 envelope\n");
}

Response Services::answer_soap(const ServiceRequest& call, SoapService service) {
    const std::string& body = call.request.body();
    SoapCall asked = read_soap_call(faults_.has("soap-any-namespace-taken") ? with_known_version(body)
                                    : faults_.has("soap-any-order-taken")   ? with_provider_first(body)
                                                                            : body,
                                    service);
    asked.identifier = number_mended(asked.identifier, faults_);
    if (asked.fault == SoapStatus::unrecognised_xml && faults_.has("soap-unknown-operation-called-invalid")) {
        asked.fault = SoapStatus::failed_validation;
    }
    switch (asked.envelope) {
        case SoapCall::Envelope::no_soap: return unreadable(call, service);
        case SoapCall::Envelope::no_action:
            return addressing_fault(call.request, "MessageAddressingHeaderRequired", "The header has no Action");
        case SoapCall::Envelope::other_action:
            return addressing_fault(call.request, "ActionMismatch", "The body is of another operation than the Action");
        case SoapCall::Envelope::good: break;
    }
    const auto answer = [&](SoapStatus status, std::string content = {}) {
        const bool echoes = !faults_.has("soap-answer-without-action");
        return soap_answer(call.request, {service, asked.operation, asked.version,
                                          echoes ? std::string_view(asked.action) : std::string_view(), status,
                                          std::move(content), faults_.has("soap-status-in-another-order")});
    };
    if (asked.fault != SoapStatus::success && faults_.has("soap-schema-before-authentication")) {
        return answer(asked.fault);
    }
    const Authentication who = authenticate(call);
    if (who.denial != Denial::none) {
        return answer(refused_by_faults(asked, status_of(who.denial), faults_));
    }
    if (asked.fault != SoapStatus::success) {
        return answer(asked.fault);
    }
    const bool onboarded = asked.provider == onboarded_provider && asked.platform == onboarded_platform;
    if (!onboarded && !faults_.has("soap-any-platform-taken")) {
        return answer(SoapStatus::unauthorised_vendor);
    }
    if (!is_supported(asked)) {
        return answer(SoapStatus::unsupported_account_type);
    }
    const Account* const account = account_asked_for(call, asked);
    const bool permitted =
        account != nullptr && (asked.files ? permissions_.may_write(who.subject, account->ird, account->type)
                                           : permissions_.may_read(who.subject, account->ird, account->type));
    if (!permitted && !is_served_by_faults(asked, account, faults_)) {
        return answer(refused_by_faults(asked, SoapStatus::unauthorised_delegation, faults_));
    }
    if (asked.operation == "Prepop" && (asked.form != "GST" || faults_.has("gst-own-prepopulation-refused"))) {
        return answer(SoapStatus::operation_not_for_form);
    }
    if (asked.files) {
        carried_out_ = service == SoapService::returns ? "return" : "employment";
    }
    const Account none;
    const char* const key = faults_.has("soap-key-of-another-type") ? "235-067-864" : "235067864";
    std::string content = content_of(asked, account == nullptr ? none : *account, key);
    return answer(SoapStatus::success, shortened_by_faults(asked, std::move(content), faults_));
}

}  // namespace gateproof::gateway
