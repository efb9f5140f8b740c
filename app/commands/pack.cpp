// gateproof pack: what a run found, as one file that cannot be changed unnoticed.
#include "evidence/pack.hpp"
#include "app/output.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "app/command.hpp"
#include "app/files.hpp"
#include "app/journals.hpp"
#include "app/known_options.hpp"
#include "app/pack_contents.hpp"
#include "app/record_options.hpp"
#include "app/reports.hpp"
#include "app/targets.hpp"
#include "harness/journal/codec.hpp"
#include "harness/text/ascii.hpp"
#include "harness/text/input_file.hpp"
#include "harness/text/sha256.hpp"
#include "reports/view/attestations.hpp"
#include "reports/view/exit_code.hpp"
#include "reports/view/flaws.hpp"
#include "reports/view/text.hpp"

namespace gateproof::cli {
namespace {

constexpr const char* pack_footer = R"(Examples:
  gateproof pack gateproof-out/run.jsonl                                    gateproof-pack.tar, not signed
  gateproof pack run.jsonl --out evidence.zip --sign-as enrolled --profile cloud.json
  gateproof pack monday.jsonl tuesday.jsonl --out week.tar

What is not the whole plan, did not judge each requirement whole, did not pass, or is of an embedded side is refused
unless it is accepted; the pack then holds PARTIAL.txt, which verify prints, and its HTML, Markdown, JSON and JUnit say so.
  gateproof pack run.jsonl --accept partial                                 requirements that were not judged whole
  gateproof pack run.jsonl --attest attestations.json --accept partial      and what was seen of them by hand
A pack holds each journal, its reports made anew, the accepted failures (known.json) and the attached files of
attestations if there are any, MANIFEST.sha256
and, signed, MANIFEST.sha256.cms. Anybody can check it:
  gateproof verify evidence.tar --ca ca.pem --signer SUBJECT
  tar xf evidence.tar && sha256sum --strict -c MANIFEST.sha256 &&
      openssl cms -verify -binary -inform PEM -in MANIFEST.sha256.cms -content MANIFEST.sha256 \
          -purpose any -partial_chain -CAfile ca.pem -out /dev/null)";

constexpr const char* read_me = R"(Evidence of gateproof runs: journals (run.jsonl) and the reports made from them.

MANIFEST.sha256 lists every other file with its SHA-256; MANIFEST.sha256.cms, where it is there, is a detached CMS
signature (RFC 5652) over the manifest.

  sha256sum --strict -c MANIFEST.sha256
  openssl cms -verify -binary -inform PEM -in MANIFEST.sha256.cms -content MANIFEST.sha256 -purpose any -partial_chain -CAfile ca.pem -out /dev/null

openssl takes any certificate of that CA; before unpacking, and of one signer alone: gateproof verify PACK --ca ca.pem --signer SUBJECT
)";

struct PackCommand {
    std::vector<std::string> journals;
    std::string out = "gateproof-pack.tar";
    std::string sign_as;
    std::string profile;
    KnownOptions known;
    AttestOptions attest;
    bool partial = false;
    std::vector<std::string> accept;

    int execute();

private:
    [[nodiscard]] std::shared_ptr<const Identity> signer() const;
    /// What the runs are no proof of; each run's record says so in its reports. Throws Unusable for what is not
    /// accepted.
    void stamp(std::vector<PackedRun>& runs) const;
    /// Each journal by the name that it has in the pack, with what is accepted; notes go to standard error.
    [[nodiscard]] std::vector<PackedRun> read();
    /// The name of a journal's folder in the pack, ended by '/'; empty where there is one journal.
    [[nodiscard]] std::string folder_of(std::size_t number) const {
        return journals.size() == 1 ? "" : fmt::format("run-{}/", number + 1);
    }
};

