// What checks need of a profile, each said in one place: a check names what it needs and the plan asks.
#pragma once

#include <functional>
#include <string_view>

#include "harness/model/check.hpp"

namespace gateproof::suites {

/// What `enough` says of a profile; `lack` is the reason where it does not. Both texts are literals.
Need need(std::string_view name, std::string_view lack, std::function<bool(const Profile&)> enough);

/// identities.enrolled
Need enrolled_identity();
/// identities.second
Need second_identity();
/// issuer: a test CA that issues what must be refused
Need issuer();
/// identity.operation: an answer that says whom the gateway takes us for
Need identity_operation();
/// A role that the profile fills, or an issuer that can issue it.
Need unenrolled_identity();
Need expired_identity();
Need not_yet_valid_identity();
Need wrong_eku_identity();
/// Nobody can make a revoked one on the fly.
Need revoked_identity();
Need other_environment_identity();
/// not_entitled: an operation that the enrolled identity must be refused
Need not_entitled_operation();
/// A CA to judge the server's chain by; always there unless trust is "none".
Need server_trust();

/// What the mock environment does not have, as published by June 2024 (Identity and Access, mock services), as
/// Check::mock_lacks says it.
inline constexpr std::string_view no_delegations =
    "it knows no delegations and refuses chosen numbers, so whom it refuses says nothing";
inline constexpr std::string_view no_checks_of_machine_tokens =
    "it checks neither signature nor sub nor iss of a JWT, and what else it checks is not published";
inline constexpr std::string_view no_client_certificates = "it knows no client certificates";
inline constexpr std::string_view no_status = "it may lack the status of a service";
inline constexpr std::string_view no_consent_page = "it shows no consent page to refuse on";

}  // namespace gateproof::suites
