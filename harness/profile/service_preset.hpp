// What is published of one service, as data from which `gateproof init` makes the service's part of a profile.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/requirement.hpp"
#include "harness/model/scenario.hpp"

namespace gateproof {

/// A service of the gateway: operations, permission cases, error models and the operation of a machine, as a profile
/// has them. Where a text is "value:NAME", what only the user knows stands for it, or what an environment publishes.
struct ServicePreset {
    /// Of a text that a value stands for.
    static constexpr std::string_view value_scheme = "value:";

    std::string name;               ///< "gst"
    std::string title;              ///< in words
    std::string mock_host;          ///< X of X.test.services.ird.govt.nz, and another name that the preset is known by
    std::string control;            ///< the name of the operation that proves service
    std::vector<Channel> channels;  ///< those that the service is offered on
    std::map<std::string, std::map<std::string, std::string>> values;  ///< by name, then by environment or "default"
    std::vector<ScenarioTable> scenarios;  ///< the test report templates that are published for it
    std::string text;                      ///< the whole preset as JSON

    [[nodiscard]] bool offered_on(Channel channel) const;
    /// Names of values that nothing is known of in this environment, so that the user fills them in.
    [[nodiscard]] std::vector<std::string> unknown_in(Environment environment) const;
    /// What stands for "value:NAME" there; a text that begins with FILL IN is a placeholder.
    [[nodiscard]] std::string_view value_in(Environment environment, const std::string& name) const;
};

}  // namespace gateproof
