#include "harness/model/requirement.hpp"

#include <array>

#include "harness/model/name_table.hpp"

namespace gateproof {
namespace {

constexpr std::array channels{
    Named<Channel>{Channel::cloud, "cloud"},
    Named<Channel>{Channel::desktop, "desktop"},
};
constexpr std::array environments{
    Named<Environment>{Environment::embedded, "embedded"},
    Named<Environment>{Environment::sandbox, "sandbox"},
    Named<Environment>{Environment::mock, "mock"},
    Named<Environment>{Environment::test, "test"},
    Named<Environment>{Environment::production, "production"},
};
constexpr std::array levels{
    Named<Level>{Level::must, "must"},
    Named<Level>{Level::should, "should"},
};

}  // namespace

std::string_view to_string(Channel channel) {
    return name_in(channels, channel);
}
std::string_view to_string(Environment environment) {
    return name_in(environments, environment);
}
std::string_view to_string(Level level) {
    return name_in(levels, level);
}
std::optional<Channel> channel_from(std::string_view name) {
    return value_in(channels, name);
}
std::optional<Environment> environment_from(std::string_view name) {
    return value_in(environments, name);
}

}  // namespace gateproof
