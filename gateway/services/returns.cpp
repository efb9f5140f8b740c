// The SOAP 1.2 services, on both channels: returns (what a return's state is, what is to be filed, filing it), and
// employment (who works for an employer).
#include <algorithm>
#include <array>

#include "gateway/services/answers.hpp"
#include "gateway/services/services.hpp"
#include "gateway/services/soap.hpp"
#include "gateway/services/soap_content.hpp"
#include "gateway/services/soap_faults.hpp"
#include "gateway/services/soap_rules.hpp"
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
    return (type.empty() && asked.service == SoapService::employment) || is_account_type_of(asked.service, type);
}

/// Forms that there is something to prepopulate for.
bool is_prepopulated(std::string_view form) {
    constexpr std::array<std::string_view, 3> forms{"GST", "EI2", "SOA"};
    return std::ranges::find(forms, form) != forms.end();
}

bool asks_for_description(const ServiceRequest& call) {
    const std::string query = lower_case(call.query);
    return call.request.method() == http::verb::get && (query == "wsdl" || query == "singlewsdl");
}

}  // namespace

Response Services::soap(const ServiceRequest& call, SoapService service) {
    if (asks_for_description(call)) {
        const auto host = call.request[http::field::host];
        const std::string_view target(call.request.target().data(), call.request.target().size());
        return text_answer(call.request, 200, "text/xml; charset=utf-8",
                           wsdl_of(service,
                                   "https://" + std::string(host.data(), host.size()) +
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
    if (call.caller.listener == ListenerRole::mock && ird == mock_refused_ird) {
        return nullptr;
    }
    const bool employer = asked.service == SoapService::employment && (by_id || !asked.account_type.empty());
    // An account's own number has its type in it.
    const std::size_t digits = ird.size();
    const std::string_view named = by_id && asked.identifier.size() > digits + 3
                                       ? std::string_view(asked.identifier).substr(digits, 3)
                                       : std::string_view(asked.account_type);
    const Account* const account = fixture_.account(ird, employer ? std::string_view("EMP")  //
                                                                  : fixture_account_type(named));
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
    SoapCall asked = read_soap_call(mended_by_faults(call.request.body(), faults_), service);
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
    const bool own_refused = asked.form == "GST" && faults_.has("gst-own-prepopulation-refused");
    if (asked.operation == "Prepop" && (!is_prepopulated(asked.form) || own_refused)) {
        return answer(SoapStatus::operation_not_for_form);
    }
    if (const SoapStatus status = status_by_rules(asked, faults_); status != SoapStatus::success) {
        return answer(status);
    }
    if (asked.files) {
        carried_out_ = service == SoapService::returns ? "return" : "employment";
    }
    const Account none;
    const Customer* const customer = account == nullptr ? nullptr : fixture_.customer(account->ird);
    std::optional<std::string> content =
        content_of(asked, account == nullptr ? none : *account, customer == nullptr ? 0 : customer->employees, faults_);
    if (!content) {
        return answer(SoapStatus::no_employees);
    }
    return answer(SoapStatus::success, shortened_by_faults(asked, std::move(*content), faults_));
}

}  // namespace gateproof::gateway
