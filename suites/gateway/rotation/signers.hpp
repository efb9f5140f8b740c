// How the rotation of a machine's signing key is judged by what the endpoint answered.
#pragma once

#include <optional>
#include <string>

#include "harness/model/verdict.hpp"
#include "harness/profile/rotation.hpp"
#include "suites/shared/refusal.hpp"

namespace gateproof::suites {

/// The same request with JWTs of both keys of a rotation.
struct SignerAnswers {
    Answer fresh;
    Answer old;
    std::optional<Tries> old_again;     ///< as often as refusals are counted, where the old key is to be refused
    std::optional<Tries> crossed;       ///< in the new certificate's name, signed by the old key
    std::optional<Answer> fresh_again;  ///< after all others
};

/// Whether the old key is to be refused, by what is declared.
bool old_key_cut_over(RotationMoment moment, Overlap overlap);
Verdict judge_signers(const SignerAnswers& answers, RotationMoment moment, Overlap overlap);

}  // namespace gateproof::suites
