// Writes a first profile from a few answers and a template.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/requirement.hpp"
#include "harness/profile/service_preset.hpp"

namespace gateproof {

/// What `gateproof init` asks, or takes as flags. Empty: leave what the template says.
struct InitAnswers {
    std::string name;
    Environment environment = Environment::sandbox;
    Channel channel = Channel::cloud;
    std::string url;             ///< URL, or host[:port]: https and the channel's port are added
    std::string certificate;     ///< path or reference; a .p12 or .pfx file stands for certificate and key
    std::string key;             ///< path or reference
    std::string passphrase_env;  ///< name of an environment variable
    std::string ca;              ///< path or reference
    std::string proxy = {};      ///< URL: endpoint.proxy.url
    /// The services that the profile is for; none: those of the template. In the mock one alone, since each has a host
    /// of its own.
    std::vector<ServicePreset> services = {};
    /// What stands for values of the services' presets, by name, whatever the environment.
    std::map<std::string, std::string> values = {};
    /// Of init_parts(): those to keep although the template cannot fill them in.
    std::set<std::string> parts = {};
};

/// Parts of a profile that templates hold with much to fill in: "oauth", "m2m", "permissions", "scenarios". Left out
/// unless they are asked for, so that what a template makes of a few answers is a profile that works; of scenarios the
/// rows stay, and those that would have to be filled in are asked by nobody.
const std::vector<std::string>& init_parts();

/// Name of the built-in profile to start from ("cloud-test", "mock" ...).
std::string_view init_template_name(Environment environment, Channel channel);

/// The profile's JSON text, ready to be saved. What no answer gives keeps the template's "FILL IN" placeholder, which
/// the loader reports. `template_text` is a built-in profile; `schema` becomes "$schema".
/// Throws std::invalid_argument when the template is no JSON object (a programming error).
std::string init_profile(std::string_view template_text, const InitAnswers& answers, std::string_view schema);

}  // namespace gateproof
