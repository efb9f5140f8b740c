// What is known of a target's record, and whether an answer gives any of it away.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/probe/http/http.hpp"
#include "harness/profile/profile.hpp"

namespace gateproof {
class Context;
}

namespace gateproof::suites {

/// A value of a record and where it stands there.
struct RecordField {
    std::string place;  ///< "/email", or "value 2" of the profile's own list
    std::string value;
};

struct Record {
    std::vector<RecordField> fields;
    std::string problem;  ///< why nothing is known; empty otherwise
};

/// Shorter values occur by chance: "INC", "0".
inline constexpr std::size_t shortest_telling_value = 5;

/// What the case's `record` says: asked of the rightful subject now, and kept out of every output.
boost::asio::awaitable<Record> known_record(Context& ctx, const PermissionCase& one);

/// Places of the fields whose value stands anywhere in the text, as it is or as JSON, XML, a URL or base64 write it;
/// upper and lower case are alike.
std::vector<std::string> leaked_in(std::string_view text, const std::vector<RecordField>& fields);
/// The same over body and headers.
std::vector<std::string> leaked_in(const HttpOutcome& outcome, const std::vector<RecordField>& fields);

}  // namespace gateproof::suites
