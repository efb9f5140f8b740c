#include "suites/requirements.hpp"

namespace gateproof::suites {

std::vector<Requirement> timing_requirements() {
    const std::vector<Channel> cloud{Channel::cloud};
    return {
        {.id = "FW-NONPROD",
         .sentence = "Endpoints that are not production serve allow-listed source addresses alone.",
         .source = "SE, firewall; SM, allow-listing",
         .environments = {Environment::embedded, Environment::sandbox, Environment::mock, Environment::test}},
        {.id = "FW-PROD",
         .sentence = "Production restricts no source address; certificate enrolment limits access.",
         .source = "SE, firewall",
         .environments = {Environment::production}},
        {.id = "TIMEOUT",
         .sentence = "What takes longer than the gateway's timeout, typically 60 s, is cut.",
         .source = "SE, timeouts; RFC 9110 15.5.9, 15.6.5; RFC 9112 9.5"},
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
