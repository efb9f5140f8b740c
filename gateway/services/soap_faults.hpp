// Faults of the SOAP services: what is taken, refused and left out against the documents.
#pragma once

#include <string>

#include "gateway/faults/fault_set.hpp"
#include "gateway/fixture/fixture.hpp"
#include "gateway/services/soap.hpp"

namespace gateproof::gateway {

/// The message as a gateway reads it that does not look at what the fault is about.
std::string mended_by_faults(const std::string& body, const FaultSet& faults);
/// The number as requests have it, however it was written.
std::string number_mended(std::string identifier, const FaultSet& faults);
/// What is answered instead of `status`, which is not that of a success.
SoapStatus refused_by_faults(const SoapCall& asked, SoapStatus status, const FaultSet& faults);
/// Whether it is served although nobody may see this account, or it is none (null).
bool is_served_by_faults(const SoapCall& asked, const Account* account, const FaultSet& faults);
/// A success without the value that it is asked for.
std::string shortened_by_faults(const SoapCall& asked, std::string content, const FaultSet& faults);

}  // namespace gateproof::gateway
