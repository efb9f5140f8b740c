// What the user knows about an endpoint, read strictly into types before anything is sent.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/identity/identity.hpp"
#include "harness/model/record_details.hpp"
#include "harness/model/requirement.hpp"
#include "harness/model/side.hpp"
#include "harness/profile/authority.hpp"
#include "harness/profile/client.hpp"
#include "harness/profile/client_certificate.hpp"
#include "harness/profile/endpoint.hpp"
#include "harness/profile/machine.hpp"
#include "harness/profile/message_schema.hpp"
#include "harness/profile/permission_case.hpp"
#include "harness/profile/reading.hpp"
#include "harness/profile/rotation.hpp"
#include "harness/profile/scenarios.hpp"
#include "harness/profile/throttle_limits.hpp"
#include "harness/profile/timing.hpp"
#include "harness/profile/vantage_point.hpp"

namespace gateproof {

/// How to learn afterwards whether a write was carried out whose answer was cut.
struct StatusQuery {
    std::string operation;        ///< key of Profile::operations; its placeholders stand for the write's own values
    std::string carried_out;      ///< what a successful answer to it contains where the write was carried out
    std::string not_carried_out;  ///< what an answer to it contains where it was not
};

/// A documented request and how a served one looks.
struct Operation {
    std::string name;  ///< key in `operations`
    std::string method = "GET";
    std::string path;  ///< begins with '/'
    std::map<std::string, std::string> headers;
    std::string body;
    std::vector<int> expect_status{200};
    std::string expect_body_contains;        ///< empty: any body
    bool reads = false;                      ///< changes nothing although it is no GET and no HEAD
    bool refers = false;                     ///< a header or the body stands behind a reference (env:, file:)
    std::optional<StatusQuery> status = {};  ///< of a write alone
    /// Of one that takes a document: how many bytes that may have before it is written in base64.
    std::int64_t most_document_bytes = 9'000'000;
    std::optional<MessageSchema> schema = {};  ///< what its answers are judged by; empty: nothing

