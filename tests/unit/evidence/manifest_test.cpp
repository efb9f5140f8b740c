#include "evidence/manifest.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "harness/text/sha256.hpp"

namespace gateproof::evidence {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* sum_of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";  // FIPS 180-2

TEST(ManifestText, IsWhatSha256sumWrites) {
    EXPECT_EQ(sha256_of("abc"), sum_of_abc);
    EXPECT_EQ(write_manifest({{"a/b.txt", "abc"}}), fmt::format("{}{}", sum_of_abc, "  a/b.txt\n"));
}

TEST(ManifestText, IsReadStrictly) {
    const std::string line = fmt::format("{}{}", sum_of_abc, "  a.txt\n");
    const Manifest good = read_manifest(fmt::format("{}{}{}", line, sum_of_abc, "  b.txt\n"));
    EXPECT_THAT(good.problem, IsEmpty());
    EXPECT_EQ(good.sums.at("b.txt"), sum_of_abc);
    EXPECT_THAT(read_manifest(line + line).problem, HasSubstr("names a.txt twice"));
    for (const std::string& bad :
         {std::string("x\n"), fmt::format("{}{}", sum_of_abc, " *a.txt\n"), fmt::format("{}{}", sum_of_abc, "  \n"),
          fmt::format("{}{}", sum_of_abc, "  a.txt"), fmt::format("{}{}", sum_of_abc, "  ../a\n"),
          fmt::format("\n{}", line), fmt::format("BA{}", line.substr(2)), line.substr(1), fmt::format("\\{}", line)}) {
        EXPECT_THAT(read_manifest(bad).problem, HasSubstr("line 1 of the manifest")) << bad;
    }
}

}  // namespace
}  // namespace gateproof::evidence
