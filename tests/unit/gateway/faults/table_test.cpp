#include <gtest/gtest.h>

#include <set>

#include "gateway/faults/fault_set.hpp"
#include "gateway/faults/table.hpp"
#include "gateway/gateway.hpp"

namespace gateproof::gateway {
namespace {

TEST(FaultTable, NamesAreUniqueAndEveryRowIsComplete) {
    std::set<std::string_view> names;
    for (const Fault& fault : faults()) {
        EXPECT_TRUE(names.insert(fault.name).second) << fault.name << " is there twice";
        EXPECT_FALSE(fault.title.empty()) << fault.name;
        EXPECT_FALSE(fault.requirements.empty()) << fault.name;
        EXPECT_FALSE(fault.caught_by.empty()) << fault.name;
        for (const std::string_view check : fault.caught_by) {
            EXPECT_NE(check.find('.'), std::string_view::npos) << fault.name << ": " << check;
        }
        const std::set<std::string_view> distinct(fault.caught_by.begin(), fault.caught_by.end());
        EXPECT_EQ(distinct.size(), fault.caught_by.size()) << fault.name;
        EXPECT_EQ(find_fault(fault.name), &fault);
    }
}

TEST(FaultSet, RefusesUnknownNames) {
    EXPECT_THROW(FaultSet({"no-such-fault"}), std::invalid_argument);
    Options options;
    options.faults = {"accepts-cbc", "no-such-fault"};
    EXPECT_THROW(Gateway{options}, std::invalid_argument);
}

TEST(FaultSet, HoldsWhatItWasGiven) {
    const FaultSet faults({"accepts-cbc", "no-tls-1.3"});
    EXPECT_TRUE(faults.has("accepts-cbc"));
    EXPECT_TRUE(faults.has("no-tls-1.3"));
    EXPECT_FALSE(faults.has("no-tls-1.2"));
}

}  // namespace
}  // namespace gateproof::gateway
