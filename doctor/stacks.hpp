// How client software learns whom to trust, by what it is made of.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace gateproof::doctor {

/// What to do so that software started by these words trusts the test PKI. `set`: the variables that Gateproof sets for
/// it (TestPki::environment); `overridden`: those that the profile sets itself (client.variables).
std::string how_to_trust(const std::vector<std::string>& words, const std::map<std::string, std::string>& set,
                         const std::map<std::string, std::string>& overridden);

/// The name of the variable by which the stack of that program finds its roots ("NODE_EXTRA_CA_CERTS" of node); empty:
/// the program tells nothing of its stack, or its stack reads none.
std::string trust_variable_of(const std::vector<std::string>& words);

}  // namespace gateproof::doctor
