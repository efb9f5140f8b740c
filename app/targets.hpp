// From the words on the command line to a plan: options of selection, profiles, the embedded gateway.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/gateway.hpp"
#include "harness/profile/read/load.hpp"
#include "harness/run/plan.hpp"
#include "suites/catalogue.hpp"

namespace gateproof::cli {

/// What `run` and `plan` both ask for.
struct TargetOptions {
    std::vector<std::string> profiles;  ///< paths or names of built-in profiles; none: the embedded gateway
    std::vector<std::string> suites;
    std::vector<std::string> checks;
    std::vector<std::string> excludes;
    std::string requirements;  ///< the version of the catalogue that judges; empty: every check that there is
    std::vector<std::string> allow;
    std::vector<std::string> faults;
    /// Of a run whose checks are judged again: by target, those that its digest was taken with. The gateway inside the
    /// program may have been repaired since, as any other may; its profile is the same.
    std::optional<std::map<std::string, std::vector<std::string>>> faults_then = {};
    std::string addresses;  ///< of those that the endpoint's name has: "all", as where nothing is asked for, or "first"
    int repeat = 0;         ///< limits.repeat of every profile; 0: as each says
    bool quick = false;     ///< once
    bool interactive = false;  ///< a human logs in in his browser (Authority::by_human)
    /// Whether the profiles are those of the command line: no program is started that a journal names.
    bool named_here = true;
    double timeout_scale = 1;  ///< every time of the profiles' `timeouts`, and those of the embedded gateway

    void declare(CLI::App& app);
    /// --requirements alone, for a command with a question of its own.
    void declare_requirements(CLI::App& app);
    /// Throws Unusable for a version of the catalogue that does not exist.
    [[nodiscard]] Selection selection() const;
    /// Some checks were chosen or excluded.
    [[nodiscard]] bool selects() const {
        return !suites.empty() || !checks.empty() || !excludes.empty() || !requirements.empty();
    }
};

/// The embedded gateway, and what is broken of it and of the client inside this program. Starts the gateway when the
/// first profile asks for it, and answers "embedded:NAME" references.
class EmbeddedGateway {
public:
    /// Throws Unusable for an unknown fault.
    explicit EmbeddedGateway(std::vector<std::string> faults, double timeout_scale = 1);

    [[nodiscard]] ReferenceResolver resolver();
    /// Those of the given faults that are the client's inside this program.
    [[nodiscard]] const std::vector<std::string>& client_faults() const { return client_faults_; }
    /// The others, which are the gateway's.
    [[nodiscard]] const std::vector<std::string>& gateway_faults() const { return faults_; }
    [[nodiscard]] bool started() const { return gateway_ != nullptr; }

private:
    std::vector<std::string> faults_;
    std::vector<std::string> client_faults_;
    double timeout_scale_;
    std::unique_ptr<gateway::Gateway> gateway_;
};

struct Targets {
    std::vector<Profile> profiles;
    std::vector<std::string> digests;  ///< by profile: of what it says, and of the faults of an embedded gateway
    std::vector<std::vector<std::string>> faults;  ///< by profile: of the embedded gateway that it is about
    std::vector<std::vector<std::string>> given;   ///< by profile: TargetRecord::given
    std::vector<std::string> secrets;
    std::vector<std::string> warnings;

    /// One of them judges client software.
    [[nodiscard]] bool judges_clients() const;
};

/// A path, or else the name of a built-in profile; throws Unusable when it is neither.
LoadedProfile load_named_profile(const std::string& name, const LoadOptions& options);

/// A profile of client software starts programs, so it has to be the user's own choice and the user's own file. Throws
/// Unusable where it is not (TargetOptions::named_here, allow). `name`: as the command line has it.
void require_own_command(const TargetOptions& options, const Profile& profile, const std::string& name);

/// Throws Unusable with every problem of every profile.
Targets load_targets(const TargetOptions& options, EmbeddedGateway& gateway);

/// Says on standard error what is doubtful about the profiles.
void say_warnings(const Targets& targets);
/// What to write into these profiles where the environment names a proxy (HTTPS_PROXY, ALL_PROXY), which nobody asks;
/// empty: it names none, or each of them has one, or leads to this machine or to no endpoint at all. The value, which
/// may hold a password, is not in it.
std::string of_unused_proxy(const std::vector<Profile>& profiles);

/// The plan; throws Unusable for a pattern that matches nothing, with near matches.
Plan plan_of(std::vector<Profile> profiles, const Selection& selection,
             const Catalogue& catalogue = suites::catalogue());

}  // namespace gateproof::cli
