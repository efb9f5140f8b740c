// What somebody says of a run that no check has seen: plain data.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace gateproof {

/// A file that goes with an attestation; its bytes are not in a journal.
struct AttachedFile {
    std::string path = {};    ///< where it was found; empty: none is attached
    std::string sha256 = {};  ///< lower-case hex
    std::uint64_t bytes = 0;

    /// Where it lies does not matter.
    bool operator==(const AttachedFile& other) const { return sha256 == other.sha256 && bytes == other.bytes; }
};

/// Said, not seen: it is shown beside what was judged, and changes no verdict, no requirement and no exit code.
struct Attestation {
    /// What is spoken of.
    enum class Subject {
        check,        ///< `id` is a check's, with its case where it has one
        requirement,  ///< `id` is a requirement's
        scenario,     ///< `id` is of a row of a test report template, or of a list that the program does not know
    };
    /// How a row of a test report that is filled in by hand came out.
    enum class Claim { none, pass, fail };
    Subject subject = Subject::check;
    std::string id;
    std::string target = {};  ///< name of a profile; empty: of every target
    std::string who;
    std::chrono::sys_days when;
    std::string text;
    AttachedFile file = {};
    Claim claim = Claim::none;  ///< of a scenario alone

    bool operator==(const Attestation&) const = default;
};

/// "check", "requirement", "scenario": the key of a list of attestations that holds the id.
constexpr std::string_view to_string(Attestation::Subject subject) {
    switch (subject) {
        case Attestation::Subject::check: return "check";
        case Attestation::Subject::requirement: return "requirement";
        case Attestation::Subject::scenario: break;
    }
    return "scenario";
}

/// "pass", "fail"; empty: nothing is claimed.
constexpr std::string_view to_string(Attestation::Claim claim) {
    switch (claim) {
        case Attestation::Claim::pass: return "pass";
        case Attestation::Claim::fail: return "fail";
        case Attestation::Claim::none: break;
    }
    return "";
}

/// An attached file may have so many bytes, and those of a list together `most_attached_bytes`.
inline constexpr std::uint64_t most_file_bytes = std::uint64_t{16} << 20;
inline constexpr std::uint64_t most_attached_bytes = std::uint64_t{128} << 20;

}  // namespace gateproof