std::string whole_file(const std::string& file) {
    InputFile opened = open_input_file(file);
    if (opened.fault != InputFile::Fault::none) {
        throw Unusable(fmt::format("{} {}", shown_text(file), opened.why));
    }
    return {std::istreambuf_iterator<char>(opened.in), std::istreambuf_iterator<char>()};
}

/// The journal with what is attested besides, each an event of its own behind what was written of the run, and with the
/// list of known failures that was given here, so that it is judged by the same day wherever it is read.
std::string attested_journal(const std::string& file, const std::vector<Attestation>& added,
                             const std::optional<KnownList>& known) {
    std::string text = whole_file(file);
    if ((known || !added.empty()) && !text.empty() && text.back() != '\n') {
        text += '\n';
    }
    for (const Attestation& said : added) {
        text += encode_event(said);
    }
    if (known) {
        text += encode_event(KnownGiven{*known});
    }
    return text;
}

/// "attachments/3f2a9c0d1b2e4f56-refusal.png": told from others of its name, and plain whatever it was called.
std::string attached_name_of(const AttachedFile& file) {
    constexpr std::size_t digits = 16;
    constexpr std::size_t longest = 60;
    std::string name = std::filesystem::path(file.path).filename().string();
    name.erase(0, name.size() - std::min(name.size(), longest));
    std::ranges::replace_if(
        name, [](char c) { return !is_alphanumeric(c) && c != '.' && c != '-' && c != '_'; }, '_');
    return evidence::attached_folder + file.sha256.substr(0, digits) + '-' + name;
}

/// The attached files of all runs, each once. `said`: attestations whose paths are sure to be right, since they were
/// read just now. Throws Unusable for one that is not there, or is another one by now.
void add_attached(std::vector<evidence::PackFile>& files, const std::vector<PackedRun>& runs,
                  const std::vector<Attestation>& said) {
    std::map<std::string, AttachedFile> wanted;  // by SHA-256
    for (const Attestation& one : said) {
        wanted.emplace(one.file.sha256, one.file);
    }
    std::set<std::string> packed{""};
    std::uint64_t bytes = 0;
    for (const PackedRun& run : runs) {
        for (const Attestation& one : run.run.attestations) {
            const AttachedFile& file = wanted.emplace(one.file.sha256, one.file).first->second;
            if (!packed.insert(file.sha256).second) {
                continue;
            }
            AttachedBytes read = read_attached(file.path);
            if (read.problem.empty() && sha256_of(read.bytes) != file.sha256) {
                read.problem = "it is another one by now: its SHA-256 is not the one that was attested";
            }
            bytes += read.bytes.size();
            if (read.problem.empty() && bytes > most_attached_bytes) {
                read.problem = fmt::format("more than {} MiB are attached", most_attached_bytes >> 20);
            }
            if (!read.problem.empty()) {
                throw Unusable(
                    fmt::format("{} goes with the attestation of {} and cannot be packed: {}; pack where it "
                                "lies, or give the list of attestations beside it with --attest FILE",
                                shown_text(file.path), shown_text(reports::subject_text(one)), read.problem));
            }
            files.push_back({attached_name_of(file), std::move(read.bytes)});
        }
    }
}

/// The journal and every report that can be made from it. `folder` ends with '/' or is empty.
void add_run(std::vector<evidence::PackFile>& files, const std::string& folder, std::string journal,
             const RunRecord& record) {
    files.push_back({folder + evidence::journal_name, std::move(journal)});
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
        throw Unusable(fmt::format("--sign-as {}: the profile fills no such role", shown_text(sign_as)));
    }
    return found->second;
}

std::vector<PackedRun> PackCommand::read() {
    std::vector<PackedRun> runs;
    for (std::size_t i = 0; i < journals.size(); ++i) {
        runs.push_back({folder_of(i) + evidence::journal_name, read_usable_journal(journals[i])});
        known.accept(runs.back().run);
    }
    for (const std::string& note : known.notes()) {
        say(stderr, "note: {}\n", note);
    }
    return runs;
}

