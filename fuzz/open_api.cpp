// Descriptions that a user was given, and answers judged by them: whatever comes, it ends within bounds, and no finding
// holds more than its bounds. An input is an answer of up to 255 bytes, its length before it, and a description.
#include <cstdint>

#include "fuzz/input.hpp"
#include "fuzz/require.hpp"
#include "harness/message/open_api.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gateproof;
    const TwoTexts texts = two_texts(data, size);
    const LoadedOpenApi loaded = read_open_api(texts.second);
    require((loaded.description == nullptr) != loaded.problem.empty(), "neither a description nor a problem, or both");
    if (loaded.description == nullptr) {
        return 0;
    }
    const OpenApi::Place place = loaded.description->place_of("GET", "/gateway/a/b");
    require(place.path.empty() != place.problem.empty(), "neither a place nor a problem, or both");
    for (const int status : {200, 404}) {
        const AnswerFinding answer =
            loaded.description->judge_answer("GET", place.problem.empty() ? place.path : "/a", status, texts.first);
        const SchemaFinding& found = answer.schema;
        require(found.problems.size() <= most_schema_problems && found.open.size() <= most_schema_problems,
                "more findings than are told");
        require(!found.breaks() || !found.problems.empty(), "it breaks nothing that is named");
        require(found.result != SchemaFinding::Result::unknown || !found.open.empty(), "nothing open is named");
    }
    return 0;
}
