// Decides by itself what suites/shared/refusal decides for all: each of these five lines must be found.
namespace gateproof::suites {

constexpr std::array refusing_statuses{400, 401, 403};

enum class Came {
    served,
    cut,
};

bool refused(const HttpOutcome& outcome) {
    return outcome.is_refusal();
}

bool gives_service(int status) {
    return status / 100 == 2;
}

Verdict judge_refused(const HttpOutcome& outcome) {
    return refused(outcome) ? Verdict::pass("refused") : Verdict::fail("served");
}

}  // namespace gateproof::suites
