#include "evidence/pack.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "evidence/manifest.hpp"

namespace gateproof::evidence {
namespace {

const ArchiveEntry* find(const ArchiveContents& contents, std::string_view name) {
    const auto found = std::ranges::find(contents.entries, name, &ArchiveEntry::name);
    return found == contents.entries.end() ? nullptr : &*found;
}

/// Why files and manifest do not agree; empty: they do.
std::string disagreement(const ArchiveContents& contents, const Manifest& manifest) {
    if (!manifest.problem.empty()) {
        return manifest.problem;
    }
    for (const auto& [name, sum] : manifest.sums) {
        const ArchiveEntry* const entry = find(contents, name);
        if (entry == nullptr) {
            return fmt::format("{} is missing: the manifest names it", name);
        }
        if (entry->sha256 != sum) {
            return fmt::format("{} was changed: its SHA-256 is not the one in the manifest", name);
        }
    }
    for (const ArchiveEntry& entry : contents.entries) {
        if (entry.name != manifest_name && entry.name != signature_name && !manifest.sums.contains(entry.name)) {
            return fmt::format("{} was added: the manifest does not name it", entry.name);
        }
    }
    return {};
}

/// What the pack holds of runs.
void take_runs(const ArchiveContents& contents, PackCheck& check) {
    for (const ArchiveEntry& entry : contents.entries) {
        if (entry.name == known_name) {
            check.known = entry.bytes;
        } else if (std::string_view(entry.name).substr(entry.name.rfind('/') + 1) == journal_name) {
            check.journals.emplace(entry.name, entry.kept ? std::optional(entry.bytes) : std::nullopt);
        }
    }
}

}  // namespace

std::string make_pack(std::vector<PackFile> files, const Identity* signer, ArchiveKind kind,
                      std::chrono::system_clock::time_point written) {
    for (const PackFile& file : files) {
        if (!is_plain_name(file.name)) {
            throw std::runtime_error("not a name for a packed file: " + file.name);
        }
    }
    PackFile manifest{manifest_name, write_manifest(files)};
    if (signer != nullptr) {
        files.push_back({signature_name, sign_detached(*signer, manifest.bytes)});
    }
    files.push_back(std::move(manifest));
    return write_archive(files, kind, written);
}

PackCheck check_pack(const std::filesystem::path& pack, const SignerDemand& demand) {
    PackCheck check;
    const ArchiveContents contents =
        read_archive(pack, {manifest_name, signature_name, partial_name, known_name}, {}, journal_name);
    check.state = contents.is_archive ? PackState::changed : PackState::unreadable;
    if (!contents.problem.empty()) {
        check.sentence = contents.problem;
        return check;
    }
    const ArchiveEntry* const manifest = find(contents, manifest_name);
    if (manifest == nullptr) {
        check.sentence = fmt::format("it holds no {}: this is no pack of gateproof", manifest_name);
        return check;
    }
    const Manifest sums = read_manifest(manifest->bytes);
    if (sums.problem.empty() && sums.sums.empty()) {
        check.state = PackState::unreadable;
        check.sentence = fmt::format("its {} names no file at all: this is no pack of gateproof", manifest_name);
        return check;
    }
    check.sentence = disagreement(contents, sums);
    if (!check.sentence.empty()) {
        return check;
    }
    const ArchiveEntry* const signature = find(contents, signature_name);
    if (signature == nullptr && demand.is_made()) {
        check.sentence = "it is not signed";
        return check;
    }
    if (signature != nullptr) {
        const SignatureResult result = verify_detached(signature->bytes, manifest->bytes, demand);
        check.signer = result.signer;
        check.trusted = result.trusted;
        check.sentence = result.problem;
        if (!result.good || (demand.is_made() && !result.trusted)) {
            check.state = result.expired ? PackState::expired : check.state;
            return check;
        }
    }
    check.state = PackState::sound;
    for (const auto& [name, sum] : sums.sums) {
        check.files.push_back(name);
        check.sums.insert(sum);
    }
    take_runs(contents, check);
    if (const ArchiveEntry* const partial = find(contents, partial_name)) {
        check.partial = partial->bytes.empty() ? "PARTIAL" : partial->bytes;
    }
    return check;
}

}  // namespace gateproof::evidence
