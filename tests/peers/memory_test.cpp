// A thousand identity probes in one process: what a probe takes, it gives back.
#include <fmt/format.h>

#include "tests/peers/nginx.hpp"
#include "tests/support/forwarder.hpp"

namespace gateproof::test {
namespace {

class MemoryTest : public NginxTest {
protected:
    struct Measured {
        std::size_t connections = 0;
        long resident_kib = 0;
    };

    /// The mtls suite on that many targets, all of them the same nginx.
    Measured probe(std::size_t targets) {
        const Forwarder counting(listener_.port());
        std::vector<std::string> profiles;
        for (std::size_t i = 0; i < targets; ++i) {
            ProfileOptions options = profile_;
            options.name = fmt::format("target-{}", i);
            options.roles = {"enrolled", "second", "expired", "wrong_eku"};
            profiles.push_back(write_profile(options, counting.port()));
        }
        const Judgement judgement = judge_files(std::move(profiles), {"--suite", "mtls", "--jobs", "8", "--quiet"});
        EXPECT_EQ(judgement.record.count(Outcome::inconclusive), 0U) << judgement.output.substr(0, 4000);
        EXPECT_EQ(judgement.record.count(Outcome::error), 0U);
        return {counting.connections(), judgement.max_resident_kib};
    }
};

TEST_F(MemoryTest, AThousandIdentityProbesNeedNoMoreMemoryThanAHundred) {
    serve({});
    const std::size_t each = probe(2).connections / 2;
    ASSERT_GE(each, 5U);
    const Measured hundred = probe((100 + each - 1) / each);
    const Measured thousand = probe((1000 + each - 1) / each + 1);  // controls are shared: not quite as many each
    EXPECT_GE(hundred.connections, 100U);
    EXPECT_GE(thousand.connections, 1000U);
    RecordProperty("kib_of_100", std::to_string(hundred.resident_kib));
    RecordProperty("kib_of_1000", std::to_string(thousand.resident_kib));
    // The evidence of every check and the profiles are kept until the run's end, some 4 KiB a probe. A connection or a
    // TLS context that were not given back would be 900 times 50 KiB and more.
    constexpr long bound_kib = 16L * 1024;
    EXPECT_LT(thousand.resident_kib - hundred.resident_kib, bound_kib)
        << hundred.resident_kib << " KiB with " << hundred.connections << " connections, " << thousand.resident_kib
        << " KiB with " << thousand.connections;
}

}  // namespace
}  // namespace gateproof::test
