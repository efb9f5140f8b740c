// gateproof pack and verify: what a run found, as one file that cannot be changed unnoticed.
#include "evidence/pack.hpp"
#include "app/output.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>
#include <set>
#include <sstream>

#include "app/command.hpp"
#include "app/files.hpp"
#include "app/journals.hpp"
#include "app/reports.hpp"
#include "app/signer_options.hpp"
#include "app/targets.hpp"
#include "harness/text/input_file.hpp"
#include "reports/view/exit_code.hpp"
#include "reports/view/flaws.hpp"
#include "reports/view/text.hpp"

namespace gateproof::cli {
namespace {

constexpr const char* pack_footer = R"(Examples:
  gateproof pack gateproof-out/run.jsonl                                    gateproof-pack.tar, not signed
  gateproof pack run.jsonl --out evidence.zip --sign-as enrolled --profile cloud.json
  gateproof pack monday.jsonl tuesday.jsonl --out week.tar

What is not the whole plan, did not judge each requirement whole, did not pass, or is of the embedded gateway is refused
unless it is accepted; the pack then holds PARTIAL.txt, which verify prints, and its HTML, Markdown, JSON and JUnit say so.
  gateproof pack run.jsonl --accept partial                                 requirements that were not judged whole
A pack holds each journal, its reports made anew, the accepted failures (known.json) if there are any, MANIFEST.sha256
and, signed, MANIFEST.sha256.cms. Anybody can check it:
  gateproof verify evidence.tar --ca ca.pem --signer SUBJECT
  tar xf evidence.tar && sha256sum --strict -c MANIFEST.sha256 &&
      openssl cms -verify -binary -inform PEM -in MANIFEST.sha256.cms -content MANIFEST.sha256 \
          -purpose any -partial_chain -CAfile ca.pem -out /dev/null)";

constexpr const char* verify_footer = R"(Examples:
  gateproof verify evidence.tar                 nothing was changed since it was packed; who signed it is shown
  gateproof verify evidence.tar --ca ca.pem --signer 'CN=dsp.example,O=Example,C=NZ'    and it is they who signed it
  gateproof verify evidence.tar --signer-cert client.pem                                the same, by the certificate
  gateproof verify evidence.tar --ca ca.pem     any certificate of that CA signed it: of a public CA, that is anybody's
  gateproof verify evidence.tar --ca ca.pem --signer SUBJECT --at 2026-11-30    as of then, where it expired since

Nothing is unpacked. What is read is what the name says, a .tar or a .zip, from the first byte to the last: a file that
another tool could read otherwise is refused. A signature proves something with a digest from SHA-256 on, a key of 112
bits of security (RSA 2048, P-256), and a certificate whose key usage, where it has one, holds digitalSignature.
Exit codes: 0 sound; 1 changed, or not signed as demanded; 2 no pack, or an unusable command line; 3 unchanged and
signed, but the signer's certificate has expired: only --at can judge it.)";

constexpr const char* read_me = R"(Evidence of gateproof runs: journals (run.jsonl) and the reports made from them.

MANIFEST.sha256 lists every other file with its SHA-256; MANIFEST.sha256.cms, where it is there, is a detached CMS
signature (RFC 5652) over the manifest.

  sha256sum --strict -c MANIFEST.sha256
  openssl cms -verify -binary -inform PEM -in MANIFEST.sha256.cms -content MANIFEST.sha256 -purpose any -partial_chain -CAfile ca.pem -out /dev/null

openssl takes any certificate of that CA; before unpacking, and of one signer alone: gateproof verify PACK --ca ca.pem --signer SUBJECT
)";

/// Longer than shown_word() lets a word be: what a certificate or a pack says is shown as well.
std::string shown(const std::string& word) {
    return reports::printable(word, reports::Lines::one, 300);
}

/// What a pack says of its runs.
struct Stamp {
    std::string words;  ///< "PARTIAL, EMBEDDED"; empty: nothing
    std::string text;   ///< why, a line for each
};

/// "PARTIAL, EMBEDDED"
std::string capitals(const std::set<reports::Flaw>& flaws) {
    std::string text;
    for (const reports::Flaw flaw : flaws) {
        text += text.empty() ? "" : ", ";
        std::ranges::transform(to_string(flaw), std::back_inserter(text),
                               [](char c) { return static_cast<char>(c - 'a' + 'A'); });
    }
    return text;
}

