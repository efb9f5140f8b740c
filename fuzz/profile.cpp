// The loaders of profiles and of lists of accepted failures: any text gives a value or a problem that says where, never
// both and never neither. References are answered by the input's own bytes, as a file or a variable would be.
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz/require.hpp"
#include "harness/profile/known_failures.hpp"
#include "harness/profile/read/load.hpp"

namespace {

void check(const std::vector<gateproof::ProfileProblem>& problems) {
    for (const gateproof::ProfileProblem& problem : problems) {
        require(!problem.message.empty(), "a problem without words");
        require(problem.line >= 0 && problem.column >= 0, "a place before the beginning");
        require(!problem.text().empty(), "a problem without text");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    gateproof::LoadOptions options;
    options.embedded = [&text](std::string_view) { return text.substr(text.size() / 2); };
    for (const bool read_secrets : {false, true}) {
        options.read_secrets = read_secrets;
        const gateproof::LoadedProfile loaded =
            gateproof::load_profile_text(text, "fuzz.json", "/nonexistent", options);
        require(loaded.profile.has_value() == loaded.problems.empty(), "neither a profile nor a problem, or both");
        check(loaded.problems);
        check(loaded.warnings);
        if (loaded.profile && !loaded.profile->client) {
            require(loaded.profile->operations.contains(loaded.profile->control), "a profile without its control");
        }
    }
    const gateproof::LoadedKnownFailures known = gateproof::load_known_failures_text(text, "fuzz.json");
    require(known.list.failures.empty() || known.problems.empty(), "entries beside problems");
    check(known.problems);
    return 0;
}
