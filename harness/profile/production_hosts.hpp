// Production is known by its host and not by a word: a profile that calls itself "test" and names production is an
// error, because what may be sent hangs on that word.
#pragma once

#include <span>
#include <string_view>

#include "harness/profile/profile.hpp"
#include "harness/profile/reference.hpp"

namespace gateproof {

/// The hosts of production, in lower case, as the templates profiles/*-production.json name them.
std::span<const std::string_view> production_hosts();

/// The one of production_hosts() that `host` names, whatever its case and with or without the dot of the DNS root;
/// empty: it is none that is known. Addresses cannot be recognised.
std::string_view known_production_host(std::string_view host);

/// The same for the host of a URI of any scheme, with or without a user, a port or percent-encoding.
std::string_view known_production_host_of_uri(std::string_view uri);

/// What is wrong with `host`, a known production host, in this environment, and what to do.
std::string production_host_fault(std::string_view host, Environment environment);

/// Reports every place of the profile that names a known production host while its environment is another one: what
/// is dialled, what is told to servers as a name (SNI, Host), and redirect URIs. `profile` is what was read of `root`.
void report_production_hosts(const JsonField& root, const Profile& profile, Problems& problems);

}  // namespace gateproof