struct PackCommand {
    std::vector<std::string> journals;
    std::string out = "gateproof-pack.tar";
    std::string sign_as;
    std::string profile;
    std::string known;
    bool partial = false;
    std::vector<std::string> accept;

    int execute() const;

private:
    [[nodiscard]] std::shared_ptr<const Identity> signer() const;
    /// What the runs are no proof of; each run's record says so in its reports. Throws Unusable for what is not
    /// accepted.
    [[nodiscard]] Stamp stamp(std::vector<RunRecord>& runs) const;
};

std::string whole_file(const std::string& file) {
    InputFile opened = open_input_file(file);
    if (opened.fault != InputFile::Fault::none) {
        throw Unusable(fmt::format("{} {}", shown(file), opened.why));
    }
    return {std::istreambuf_iterator<char>(opened.in), std::istreambuf_iterator<char>()};
}

/// The journal and every report that can be made from it. `folder` ends with '/' or is empty.
void add_run(std::vector<evidence::PackFile>& files, const std::string& folder, const std::string& journal,
             const RunRecord& record) {
    files.push_back({folder + "run.jsonl", whole_file(journal)});
    for (const reports::Format& format : reports::formats()) {
        files.push_back({folder + std::string(format.file), format.make({record})});
    }
}

std::shared_ptr<const Identity> PackCommand::signer() const {
    if (sign_as.empty() && !profile.empty()) {
        throw Unusable("--profile is where the signer's identity is; say which one with --sign-as");
    }
    if (sign_as.empty()) {
        return nullptr;
    }
    if (profile.empty()) {
        throw Unusable("--sign-as names an identity of a profile; give it with --profile");
    }
    TargetOptions options;
    options.profiles = {profile};
    EmbeddedGateway gateway({});
    const Targets loaded = load_targets(options, gateway);
    const auto& identities = loaded.profiles.front().identities;
    const auto found = identities.find(sign_as);
    if (found == identities.end()) {
        throw Unusable(fmt::format("--sign-as {}: the profile fills no such role", shown(sign_as)));
    }
    return found->second;
}

Stamp PackCommand::stamp(std::vector<RunRecord>& runs) const {
    std::set<std::string> accepted(accept.begin(), accept.end());
    if (partial) {
        accepted.insert({"incomplete", "partial"});
    }
    Stamp stamp;
    std::set<reports::Flaw> all;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const std::string name = runs.size() == 1 ? "run.jsonl" : fmt::format("run-{}/run.jsonl", i + 1);
        std::string refused;
        std::set<reports::Flaw> flaws;
        std::set<std::string> lacking = accepted;
        for (const reports::FlawFound& found : reports::flaws_of(reports::Tally(runs[i]))) {
            flaws.insert(found.flaw);
            lacking.emplace(to_string(found.flaw));
            const std::string line = fmt::format("{}: {}", to_string(found.flaw), reports::printable(found.why));
            refused += accepted.contains(std::string(to_string(found.flaw))) ? "" : "\n  " + line;
            stamp.text += fmt::format("{}: {}\n", name, line);
        }
        if (!refused.empty()) {
            throw Unusable(fmt::format(
                "{} is no proof of all that it could be asked for:{}\nRepair that and run again, or pack it "
                "as it is with --accept {}, and the pack says so",
                shown(journals[i]), refused, fmt::join(lacking, ",")));
        }
        runs[i].stamp = capitals(flaws);
        all.insert(flaws.begin(), flaws.end());
    }
    stamp.words = capitals(all);
    return stamp;
}

