// What can go wrong with what test report templates try of a service.
#pragma once

#include <array>

#include "gateway/faults/fault.hpp"

namespace gateproof::gateway {

inline constexpr auto scenario_faults = std::to_array<Fault>({
    {.name = "any-nzbn-taken",
     .title = "the validation of IRD numbers takes another company's NZBN",
     .requirements = "TEST-SCENARIO",
     .caught_by = "scenario.row",
     .listener = Listener::cloud},
    {.name = "person-never-matched",
     .title = "the validation of IRD numbers never says that the data are a person's",
     .requirements = "TEST-SCENARIO",
     .caught_by = "scenario.row",
     .listener = Listener::cloud},
    {.name = "gst-missing-token-called-invalid",
     .title = "a GST return that is filed without a token is refused like one with a bad token",
     .requirements = "TEST-SCENARIO",
     .caught_by = "scenario.row",
     .listener = Listener::cloud},
    {.name = "gst-return-of-no-account-served",
     .title = "a GST return of a customer who has no GST account is read all the same",
     .requirements = "TEST-SCENARIO",
     .caught_by = "scenario.row",
     .listener = Listener::cloud},
    {.name = "gst-prepopulation-of-unlinked-client-served",
     .title = "a tax agent gets the prepopulation of a client who is not linked",
     .requirements = "TEST-SCENARIO",
     .caught_by = "scenario.row",
     .listener = Listener::cloud},
    {.name = "gst-obligations-refused-with-another-status",
     .title = "what a GST account has to file is refused with status 3 where status 4 is documented",
     .requirements = "TEST-SCENARIO",
     .caught_by = "scenario.row",
     .listener = Listener::cloud},
    {.name = "gst-status-without-code",
     .title = "the status of a GST return has no code",
     .requirements = "TEST-SCENARIO",
     .caught_by = "scenario.row",
     .listener = Listener::cloud},
    {.name = "gst-obligation-without-due-date",
     .title = "what a GST account has to file comes without the day by which it is due",
     .requirements = "TEST-SCENARIO",
     .caught_by = "scenario.row",
     .listener = Listener::cloud},
    {.name = "gst-own-prepopulation-refused",
     .title = "the prepopulation of a GST return is refused as one of another form",
     .requirements = "TEST-SCENARIO",
     .caught_by = "scenario.row",
     .listener = Listener::cloud},
});

}  // namespace gateproof::gateway
