// A clause of the published requirements, in our own words.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "harness/model/side.hpp"

namespace gateproof {

/// How the endpoint is reached: cloud (mutual TLS, 4046) or native desktop (one-way TLS, 443).
enum class Channel { cloud, desktop };

/// Which deployment a profile speaks of. `sandbox` is a DSP's own; `embedded` is the gateway inside this program.
enum class Environment { embedded, sandbox, mock, test, production };

enum class Level {
    must,    ///< a breach is a fail
    should,  ///< a breach is a warning
};

std::string_view to_string(Channel channel);
std::string_view to_string(Environment environment);
std::string_view to_string(Level level);
std::optional<Channel> channel_from(std::string_view name);
std::optional<Environment> environment_from(std::string_view name);

/// A document that requirements come from, in the edition that was read.
struct Document {
    std::string_view id;              ///< "SE", "RFC 8996": what sources name it by
    std::string_view title = {};      ///< "Service endpoints"; empty: it is known by its id
    std::string_view publisher = {};  ///< "Inland Revenue"; empty: it is a standard, known by its id
    std::string_view date;            ///< of that edition: "2021-04-28", or "2021-03" where no day is known
};

/// Where a requirement is published.
struct Source {
    std::string_view document;     ///< Document::id
    std::string_view clause = {};  ///< "cloud endpoint, port", "4.1.3"; empty: all of it
};

/// What published documents contradict each other on, so that a profile has to choose.
enum class Contradiction {
    none,
    certificate_trust,  ///< whether names of client certificates are trusted, or each certificate by itself
    source_addresses,   ///< which source addresses an endpoint that is not production lets in
    tds_certificate,    ///< whether TDS is to be had under its own client certificate alone
};

/// One of several things that published documents say of the same.
struct RequirementReading {
    std::string_view name;      ///< "SE-2021"
    std::string_view sentence;  ///< what must hold by it
    std::string_view source;    ///< document and date
};

struct Requirement {
    std::string_view id;          ///< "CLOUD-TLS-MIN"
    std::string_view sentence;    ///< what must hold, in one sentence
    std::vector<Source> sources;  ///< documents and clauses; Catalogue::source_of writes them out
    Level level = Level::must;
    std::vector<Channel> channels = {};          ///< empty: every channel
    std::vector<Environment> environments = {};  ///< empty: every environment
    /// Why no check can prove it from outside; empty for a requirement that checks do prove.
    std::string_view not_testable = {};
    /// Where documents contradict each other: on what, and each reading of them. The profile says which one judges.
    Contradiction contradiction = Contradiction::none;
    std::vector<RequirementReading> readings = {};
    Side side = Side::gateway;  ///< whose software has to fulfil it
};

}  // namespace gateproof
