// What is published of the gateway, a fact at a time, and how this program honours each: docs/facts.json.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gateproof::suites {

/// A key of the profile that the fact gives a value to.
struct ProfileValue {
    std::string key;            ///< "timeouts.limit_ms", "permissions.cases[].error"
    std::string value_if_none;  ///< JSON of what the key is where a profile does not give it; empty: it has no default
};

/// A value that a built-in profile gives.
struct TemplateValue {
    std::string profile;  ///< "cloud-test"
    std::string pointer;  ///< RFC 6901
    std::string value;    ///< JSON; empty: whatever stands there
};

struct FactSource {
    std::string document;  ///< Document::id
    std::string clause;    ///< empty: all of it
};

struct Fact {
    std::string id;
    std::string sentence;  ///< ours
    std::vector<FactSource> sources;
    std::string date;                       ///< since when it holds, where that is published; empty: not
    std::vector<std::string> requirements;  ///< ids of those that the fact is behind
    std::vector<std::string> checks;        ///< ids of those that look at the fact itself
    std::vector<ProfileValue> profile;
    std::vector<TemplateValue> templates;
    std::vector<std::string> error_models;  ///< that come with the program
    std::string not_testable;               ///< why nothing from outside can show it; empty: something can
    std::string not_tested_yet;             ///< what no check looks at so far; empty: nothing
};

/// In the order of the file. Throws std::logic_error where the file that was compiled in is malformed.
const std::vector<Fact>& facts();

/// The file itself.
std::string facts_text();

}  // namespace gateproof::suites
