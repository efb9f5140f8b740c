// Evidence packs: files, a manifest of their sums, and a signature over the manifest.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
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
/// A run's journal, also in a folder of its own.
inline constexpr const char* journal_name = "run.jsonl";
/// The failures that the reports of the pack accept.
inline constexpr const char* known_name = "known.json";
/// Files that go with attestations are in this folder.
inline constexpr const char* attached_folder = "attachments/";

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
    std::vector<std::string> files;   ///< names, when sound
    std::set<std::string> sums = {};  ///< SHA-256 of each, lower-case hex, when sound
    /// The contents of each journal by its name, when sound; empty: it is too large to be kept.
    std::map<std::string, std::optional<std::string>> journals = {};
    std::string known = {};    ///< of known.json, when sound; empty: there is none
    std::string partial = {};  ///< what the pack's PARTIAL.txt says, when sound; empty: it has none
};
/// Nothing is unpacked. Where a signer is demanded an unsigned pack is refused.
PackCheck check_pack(const std::filesystem::path& pack, const SignerDemand& demand);

}  // namespace gateproof::evidence
