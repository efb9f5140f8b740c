// What the SOAP services know of single forms, as tables: the accounts that they are filed for, payloads of their own,
// and what is refused of those who may ask.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "gateway/faults/fault_set.hpp"
#include "gateway/services/soap.hpp"

namespace gateproof::gateway {

/// A read that a form has in its own namespace, instead of retrieveFormInfoRequest of ReturnCommon: the same elements,
/// and some behind them.
struct OwnQuestion {
    std::string_view types;     ///< "ReturnEI", in version 2
    std::string_view payload;   ///< "retrieveEIRequest"
    std::string_view day;       ///< an element that must follow, a date; empty: none must
    std::string_view may_have;  ///< an element that may follow that
};
std::span<const OwnQuestion> own_questions();

/// Whether a header may name accounts of this type, of this service.
bool is_account_type_of(SoapService service, std::string_view type);
/// The type of the fixture's account that stands for accounts of this type: "EMP" for "PSO". Investment income stands
/// with income tax.
std::string_view fixture_account_type(std::string_view type);

/// Somebody who works for an employer of the fixture.
struct Employee {
    std::string_view ird;
    std::string_view name;
    std::string_view tax_code;
};
/// The first `count` of those whom the embedded gateway knows.
std::span<const Employee> employees(std::size_t count);

/// What such a request is refused with although who asks may ask and the schema has the message: nothing is filed for
/// that day, it was filed under version 1 of the service, the form has no such
/// period. Success: it is not refused.
SoapStatus status_by_rules(const SoapCall& asked, const FaultSet& faults);

}  // namespace gateproof::gateway
