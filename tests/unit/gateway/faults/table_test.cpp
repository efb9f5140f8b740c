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

TEST(FaultTable, EveryCheckOfTheFirstSuitesHasAFault) {
    std::set<std::string_view> caught;
    for (const Fault& fault : faults()) {
        caught.insert(fault.caught_by.begin(), fault.caught_by.end());
    }
    for (const std::string_view check : {"tls.refuses-ssl2",
                                         "tls.refuses-ssl3",
                                         "tls.refuses-1.0",
                                         "tls.refuses-1.1",
                                         "tls.accepts-1.2",
                                         "tls.accepts-1.3",
                                         "tls.version-tolerance",
                                         "tls.fallback-scsv",
                                         "tls.downgrade-sentinel",
                                         "tls.cipher-allow-list",
                                         "tls.1.3-suites",
                                         "tls.secure-renegotiation",
                                         "tls.client-renegotiation-refused",
                                         "tls.extended-master-secret",
                                         "tls.compression-off",
                                         "tls.ec-groups",
                                         "tls.no-early-data",
                                         "server.chain-valid",
                                         "server.hostname",
                                         "server.validity",
                                         "server.key-and-signature-strength",
                                         "server.eku",
                                         "server.ocsp-staple",
                                         "server.same-certificate-every-time",
                                         "port.declared",
                                         "port.open",
                                         "port.speaks-tls",
                                         "port.plaintext-refused",
                                         "port.no-cloud-service-on-443",
                                         "port.redirects-stay",
                                         "port.no-client-certificate-asked",
                                         "port.http-80-gives-no-service",
                                         "mtls.no-certificate-refused",
                                         "mtls.certificateless-session-not-served",
                                         "mtls.required-under-every-name",
                                         "mtls.enrolled-served",
                                         "mtls.desktop-served-without-certificate",
                                         "mtls.desktop-does-not-request",
                                         "mtls.request-sent",
                                         "mtls.unenrolled-cn-refused",
                                         "mtls.self-signed-refused",
                                         "mtls.other-ca-same-subject-refused",
                                         "mtls.expired-refused",
                                         "mtls.not-yet-valid-refused",
                                         "mtls.revoked-refused",
                                         "mtls.wrong-eku-refused",
                                         "mtls.tampered-chain-refused",
                                         "mtls.intermediate-as-leaf-refused",
                                         "mtls.proof-of-possession",
                                         "mtls.identity-outcome",
                                         "mtls.service-scope",
                                         "mtls.identity-headers-ignored",
                                         "mtls.cn-exact",
                                         "mtls.no-identity-bleed-on-reuse",
                                         "mtls.resumption-bound",
                                         "mtls.sni-host-mismatch-refused",
                                         "mtls.other-environment-refused",
                                         "mtls.mock-serves-without-certificate"}) {
        EXPECT_TRUE(caught.contains(check)) << "no fault shows that " << check << " can fail";
    }
}

TEST(FaultSet, RefusesUnknownNames) {
    EXPECT_THROW(FaultSet({"no-such-fault"}), std::invalid_argument);
    EXPECT_THROW((void)FaultSet().has("no-such-fault"), std::logic_error);
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
