// Answers that the local OpenSSL would never give, written byte by byte: what very old or broken servers say.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/faults/fault_set.hpp"
#include "gateway/tls/hello_view.hpp"

namespace gateproof::gateway {

/// The bytes that a fault answers this ClientHello with, after which the connection is closed; empty when no active
/// fault concerns it. `certificate` is the DER that an SSL 2 SERVER-HELLO carries.
std::optional<std::string> crafted_answer(const HelloView& hello, const FaultSet& faults, std::string_view certificate);

}  // namespace gateproof::gateway
