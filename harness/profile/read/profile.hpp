// The parts of a profile, each read from its object into its type.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/json/reader.hpp"
#include "harness/model/side.hpp"
#include "harness/profile/profile.hpp"
#include "harness/profile/reference.hpp"

namespace gateproof {

/// The whole profile. What it gives is only good when `references.problems()` has no error.
Profile read_profile(const JsonNode& root, References& references);

/// Whose software a profile is about, by its `side`; the gateway's where it says nothing.
Side read_side(const JsonNode& root, Problems& problems);
/// The same as read_profile, of a profile whose side is the client's.
Profile read_client_profile(const JsonNode& root, References& references);

/// What profiles of both sides begin with.
struct CommonFields {
    explicit CommonFields(ObjectReader& reader);

    JsonField schema;
    JsonField name;
    JsonField title;
    JsonField environment;
    JsonField channel;
};
void read_common(const CommonFields& fields, Problems& problems, Profile& profile);
/// `allow` into profile.allow_active and profile.allow_load.
void read_allow(const JsonField& field, Problems& problems, Profile& profile);

/// A URL of this scheme, literal or by reference; nothing when it was reported. Where references are not followed, a
/// placeholder stands for what one would lead to.
std::optional<Endpoint> read_url(const JsonField& field, References& references, std::string_view scheme,
                                 bool path_allowed);

/// `endpoint` into profile.endpoint and profile.plain_http, `desktop` into profile.desktop.
void read_endpoint(const JsonField& field, References& references, Profile& profile);
void read_desktop(const JsonField& field, References& references, Profile& profile);

void read_trust(const JsonField& field, References& references, Trust& trust);
void read_identities(const JsonField& field, References& references, Profile& profile);
/// `issuer`: an error where the environment is shared with others.
void read_issuer(const JsonField& field, References& references, Profile& profile);
void read_operations(const JsonField& field, References& references, std::map<std::string, Operation>& operations);
/// `schema` of an operation whose method and path are known.
std::optional<MessageSchema> read_message_schema(const JsonField& field, References& references,
                                                 const Operation& operation);
/// The name of an operation in `known`; empty when absent or reported. `operations` is the field that holds them: where
/// it is absent or empty, that is reported elsewhere and no name is judged.
std::string read_operation_name(const JsonField& field, const JsonField& operations, Problems& problems,
                                const std::map<std::string, Operation>& known);
/// `identity`: the operation that says whom the gateway takes us for, and where in its answer.
void read_identity_operation(const JsonField& field, const JsonField& operations, Problems& problems, Profile& profile);
void read_other_names(const JsonField& field, Problems& problems, std::vector<std::string>& names);
void read_identity_headers(const JsonField& field, Problems& problems, Profile& profile);
/// RFC 9110 5.1, 5.5: what may stand before and behind the colon.
bool is_header_value(std::string_view value);
/// A token of RFC 9110 5.6.2.
bool is_header_name(std::string_view name);
/// The key of `header` is a header's name, and none of `seen`, in lower case, to which it is added.
void judge_header_name(const JsonField& header, Problems& problems, std::set<std::string>& seen);
/// `oauth` into profile.authority.
void read_authority(const JsonField& field, References& references, Profile& profile);
/// A client certificate with its key, as `identities` holds them; null when absent or reported.
std::shared_ptr<const Identity> read_identity(const std::string& role, const JsonField& field, References& references);
/// Values for placeholders; those behind references are secrets.
Placeholders read_placeholders(const JsonField& field, References& references);
/// Reports, at `field`, placeholders of the operation without a value and values without a place.
void match_placeholders(const JsonField& field, const Placeholders& values, const Operation& operation,
                        Problems& problems);
void report_unknown_operation(const JsonField& field, const std::string& name, Problems& problems,
                              const std::map<std::string, Operation>& known);
/// As read_operation_name, where no operations at all are reported elsewhere.
std::string read_known_operation(const JsonField& field, Problems& problems,
                                 const std::map<std::string, Operation>& known);
/// `m2m` into profile.machine.
void read_machine(const JsonField& field, References& references, Profile& profile);
/// `permissions.errors` into permissions.errors.
void read_permission_errors(const JsonField& field, Problems& problems, Permissions& permissions);
/// `permissions.cases` into profile.permissions.
void read_permission_case(const JsonField& field, References& references, Profile& profile);
/// `scenarios` into profile.scenarios.
void read_scenarios(const JsonField& field, References& references, Profile& profile);
/// `timeouts` into profile.timing.
void read_timing(const JsonField& field, References& references, Profile& profile);
/// `throttle`, one limit or a list of one of each kind, into profile.throttle and profile.concurrency.
void read_throttle_limits(const JsonField& field, const JsonField& operations, References& references,
                          Profile& profile);
/// `endpoint.proxy`: what all connections of a run go through; null when absent or reported.
std::shared_ptr<const VantagePoint> read_run_proxy(const JsonField& field, References& references);
/// `vantage_points` into profile.vantage_points.
void read_vantage_point(const JsonField& field, References& references, Profile& profile);
/// `client_certificate` into profile.client_certificate: as published where the profile says nothing.
void read_client_certificate(const JsonField& field, References& references, Profile& profile);
/// The names of certificate authorities in a list.
std::vector<std::string> read_organisations(const JsonField& field, References& references);
/// `rotation` into profile.rotation.
void read_rotation(const JsonField& field, References& references, Profile& profile);
/// How long something may take to become true; zero: it is judged at first sight.
void read_within(const JsonField& field, Problems& problems, std::chrono::milliseconds& within);
/// `record` into profile.record and profile.valid_days.
void read_record(const JsonField& field, Problems& problems, Profile& profile);
void read_limits(const JsonField& field, Problems& problems, Limits& limits);
void read_tls(const JsonField& field, Problems& problems, TlsExpectations& tls);

}  // namespace gateproof
