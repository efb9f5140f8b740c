// Checks of client software's TLS that need more than one scene and one look.
#pragma once

#include <string_view>
#include <vector>

#include "harness/model/check.hpp"
#include "suites/client/judge.hpp"

namespace gateproof::suites {

/// Each published cipher suite alone, and of each whether the client is served by it.
std::vector<ShownCase> published_suites();
ClientCheck served_by_suite();

/// What the ClientHello of a conforming attempt offers, for evidence and comparison.
ClientCheck survey_of_hello();

/// First flights of a server that a client must end, beside one that it goes along with.
ClientCheck refuses_ssl3();
ClientCheck unoffered_suite_refused();
ClientCheck downgrade_noticed();
ClientCheck unsolicited_extension_refused();
ClientCheck weak_group_refused();
/// Suites that it offers, each chosen by such a flight; one case for each kind of certificate.
std::vector<ShownCase> keys_of_weak_suites();
ClientCheck weak_suite_refused();

/// What a server does of its own accord behind the handshake, case by case: software has to be served all the same. A
/// case of ClientAct::stay is seen on one connection over several answers.
std::vector<ShownCase> tickets();
std::vector<ShownCase> key_updates();
ClientCheck goes_on(std::string_view what, std::vector<ShownCase> cases);

}  // namespace gateproof::suites
