// Evidence packs: files, a manifest of their sums, and a signature over the manifest.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "evidence/archive.hpp"
#include "evidence/signature.hpp"
#include "harness/identity/identity.hpp"

namespace gateproof::evidence {

inline constexpr const char* manifest_name = "MANIFEST.sha256";
inline constexpr const char* signature_name = "MANIFEST.sha256.cms";
/// Says why the runs of a pack are not whole; a pack of whole runs has no such file. The manifest names it, so that it
/// is not taken out unnoticed.
inline constexpr const char* partial_name = "PARTIAL.txt";

/// The archive's bytes. `signer` null: not signed. Throws std::runtime_error.
std::string make_pack(std::vector<PackFile> files, const Identity* signer, ArchiveKind kind,
                      std::chrono::system_clock::time_point written);

enum class PackState {
    sound,      ///< every file is as the manifest says, and the manifest as its signer says, if there is one
    changed,    ///< not what was packed, or not by whom it should be
    expired,    ///< as it was packed and signed, but the signer's certificate, or one above it, is over by now
    unreadable  ///< no pack at all
};

struct PackCheck {
    PackState state = PackState::unreadable;
    std::string sentence;
    std::string signer;  ///< empty: not signed
    bool trusted = false;
    std::vector<std::string> files;  ///< names, when sound
    std::string partial = {};        ///< what the pack's PARTIAL.txt says, when sound; empty: it has none
};
/// Nothing is unpacked. Where a signer is demanded an unsigned pack is refused.
PackCheck check_pack(const std::filesystem::path& pack, const SignerDemand& demand);

}  // namespace gateproof::evidence
