// gateproof rotate-check: one rotation at one moment, and what became of it since another run.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include "app/command.hpp"
#include "app/commands/cut_over.hpp"
#include "app/duration.hpp"
#include "app/files.hpp"
#include "app/journals.hpp"
#include "app/judging.hpp"
#include "app/output.hpp"
#include "app/rotation_options.hpp"
#include "app/targets.hpp"
#include "app/version.hpp"
#include "harness/json/read_file.hpp"
#include "harness/profile/digest.hpp"
#include "harness/run/shard/shard.hpp"
#include "harness/text/shell_word.hpp"
#include "reports/compare/compare.hpp"
#include "reports/view/repeat.hpp"
#include "reports/view/text.hpp"
#include "suites/catalogue.hpp"
#include "suites/gateway/rotation/baseline.hpp"

namespace gateproof::cli {
namespace {

constexpr const char* rotate_check_footer = R"(The three moments of a rotation:
  before   nobody uses the new certificate yet. It is judged on this machine: clientAuth (public CAs stopped issuing it in
           2026), common name, new key, period, chain, authority, strength. The server's own certificate, and what is cut
           over already, are judged by connecting. Where names are trusted, the new certificate must be served already.
  during   clients change to it: it is served, you are the same client, and old and new overlap as declared.
  after    cut over: the old certificate is refused, and no session of it is resumed into service. Where names are trusted
           it is good until it expires or is revoked; that it is served until then is said, and no failure.
The profile says which of the two holds: "reading": "packs-2024" (names are trusted, the default) or "SE-2021" (certificates
are exchanged one by one), or "trust" in its "rotation".
A machine's signing key is judged too where the profile gives rotation.signers: whether JWTs of the new key are served, and
what the old key signed no longer. It is at the same moment, unless rotation.signers.moment says another.

Examples:
  gateproof rotate-check --profile cloud.json --old client.pem --new client-2027.pem
  gateproof rotate-check --profile cloud.json --old enrolled --new new.p12 --new-passphrase-env P12_PASS --moment during
  gateproof rotate-check --profile cloud.json --old old.pem --new new.pem --moment after \
      --old-sessions kept.pem --baseline gateproof-rotation-during/run.jsonl
  gateproof rotate-check --profile cloud.json --old old.pem --new new.pem --moment during --interactive
      judges this moment, asks you to cut over and to press Enter, and judges the moment after

PEM files hold the certificate, then its intermediates; the key is in the same file, or in NAME.key beside NAME.pem, or in
NAME.key.pem beside NAME.crt.pem, or where --old-key and --new-key say. Keep a session of the old certificate before the cut-over, to prove it dead later:
  openssl s_client -connect HOST:4046 -servername HOST -cert old.pem -key old.key -sess_out kept.pem

Exit codes: 0 fit for this moment; 1 a check failed, or a regression since --baseline; 2 unusable command line, profile
or certificate; 3 no failure, but something could not be judged; 4 gateproof itself failed; 130 interrupted.)";

struct RotateCheckCommand {
    std::string profile;
    TargetOptions options;  ///< of it --requirements alone
    CertificateWords old{"--old", {}, {}, {}};
    CertificateWords fresh{"--new", {}, {}, {}};
    std::string moment;
    std::string old_sessions;
    bool old_revoked = false;
    std::vector<std::string> approved;
    std::string baseline;
    std::string out;
    ExitOptions exit;
    bool quiet = false;
    bool interactive = false;
    std::string step_wait = "5m";

