#include "harness/profile/read/load.hpp"

#include <utility>

#include "harness/json/problems.hpp"
#include "harness/json/read_file.hpp"
#include "harness/json/tree.hpp"
#include "harness/profile/digest.hpp"
#include "harness/profile/read/profile.hpp"
#include "harness/profile/reference.hpp"

namespace gateproof {

namespace {

LoadedProfile unreadable(const std::filesystem::path& file, std::string message) {
    LoadedProfile loaded;
    loaded.problems.push_back({file.string(), 0, 0, "", std::move(message)});
    return loaded;
}

/// What a run depends on. A hash of a short secret would give it away, so secrets are no part of it; neither are the
/// ports and certificates of the gateway inside the program, which are new at each start.
std::string digest_of(std::string text, const Profile& profile, const std::vector<std::string>& secrets) {
    for (const std::string& secret : secrets) {
        for (std::size_t at = text.find(secret); !secret.empty() && at != std::string::npos;
             at = text.find(secret, at)) {
            text.erase(at, secret.size());
        }
    }
    Digest digest;
    digest.add(text);
    if (text.find("\"embedded:") != std::string::npos) {
        return digest.hex();
    }
    digest.add(profile.endpoint.url());
    for (const auto& [role, identity] : profile.identities) {
        digest.add(role).add(identity ? identity->leaf.sha256_fingerprint() : std::string());
    }
    for (const Certificate& anchor : profile.trust.anchors) {
        digest.add("anchor").add(anchor.sha256_fingerprint());
    }
    if (profile.issuer) {
        digest.add("issuer").add(profile.issuer->certificate.sha256_fingerprint());
    }
    return digest.hex();
}

}  // namespace

LoadedProfile load_profile_text(std::string_view text, const std::string& name, const std::filesystem::path& directory,
                                const LoadOptions& options) {
    LoadedProfile loaded;
    const LineIndex lines(text);
    Problems problems(name, lines);
    const JsonTree tree = parse_json_tree(text, problems);
    if (tree.root) {
        References references(problems, directory, options, loaded.secrets);
        Profile profile = read_profile(*tree.root, references);
        if (!problems.any()) {
            loaded.digest = digest_of(std::string(text), profile, loaded.secrets);
            loaded.profile = std::move(profile);
        }
    }
    loaded.problems = problems.errors();
    loaded.warnings = problems.warnings();
    return loaded;
}

LoadedProfile load_profile(const std::filesystem::path& file, const LoadOptions& options) {
    const FileText read = read_bounded_file(file, "profile");
    if (!read.problem.empty()) {
        return unreadable(file, read.problem);
    }
    LoadedProfile loaded = load_profile_text(read.text, file.string(), file.parent_path(), options);
    if (loaded.profile) {
        loaded.profile->file = file;
    }
    return loaded;
}

}  // namespace gateproof
