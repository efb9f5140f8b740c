// --attest: what somebody says of a run that no check sees, for every command that writes a journal or a pack.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "harness/journal/record.hpp"
#include "harness/profile/attestations.hpp"
#include "harness/run/plan.hpp"

namespace gateproof::cli {

/// What a run of this plan may be attested of: its checks, those that were left out, every requirement there is.
AttestationNames names_in(const Plan& plan);
/// The same of runs that were.
AttestationNames names_in(const std::vector<const RunRecord*>& runs);

/// Whose run it is, by --tester; empty: as each profile says. Throws Unusable for a name that is none.
void name_tester(std::vector<Profile>& profiles, const std::string& tester);

class AttestOptions {
public:
    void declare(CLI::App& app);
    [[nodiscard]] bool given() const { return !files_.empty(); }
    /// Of all files; throws Unusable with every problem of every one.
    [[nodiscard]] std::vector<Attestation> load(const AttestationNames& names) const;

private:
    std::vector<std::string> files_;
};

/// Those that speak of this run and that it does not have yet, which are added to it: they change no verdict.
std::vector<Attestation> add_attestations(RunRecord& run, const std::vector<Attestation>& said);

}  // namespace gateproof::cli