    void declare(CLI::App& app);
    int execute();

private:
    /// The loaded profile as it is to be judged; `at`: at this moment, whatever is declared.
    [[nodiscard]] Profile rotating(Targets& loaded, std::optional<RotationMoment> at = {}) const;
    /// What else this command line says, for one that judges `rotated` again.
    [[nodiscard]] std::vector<std::string> given(const Profile& rotated, const std::string& since) const;
    [[nodiscard]] std::filesystem::path folder_of(RotationMoment at) const;
    /// Judges one moment, and compares it with `earlier`, the run of the journal `since`.
    [[nodiscard]] Judged judge_moment(Profile rotated, const Targets& loaded, const std::optional<RunRecord>& earlier,
                                      const std::string& since);
    /// One moment, the cut-over, and the moment after it.
    reports::ExitCode go_through(Profile rotated, Targets& loaded, const std::optional<RunRecord>& earlier);
    /// How to go on without the step, which ended in this way.
    void say_how_to_go_on(EnterEnd end, const Profile& later, const std::string& journal) const;
};

void RotateCheckCommand::declare(CLI::App& app) {
    app.add_option("--profile", profile, "Profile of the endpoint: a file, or the name of a built-in one")
        ->type_name("FILE")
        ->required();
    for (CertificateWords* const words : {&old, &fresh}) {
        const std::string option(words->option);
        const std::string which = words == &old ? "old" : "new";
        app.add_option(option, words->certificate,
                       fmt::format("The {} certificate: PEM or PKCS#12 (.p12, .pfx) file, or a role of the profile "
                                   "(default: as rotation.{} says)",
                                   which, which))
            ->type_name("FILE");
        app.add_option(option + "-key", words->key, fmt::format("Key of the {} certificate: PEM or PKCS#11 URI", which))
            ->type_name("FILE");
        app.add_option(option + "-passphrase-env", words->passphrase_env,
                       "Environment variable that holds its passphrase or PIN")
            ->type_name("NAME");
    }
    app.add_option("--moment", moment, "before, during or after (default: as the profile says, or else before)")
        ->check(CLI::IsMember({"before", "during", "after"}))
        ->type_name("MOMENT");
    app.add_option("--old-sessions", old_sessions, "after: TLS sessions of the old certificate, kept since before, PEM")
        ->type_name("FILE");
    app.add_flag("--old-revoked", old_revoked,
                 "after: the old certificate has been revoked, and must be refused for it");
    app.add_option("--approved-authority", approved,
                   "Organisation that may issue the new certificate, as in a lab: instead of those that the profile or "
                   "the published list approves")
        ->allow_extra_args(false)
        ->type_name("NAME");
    app.add_option("--baseline", baseline, "Journal of an earlier moment, to compare with")->type_name("JOURNAL");
    options.declare_requirements(app);
    app.add_option("--out", out,
                   "Folder for journal and reports (default: gateproof-rotation-MOMENT; with --interactive the folders "
                   "MOMENT and after in it)")
        ->type_name("DIR");
    exit.declare(app);
    CLI::Option* const asks =
        app.add_flag("--interactive", interactive,
                     "Judge before or during, then wait until you have cut over and press Enter, and judge after");
    app.add_option("--step-wait", step_wait, "How long --interactive waits for Enter")
        ->type_name("TIME")
        ->capture_default_str()
        ->needs(asks)
        ->check(&duration_fault);
    app.add_flag("-q,--quiet", quiet, "Print nothing; exit code and reports tell")->excludes(asks);
    app.footer(rotate_check_footer);
}

Profile RotateCheckCommand::rotating(Targets& loaded, std::optional<RotationMoment> at) const {
    Profile rotated = loaded.profiles.front();
    const bool declared = rotated.rotation.has_value();
    if (!declared) {
        rotated.rotation.emplace();
        rotated.rotation->approved_authorities = authorities_of_rotation(rotated.client_certificate);
    }
    RotationExpectations& rotation = *rotated.rotation;
    if (!approved.empty()) {
        rotation.approved_authorities = approved;
    }
    rotation.moment = at ? *at : moment_from(moment).value_or(rotation.moment);
    rotation.old_revoked = rotation.old_revoked || old_revoked;
    const bool signers_alone =
        rotation.signers && rotation.old_role.empty() && old.certificate.empty() && fresh.certificate.empty();
    if (signers_alone && interactive) {
        rotation.signers->moment.reset();  // there is no other moment that it could differ from
    }
    if (!signers_alone && rotation.overlap == Overlap::cut_over_at_once &&
        certificate_trust(rotated) == CertificateTrust::by_name) {
        throw Unusable(
            "the profile's rotation has the overlap cut_over_at_once, but where names are trusted the old certificate is "
            "served until it expires or is revoked; declare \"trust\": \"certificate\" beside it if each one is enrolled");
    }
    const auto words = [declared](CertificateWords given, const std::string& role) {
        if (given.certificate.empty() && role.empty()) {
            throw Unusable(declared
                               ? fmt::format("the profile names no such certificate in \"rotation\"; give it with {}",
                                             given.option)
                               : "the profile has no \"rotation\"; give both certificates, with --old and --new");
        }
        given.certificate = given.certificate.empty() ? role : given.certificate;
        return given;
    };
    if (!signers_alone) {
        std::shared_ptr<const Identity> before =
            load_certificate(words(old, rotation.old_role), rotated, "rotated_old", loaded.secrets);
        std::shared_ptr<const Identity> after =
            load_certificate(words(fresh, rotation.new_role), rotated, "rotated_new", loaded.secrets);
        set_rotation(rotated, std::move(before), std::move(after));
    }
    if (!old_sessions.empty() && (rotation.moment == RotationMoment::after || !interactive)) {
        if (rotation.moment != RotationMoment::after) {
            throw Unusable("--old-sessions are judged when the old certificate is cut over: --moment after");
        }
        const FileText text = read_bounded_file(old_sessions, "session file");
        loaded.secrets.push_back(text.text);
        rotation.old_sessions = sessions_from_pem(text.text);
        if (rotation.old_sessions.empty()) {
            throw Unusable(fmt::format("--old-sessions {}: {}", reports::printable(old_sessions),
                                       text.problem.empty()
                                           ? "holds no TLS session as openssl s_client -sess_out writes it"
                                           : reports::printable(text.problem)));
        }
    }
    return rotated;
}

/// Every requirement, and these suites alone: what is whole for a command of its own question.
Catalogue catalogue_of(const std::vector<std::string_view>& ids) {
    Catalogue part = suites::catalogue();
    std::erase_if(part.suites, [&ids](const Suite& suite) { return std::ranges::find(ids, suite.id) == ids.end(); });
    return part;
}

/// A check that a later moment has no use for any more is not lost, and one that it is the first to have is new only
/// where it passed.
void forget_other_moments(reports::Comparison& comparison) {
    const std::size_t forgotten = std::erase_if(comparison.checks, [](const reports::CheckChange& change) {
        return change.after == Outcome::skipped || change.change == reports::Change::vanished ||
               (change.before == Outcome::skipped && change.after == Outcome::pass);
    });
    if (forgotten > 0) {
        comparison.notes.push_back(fmt::format("{} check{} of one of the two moments alone {} not compared", forgotten,
                                               forgotten == 1 ? "" : "s", forgotten == 1 ? "is" : "are"));
    }
}

/// Of the profile as it was loaded, and of what the command line made of it.
std::string digest_of(const Profile& rotated, const std::string& loaded) {
    Digest digest;
    digest.add(loaded).add(to_string(rotated.rotation->moment)).add(rotated.rotation->known_as);
    if (rotated.rotation->old_revoked) {
        digest.add("old certificate revoked");
    }
    for (const std::string& role : {rotated.rotation->old_role, rotated.rotation->new_role}) {
        const Identity* const identity = rotated.identity(role);
        digest.add(identity == nullptr ? std::string() : identity->leaf.sha256_fingerprint());
    }
    return digest.hex();
}

std::vector<std::string> RotateCheckCommand::given(const Profile& rotated, const std::string& since) const {
    std::vector<std::string> said;
    const auto add = [&said](const std::string& option, const std::string& value) {
        if (!value.empty()) {
            said.insert(said.end(), {option, value});
        }
    };
    for (const CertificateWords* const words : {&old, &fresh}) {
        const std::string option(words->option);
        add(option, words->certificate);
        add(option + "-key", words->key);
        add(option + "-passphrase-env", words->passphrase_env);
    }
    add("--moment", std::string(to_string(rotated.rotation->moment)));
    add("--old-sessions", rotated.rotation->moment == RotationMoment::after ? old_sessions : "");
    if (old_revoked) {
        said.emplace_back("--old-revoked");
    }
    for (const std::string& name : approved) {
        add("--approved-authority", name);
    }
    add("--requirements", options.requirements);
    add("--baseline", since);
    return said;
}

std::filesystem::path RotateCheckCommand::folder_of(RotationMoment at) const {
    const std::string name(to_string(at));
    if (out.empty()) {
        return "gateproof-rotation-" + name;
    }
    return interactive ? std::filesystem::path(out) / name : std::filesystem::path(out);
}

Judged RotateCheckCommand::judge_moment(Profile rotated, const Targets& loaded, const std::optional<RunRecord>& earlier,
                                        const std::string& since) {
    if (rotated.rotation->known_as.empty() && earlier) {
        rotated.rotation->known_as = suites::name_in(*earlier);
    }
    RunOptions run_options;
    run_options.version = version();
    run_options.fail_on = exit.fail_on();
    run_options.accepts_excluded = exit.accepts_excluded();
    run_options.known = exit.known();
    run_options.fails_on_partial = exit.fails_on_partial();
    run_options.plan_suites = {"rotation"};
    run_options.secrets = loaded.secrets;
    run_options.profile_digests = {digest_of(rotated, loaded.digests.front())};
    run_options.given = {given(rotated, since)};
    const std::filesystem::path folder = folder_of(rotated.rotation->moment);
    std::vector<Profile> profiles;
    profiles.push_back(std::move(rotated));
    const Catalogue rotation = catalogue_of({"rotation"});
    const Plan plan = plan_of(std::move(profiles), options.selection(), rotation);
    run_options.plan_digest = plan_digest(plan, run_options.profile_digests);
    prepare_folder(folder, "--out");
    remove_old_reports(folder);
    const ViewOptions view = view_options_for(stdout, true, quiet);
    Judged judged = judge({.plan = plan,
                           .catalogue = rotation,
                           .options = run_options,
                           .exit = exit,
                           .view = view,
                           .journal = folder / "run.jsonl",
                           .reports = in_folder(folder, chosen_formats({"html", "junit"}, "--report"))});
    if (earlier) {
        reports::CompareOptions compared;
        compared.known = exit.known();
        reports::Comparison comparison = reports::compare(*earlier, judged.record, compared);
        forget_other_moments(comparison);
        if (!quiet) {
            say(stdout, "\nSince {}:\n{}", reports::printable(since),
                reports::compare_text(comparison, {view.colour, view.verbose}));
        }
        if (comparison.regressions() > 0 && judged.code == reports::ExitCode::passed) {
            judged.code = reports::ExitCode::failed;
        }
    }
    return judged;
}

void RotateCheckCommand::say_how_to_go_on(EnterEnd end, const Profile& later, const std::string& journal) const {
    const std::string why = end == EnterEnd::nobody        ? fmt::format("Nobody pressed Enter within {}", step_wait)
                            : end == EnterEnd::interrupted ? "Interrupted"
                                                           : "The terminal was closed";
    std::string line = "gateproof rotate-check --profile " + shell_word(profile);
    for (const std::string& word : given(later, journal)) {
        line += ' ' + shell_word(word);
    }
    if (!out.empty()) {
        line += " --out " + shell_word(folder_of(RotationMoment::after).string());
    }
    say(stdout, "{}, so the moment after the cut-over was not judged. Once it is cut over, this goes on:\n  {}\n", why,
        reports::printable(line, reports::Lines::one, reports::longest_repeat_line));
}

/// Of two moments.
reports::ExitCode worse(reports::ExitCode one, reports::ExitCode other) {
    using enum reports::ExitCode;
    for (const reports::ExitCode code : {interrupted, broken, failed, inconclusive}) {
        if (one == code || other == code) {
            return code;
        }
    }
    return passed;
}

reports::ExitCode RotateCheckCommand::go_through(Profile rotated, Targets& loaded,
                                                 const std::optional<RunRecord>& earlier) {
    if (rotated.rotation->moment == RotationMoment::after) {
        throw Unusable(
            "--interactive waits for a cut-over, but --moment after, or the profile's rotation.moment, says that it is "
            "cut over; leave --interactive out, or give --moment before or during");
    }
    Profile later = rotating(loaded, RotationMoment::after);
    if (const std::string unmet = cut_over_unmet(); !unmet.empty()) {
        throw Unusable(unmet);
    }
    const std::string journal = (folder_of(rotated.rotation->moment) / "run.jsonl").string();
    const Judged first = judge_moment(std::move(rotated), loaded, earlier, baseline);
    if (first.code != reports::ExitCode::passed && first.code != reports::ExitCode::inconclusive) {
        if (first.code == reports::ExitCode::failed) {
            say(stdout, "\nNothing is to be cut over yet: mend what failed, then give the same command again.\n");
        }
        return first.code;
    }
    const auto patience = std::chrono::ceil<std::chrono::seconds>(*parse_duration(step_wait));
    const EnterEnd end = ask_for_cut_over(later, patience, view_options_for(stdout, true, quiet));
    if (end != EnterEnd::pressed) {
        say_how_to_go_on(end, later, journal);
        return end == EnterEnd::interrupted ? reports::ExitCode::interrupted
                                            : worse(first.code, reports::ExitCode::inconclusive);
    }
    return worse(first.code, judge_moment(std::move(later), loaded, first.record, journal).code);
}

int RotateCheckCommand::execute() {
    exit.load();
    EmbeddedGateway gateway({});
    options.profiles = {profile};
    static_cast<void>(options.selection());  // an unknown version is said before anything else
    Targets loaded = load_targets(options, gateway);
    if (!quiet) {
        say_warnings(loaded);
    }
    std::optional<RunRecord> earlier;
    if (!baseline.empty()) {
        earlier = read_usable_journal(baseline);
    }
    Profile rotated = rotating(loaded);
    return static_cast<int>(interactive ? go_through(std::move(rotated), loaded, earlier)
                                        : judge_moment(std::move(rotated), loaded, earlier, baseline).code);
}

}  // namespace

Command add_rotate_check(CLI::App& root) {
    CLI::App* app = root.add_subcommand("rotate-check", "Judge a certificate rotation: before, during or after it");
    const auto command = std::make_shared<RotateCheckCommand>();
    command->declare(*app);
    return {app, [command] { return command->execute(); }};
}

}  // namespace gateproof::cli
