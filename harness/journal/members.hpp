// The members of a journal's JSON objects, as decoding asks for them; what has the wrong type ends it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace gateproof::journal {

using Json = nlohmann::ordered_json;

/// What decoding of an event stops with: its text says which member is not as it should be.
struct Unreadable : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Null where it is absent or null.
const Json* member(const Json& object, const char* key);
/// Empty where it is absent.
std::string text(const Json& object, const char* key);
/// Not empty.
std::string needed_text(const Json& object, const char* key);
/// 0 where it is absent; at most `limit`.
std::uint64_t count(const Json& object, const char* key, std::uint64_t limit);
/// False where it is absent.
bool flag(const Json& object, const char* key);
/// ISO 8601 in UTC, never absent.
std::chrono::system_clock::time_point moment(const Json& object, const char* key);
/// Of an array; empty where it is absent.
const Json& list(const Json& object, const char* key);
std::vector<std::string> texts(const Json& object, const char* key);
/// The members that are strings, by their names.
std::map<std::string, std::string> texts_by_name(const Json& object, const char* key);

}  // namespace gateproof::journal
