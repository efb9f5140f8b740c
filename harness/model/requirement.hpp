// A clause of the published requirements, in our own words.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

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

struct Requirement {
    std::string_view id;        ///< "CLOUD-TLS-MIN"
    std::string_view sentence;  ///< what must hold, in one sentence
    std::string_view source;    ///< document and clause: "SE, TLS; RFC 8996"
    Level level = Level::must;
    std::vector<Channel> channels = {};          ///< empty: every channel
    std::vector<Environment> environments = {};  ///< empty: every environment
    /// Why no check can prove it from outside; empty for a requirement that checks do prove.
    std::string_view not_testable = {};
};

}  // namespace gateproof