    /// Something in it is for the server alone: a referred header or body, or a credential.
    [[nodiscard]] bool carries_secret() const;
};

/// The header says who its sender is (RFC 9110 11.6, RFC 6265), whatever its value: "Authorization", "Cookie" ...
bool is_credential(std::string_view header);

/// Politeness towards the endpoint (caps), and deadlines. Zero means no cap where a cap is meant.
struct Limits {
    double connections_per_second = 20;  ///< new connections, averaged over a second
    int concurrent_connections = 8;      ///< open at once
    /// Open at once beside those, and idle: connections that a timeout check keeps waiting for most of a minute. They
    /// have an allowance of their own, so that they neither hold up the other checks nor add up.
    int idle_connections = 16;
    /// How often what must be refused is tried, where one refusal is not enough; what was cut is tried more often.
    int repeat = 3;
    std::int64_t requests = 5000;  ///< connections plus requests in a whole run of this target
    std::chrono::milliseconds connect_timeout{5000};
    std::chrono::milliseconds probe_timeout{10000};   ///< one exchange: connect, send, answer
    std::chrono::milliseconds check_deadline{60000};  ///< one check, waits for politeness not counted
    /// How far this machine's clock may be from the endpoint's before nothing fails that rests on a time. The default
    /// is what the gateway allows for itself: its access tokens are valid from 300 s before they are issued (OA).
    std::chrono::milliseconds clock_tolerance{300'000};
    /// So many controls that fail in a row, where they were served before, are taken for a ban: nothing more is sent
    /// but one control after `cut_off_wait`. Zero: never.
    int cut_off_after = 3;
    std::chrono::milliseconds cut_off_wait{10'000};
    /// How long after a SOAP fault that is published as technical a request is tried again; published: 5 s or more.
    std::chrono::milliseconds technical_fault_pause{5'000};
};

inline constexpr int most_repeats = 20;  ///< of Limits::repeat

/// How the server's certificate is trusted.
struct Trust {
    bool system = true;                ///< the machine's CA store
    std::vector<Certificate> anchors;  ///< trust.ca: used instead of the machine's store when not empty
    bool given = false;                ///< the profile says it; else `system` is only the default
};

/// Expectations about TLS, defaults as the gateway publishes them (IA 3.1).
struct TlsExpectations {
    std::vector<std::string> cipher_suites;       ///< IANA names; default: the published lists for 1.2 and 1.3
    std::optional<int> expiry_warning_days = {};  ///< empty: 30 days, or a third of its life where that is less
    /// How long a stapled OCSP response is waited for: servers fetch it after the first handshake that asked for it.
    std::chrono::milliseconds staple_within{10'000};
};

/// The other listener of the same gateway, for checks that compare both (port.no-cloud-service-on-443).
struct RelatedEndpoint {
    Endpoint endpoint;
};

/// What a value of Profile::identity_headers may name in braces.
inline constexpr std::string_view identity_facts[] = {"common_name", "subject", "issuer", "pem",
                                                      "der",         "sha1",    "sha256"};

struct Profile {
    std::string name;  ///< [a-z0-9-]+, used in file names and JUnit class names
    std::string title;
    std::filesystem::path file;  ///< where it was read from; empty for a built-in one
    Environment environment = Environment::sandbox;
    Channel channel = Channel::cloud;
    Endpoint endpoint;
    Trust trust;
    /// Keyed by role: enrolled, second, unenrolled, expired, not_yet_valid, revoked, other_environment ...
    std::map<std::string, std::shared_ptr<const Identity>> identities;
    ClientCertificateRules client_certificate;  ///< what the enrolled certificate has to be
    std::shared_ptr<const Issuer> issuer;       ///< identities issued on the fly; never outside embedded and sandbox
    std::map<std::string, Operation> operations;
    std::string control;  ///< name of the operation that proves service; always a key of `operations`
    /// Name of an operation whose answer says whom the gateway takes us for; empty: none. `identity_pointer` is the
    /// JSON pointer of that name in the answer; empty: the whole body.
    std::string identity_operation;
    std::string identity_pointer;
    /// Name of an operation that the enrolled identity is not entitled to; empty: none.
    std::string not_entitled;
    /// Further host names that the same listener serves (SNI), for sessions moved between them.
    std::vector<std::string> other_names;
    /// Headers, beside the well-known ones, by which this gateway's own proxies say whom they have recognised: name,
    /// and a value whose placeholders (identity_facts) stand for what a certificate says.
    std::vector<std::pair<std::string, std::string>> identity_headers;
    Limits limits;
    TlsExpectations tls;
    Endpoint plain_http;  ///< endpoint.plain_http_url: where unencrypted HTTP would be; default port 80 of `endpoint`
    std::optional<RelatedEndpoint> desktop;  ///< cloud profiles: where the desktop channel of this gateway listens
    std::optional<Authority> authority;
    std::optional<Machine> machine;
    Permissions permissions;
    std::vector<Scenarios> scenarios;  ///< of test report templates, in the order of the profile
    Timing timing;
    std::optional<ThrottleLimits> throttle;           ///< of requests in a time
    std::optional<ThrottleLimits> concurrency;        ///< of calls at once; from `throttle` as well
    NamedReading reading = NamedReading::packs_2024;  ///< where published documents contradict each other
    std::optional<SourceRule> firewall;               ///< empty: as the reading says, see source_rule()
    std::vector<VantagePoint> vantage_points;
    std::optional<RotationExpectations> rotation;
    RecordDetails record;  ///< `record`, for whoever receives the evidence; its valid_until is empty
    int valid_days = 0;    ///< how long the evidence is meant to be relied on from the day of the run; 0: nobody says
    bool allow_active = false;  ///< politeness.allow contains "active": what production lets pass beside --allow
    bool allow_load = false;
    /// The software that is judged, where it is a client and not a gateway; `endpoint` is then where it has to call.
    std::optional<ClientSoftware> client;

    [[nodiscard]] Side side() const { return client ? Side::client : Side::gateway; }
    /// Null when the role is not filled.
    [[nodiscard]] const Identity* identity(const std::string& role) const;
    [[nodiscard]] const Operation& control_operation() const;
    /// Multiplies the times that the endpoint takes, see Timing::scale_by: also those in which something becomes true.
    void scale_times(double factor);
};

}  // namespace gateproof
