#include <gtest/gtest.h>

#include <set>

#include "client/faults/fault_set.hpp"
#include "gateway/faults/table.hpp"

namespace gateproof::client::test {
namespace {

TEST(ClientFaults, NamesAreUniqueAndEveryRowIsComplete) {
    std::set<std::string_view> names;
    for (const Fault& fault : faults()) {
        EXPECT_TRUE(names.insert(fault.name).second) << fault.name << " is there twice";
        EXPECT_FALSE(fault.title.empty()) << fault.name;
        EXPECT_TRUE(fault.requirements.starts_with("CLIENT-")) << fault.name;
        EXPECT_TRUE(fault.caught_by.starts_with("client-")) << fault.name;
        EXPECT_EQ(fault.caught_by.find("  "), std::string_view::npos) << fault.name;
        EXPECT_EQ(find_fault(fault.name), &fault);
        EXPECT_EQ(gateway::find_fault(fault.name), nullptr)
            << fault.name << " is one of the gateway's too: --fault has to know which";
    }
}

TEST(ClientFaults, AnUnknownNameIsRefused) {
    EXPECT_THROW(FaultSet({"no-such-fault"}), std::invalid_argument);
    EXPECT_TRUE(FaultSet({"skips-host-name"}).has("skips-host-name"));
    EXPECT_FALSE(FaultSet({"skips-host-name"}).has("skips-dates"));
}

}  // namespace
}  // namespace gateproof::client::test