void PackCommand::stamp(std::vector<PackedRun>& runs) const {
    std::set<std::string> accepted(accept.begin(), accept.end());
    if (partial) {
        accepted.insert({"incomplete", "partial"});
    }
    for (std::size_t i = 0; i < runs.size(); ++i) {
        std::string refused;
        std::set<reports::Flaw> flaws;
        std::set<std::string> lacking = accepted;
        for (const reports::FlawFound& found : reports::flaws_of(reports::Tally(runs[i].run))) {
            flaws.insert(found.flaw);
            lacking.emplace(to_string(found.flaw));
            const std::string line = fmt::format("{}: {}", to_string(found.flaw), reports::printable(found.why));
            refused += accepted.contains(std::string(to_string(found.flaw))) ? "" : "\n  " + line;
        }
        if (!refused.empty()) {
            throw Unusable(fmt::format(
                "{} is no proof of all that it could be asked for:{}\nRepair that and run again, or pack it "
                "as it is with --accept {}, and the pack says so",
                shown_text(journals[i]), refused, fmt::join(lacking, ",")));
        }
        runs[i].run.stamp = capitals(flaws);
    }
}

int PackCommand::execute() {
    const bool zip = out.ends_with(".zip");
    if (!zip && !out.ends_with(".tar")) {
        throw Unusable(fmt::format("--out {}: a pack is a .tar or a .zip file", shown_text(out)));
    }
    const std::shared_ptr<const Identity> signs = signer();
    known.load(true);
    std::vector<PackedRun> runs = read();
    std::vector<const RunRecord*> records;
    std::ranges::transform(runs, std::back_inserter(records), [](const PackedRun& one) { return &one.run; });
    const std::vector<Attestation> said = attest.load(names_in(records));
    stamp(runs);
    const std::string limits = limits_text(runs);
    std::vector<evidence::PackFile> files(1);
    if (!limits.empty()) {
        files.push_back({evidence::partial_name, limits});
    }
    if (known.list()) {
        files.push_back({evidence::known_name, whole_file(known.file())});
    }
    std::optional<std::chrono::system_clock::time_point> written;
    for (std::size_t i = 0; i < journals.size(); ++i) {
        RunRecord& record = runs[i].run;
        written = written ? std::max(*written, record.started) : record.started;
        std::string journal = attested_journal(journals[i], add_attestations(record, said), known.list());
        add_run(files, folder_of(i), std::move(journal), record);
    }
    add_attached(files, runs, said);
    files.front() = {"README.txt", (limits.empty() ? "" : limits + '\n') + read_me + "\nThe runs:\n" +
                                       contents_text(runs, std::nullopt, false)};
    write_file(out, evidence::make_pack(std::move(files), signs.get(),
                                        zip ? evidence::ArchiveKind::zip : evidence::ArchiveKind::tar, *written));
    say(stdout, "pack: {}{}{}\n", shown_text(out),
        signs ? ", signed by " + shown_text(signs->leaf.subject()) : ", not signed",
        limits.empty() ? "" : ", " + limits.substr(0, limits.find(':')));
    return static_cast<int>(known.judge(reports::ExitCode::passed, stderr));
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
    command->known.declare(*app, "reported apart, and packed too (default: those that the journals carry)");
    command->attest.declare(*app);
    app->add_option(
           "--accept", command->accept,
           "Pack also a run that is incomplete (a selection, a shard, one that was stopped), partial "
           "(requirements that were not judged whole), failed, inconclusive, or of an embedded gateway or client; the "
           "pack says so")
        ->allow_extra_args(false)
        ->delimiter(',')
        ->check(CLI::IsMember({"incomplete", "partial", "failed", "inconclusive", "embedded"}))
        ->type_name("WORDS");
    app->add_flag("--partial", command->partial, "The same as --accept incomplete,partial");
    app->footer(pack_footer);
    return {app, [command] { return command->execute(); }};
}

}  // namespace gateproof::cli
