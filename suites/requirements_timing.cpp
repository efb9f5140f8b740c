#include "suites/requirements.hpp"

namespace gateproof::suites {

std::vector<Requirement> timing_requirements() {
    const std::vector<Channel> cloud{Channel::cloud};
    return {
        {.id = "CLOUD-THROTTLE",
         .sentence = "Heavy use by one DSP can be throttled, at the declared limit and in the declared way.",
         .source = "SE, cloud endpoint, throttling",
         .channels = cloud},
        {.id = "CLOUD-THROTTLE-ISOLATION",
         .sentence = "Other DSPs are shielded from the heavy use of one, who is known by its client certificate.",
         .source = "SE, cloud endpoint, throttling",
         .channels = cloud},
    };
}

}  // namespace gateproof::suites
