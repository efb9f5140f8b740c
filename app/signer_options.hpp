// --ca, --signer, --signer-cert and --at: who must have signed an evidence pack.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "evidence/pack.hpp"

namespace gateproof::cli {

class SignerOptions {
public:
    void declare(CLI::App& app);

    /// Throws Unusable for what names nobody, or proves nothing by itself.
    [[nodiscard]] evidence::SignerDemand demand() const;
    /// "signed by CN=..., as was asked for; judged by ...": what is known of a sound pack's signer, and what is not.
    [[nodiscard]] std::string words(const evidence::PackCheck& check) const;
    /// "; judge it by ...": what helps where the pack was refused for its signer's sake.
    [[nodiscard]] std::string remedy(const evidence::PackCheck& check) const;

private:
    std::string ca_;
    std::string signer_;
    std::string signer_cert_;
    std::string at_;
};

}  // namespace gateproof::cli
