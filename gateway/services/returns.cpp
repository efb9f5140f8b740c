// The returns service, over SOAP 1.2: the status of a return, and filing one.
#include "gateway/fixture/ird_number.hpp"
#include "gateway/services/answers.hpp"
#include "gateway/services/services.hpp"
#include "gateway/services/soap.hpp"
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

bool is_supported(std::string_view account_type) {
    return account_type == "INC" || account_type == "GST";
}

}  // namespace

Response Services::returns(const ServiceRequest& call) {
    if (call.request.method() != http::verb::post) {
        return error_response(call.request, 405, "EV1100", "validation", "This service takes POST alone");
    }
    if (!is_soap(call.request)) {
        return error_response(call.request, 415, "EV1100", "validation", "This service takes application/soap+xml");
    }
    const SoapCall asked = read_soap_call(call.request.body());
    const std::string operation = asked.operation.empty() ? "Returns" : asked.operation;
    const auto answer = [&](SoapStatus status) {
        return soap_answer(call.request, operation, status, message_of(status));
    };
    const Authentication who = authenticate(call);
    if (who.denial != Denial::none) {
        return answer(status_of(who.denial));
    }
    if (asked.fault != SoapStatus::success) {
        return answer(asked.fault);
    }
    if (validate_ird_number(asked.ird) != IrdNumber::valid) {
        return answer(SoapStatus::invalid_ird_number);
    }
    if (!is_supported(asked.account_type)) {
        return answer(SoapStatus::unsupported_account_type);
    }
    const bool files = asked.operation == "FileReturn";
    const Account* const account = fixture_.account(asked.ird, asked.account_type);
    const bool permitted = files ? permissions_.may_write(who.subject, asked.ird, asked.account_type)
                                 : permissions_.may_read(who.subject, asked.ird, asked.account_type);
    if (account == nullptr || !permitted) {
        return answer(faults_.has("soap-delegation-error-of-another-code") ? SoapStatus::unauthorised_access
                                                                           : SoapStatus::unauthorised_delegation);
    }
    std::string content = element("identifier", asked.ird) + element("accountType", asked.account_type) +
                          element("accountId", account->id) + element("periodEndDate", asked.period);
    content += files ? element("income", asked.income) + element("returnStatus", "FILED")
                     : element("returnStatus", "EXPECTED");
    return soap_answer(call.request, operation, SoapStatus::success, {}, content);
}

}  // namespace gateproof::gateway