int PackCommand::execute() const {
    const bool zip = out.ends_with(".zip");
    if (!zip && !out.ends_with(".tar")) {
        throw Unusable(fmt::format("--out {}: a pack is a .tar or a .zip file", shown(out)));
    }
    const std::shared_ptr<const Identity> signs = signer();
    const std::vector<KnownFailure> accepted = load_known(known);
    std::vector<RunRecord> runs;
    std::ranges::transform(journals, std::back_inserter(runs), read_usable_journal);
    std::vector<std::string> notes;
    for (RunRecord& run : runs) {
        std::ranges::copy(accept_known(run, accepted), std::back_inserter(notes));
    }
    for (const std::string& note : notes) {
        say(stderr, "note: {}\n", note);
    }
    const Stamp stamped = stamp(runs);
    std::string limits;
    if (!stamped.words.empty()) {
        limits = fmt::format("{}: this pack is no proof of all that it could be asked for.\n{}", stamped.words,
                             stamped.text);
    }
    std::vector<evidence::PackFile> files{{"README.txt", limits.empty() ? read_me : limits + '\n' + read_me}};
    if (!limits.empty()) {
        files.push_back({evidence::partial_name, limits});
    }
    if (!known.empty()) {
        files.push_back({"known.json", whole_file(known)});
    }
    std::optional<std::chrono::system_clock::time_point> written;
    for (std::size_t i = 0; i < journals.size(); ++i) {
        const RunRecord& record = runs[i];
        written = written ? std::max(*written, record.started) : record.started;
        add_run(files, journals.size() == 1 ? "" : fmt::format("run-{}/", i + 1), journals[i], record);
    }
    write_file(out, evidence::make_pack(std::move(files), signs.get(),
                                        zip ? evidence::ArchiveKind::zip : evidence::ArchiveKind::tar, *written));
    say(stdout, "pack: {}{}{}\n", shown(out), signs ? ", signed by " + shown(signs->leaf.subject()) : ", not signed",
        stamped.words.empty() ? "" : ", " + stamped.words);
    return 0;
}

struct VerifyCommand {
    std::string pack;
    SignerOptions signer;

    int execute() const;
};

reports::ExitCode exit_code_of(evidence::PackState state) {
    switch (state) {
        case evidence::PackState::sound: return reports::ExitCode::passed;
        case evidence::PackState::changed: return reports::ExitCode::failed;
        case evidence::PackState::expired: return reports::ExitCode::inconclusive;
        case evidence::PackState::unreadable: break;
    }
    return reports::ExitCode::unusable;
}

int VerifyCommand::execute() const {
    const evidence::PackCheck check = evidence::check_pack(pack, signer.demand());
    if (check.state != evidence::PackState::sound) {
        say(stderr, "{}: refused: {}{}\n", shown(pack), shown(check.sentence), signer.remedy(check));
        return static_cast<int>(exit_code_of(check.state));
    }
    say(stdout, "{}: {} files, each as the manifest says; {}\n", shown(pack), check.files.size(), signer.words(check));
    std::istringstream partial(check.partial);
    for (std::string line; std::getline(partial, line);) {
        say(stdout, "  {}\n", shown(line));  // indented: the words of whoever made the pack
    }
    return 0;
}

}  // namespace

Command add_pack(CLI::App& root) {
    CLI::App* app = root.add_subcommand("pack", "Pack journals and reports as evidence, signed on request");
    const auto command = std::make_shared<PackCommand>();
    app->add_option("JOURNAL", command->journals, "Journals of runs")->required();
    app->add_option("--out", command->out, "File to write, .tar or .zip")->type_name("FILE")->capture_default_str();
    app->add_option("--sign-as", command->sign_as, "Sign with this identity of the profile, such as enrolled")
        ->type_name("ROLE");
    app->add_option("--profile", command->profile, "Where that identity is")->type_name("FILE");
    app->add_option("--known", command->known,
                    "Accepted failures, each with a reason and an expiry date: reported apart, and packed too")
        ->type_name("FILE");
    app->add_option(
           "--accept", command->accept,
           "Pack also a run that is incomplete (a selection, a shard, one that was stopped), partial "
           "(requirements that were not judged whole), failed, inconclusive, or of the embedded gateway; the pack "
           "says so")
        ->allow_extra_args(false)
        ->delimiter(',')
        ->check(CLI::IsMember({"incomplete", "partial", "failed", "inconclusive", "embedded"}))
        ->type_name("WORDS");
    app->add_flag("--partial", command->partial, "The same as --accept incomplete,partial");
    app->footer(pack_footer);
    return {app, [command] { return command->execute(); }};
}

Command add_verify(CLI::App& root) {
    CLI::App* app = root.add_subcommand("verify", "Verify an evidence pack");
    const auto command = std::make_shared<VerifyCommand>();
    app->add_option("PACK", command->pack, "Pack to verify")->required();
    command->signer.declare(*app);
    app->footer(verify_footer);
    return {app, [command] { return command->execute(); }};
}

}  // namespace gateproof::cli
