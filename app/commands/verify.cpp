// gateproof verify: whether a pack is as it was packed, by whom, and what the runs in it came to.

#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/command.hpp"
#include "app/output.hpp"
#include "app/pack_contents.hpp"
#include "app/signer_options.hpp"
#include "evidence/pack.hpp"
#include "reports/view/exit_code.hpp"

namespace gateproof::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* verify_footer = R"(Examples:
  gateproof verify evidence.tar                 nothing was changed since it was packed; who signed it is shown
  gateproof verify evidence.tar --ca ca.pem --signer 'CN=dsp.example,O=Example,C=NZ'    and it is they who signed it
  gateproof verify evidence.tar --signer-cert client.pem                                the same, by the certificate
  gateproof verify evidence.tar --ca ca.pem     any certificate of that CA signed it: of a public CA, that is anybody's
  gateproof verify evidence.tar --complete      and every run in it judged the whole of its plan
  gateproof verify evidence.tar --ca ca.pem --signer SUBJECT --at 2026-11-30    as of then, where it expired since

Nothing is unpacked. What is read is what the name says, a .tar or a .zip, from the first byte to the last: a file that
another tool could read otherwise is refused. A signature proves something with a digest from SHA-256 on, a key of 112
bits of security (RSA 2048, P-256), and a certificate whose key usage, where it has one, holds digitalSignature.
What the runs came to, how whole they are, whose they are and when is read from the journals, and what was attested is
marked as said and not seen.
Exit codes: 0 sound, whatever the runs came to; 1 changed, not signed as demanded, or with --complete not complete; 2 no pack, or an unusable command line; 3 unchanged and
signed, but the signer's certificate has expired: only --at can judge it.)";

struct VerifyCommand {
    std::string pack;
    SignerOptions signer;
    bool complete = false;
    bool json = false;

    int execute() const;

private:
    [[nodiscard]] int refuse(evidence::PackState state, const std::string& sentence, const std::string& remedy) const;
};

std::string dumped(const Json& json) {
    return json.dump(2, ' ', true, Json::error_handler_t::replace);
}

std::string_view word_of(evidence::PackState state) {
    switch (state) {
        case evidence::PackState::sound: return "sound";
        case evidence::PackState::changed: return "changed";
        case evidence::PackState::expired: return "expired";
        case evidence::PackState::unreadable: break;
    }
    return "unreadable";
}

reports::ExitCode exit_code_of(evidence::PackState state) {
    switch (state) {
        case evidence::PackState::sound: return reports::ExitCode::passed;
        case evidence::PackState::changed: return reports::ExitCode::failed;
        case evidence::PackState::expired: return reports::ExitCode::inconclusive;
        case evidence::PackState::unreadable: break;
    }
    return reports::ExitCode::unusable;
}

/// Of a pack that is sound.
Json verified_json(const std::string& pack, const evidence::PackCheck& check, const std::vector<PackedRun>& runs) {
    return {{"pack", pack},
            {"state", "sound"},
            {"files", check.files},
            {"signer", check.signer.empty() ? Json(nullptr) : Json(check.signer)},
            {"trusted", check.trusted},
            {"stamp", check.partial.empty() ? Json(nullptr) : Json(check.partial)},
            {"complete", all_complete(runs)},
            {"runs", contents_json(runs, std::chrono::system_clock::now())}};
}

int VerifyCommand::refuse(evidence::PackState state, const std::string& sentence, const std::string& remedy) const {
    say(stderr, "{}: refused: {}{}\n", shown_text(pack), shown_text(sentence), remedy);
    if (json) {
        say(stdout, "{}\n", dumped({{"pack", pack}, {"state", word_of(state)}, {"problem", sentence}}));
    }
    return static_cast<int>(exit_code_of(state));
}

int VerifyCommand::execute() const {
    const evidence::PackCheck check = evidence::check_pack(pack, signer.demand());
    if (check.state != evidence::PackState::sound) {
        return refuse(check.state, check.sentence, signer.remedy(check));
    }
    const std::vector<PackedRun> runs = packed_runs(check);
    if (const std::string problem = attachment_problem(runs, check); !problem.empty()) {
        return refuse(evidence::PackState::changed, problem, {});
    }
    if (json) {
        say(stdout, "{}\n", dumped(verified_json(pack, check, runs)));
    } else {
        say(stdout, "{}: {} files, each as the manifest says; {}\n", shown_text(pack), check.files.size(),
            signer.words(check));
        put(stdout, contents_text(runs, std::chrono::system_clock::now(), true));
        const std::string limits = limits_text(runs);
        // Each flaw is told with its run. What whoever made the pack says is of interest where it is something else.
        const bool same = check.partial == limits;
        std::istringstream partial(same ? limits.substr(0, limits.find('\n')) : check.partial);
        if (!same && !check.partial.empty()) {
            say(stdout, "  its {} says otherwise:\n", evidence::partial_name);
        }
        for (std::string line; std::getline(partial, line);) {
            say(stdout, "  {}\n", shown_text(line));  // indented: the words of whoever made the pack
        }
    }
    if (complete && !all_complete(runs)) {
        say(stderr, "{}: not complete, as --complete demands: {}\n", shown_text(pack),
            runs.empty() ? "it holds no journal of a run" : "a run of it judged a part alone");
        return static_cast<int>(reports::ExitCode::failed);
    }
    return 0;
}

}  // namespace

Command add_verify(CLI::App& root) {
    CLI::App* app = root.add_subcommand("verify", "Verify an evidence pack");
    const auto command = std::make_shared<VerifyCommand>();
    app->add_option("PACK", command->pack, "Pack to verify")->required();
    command->signer.declare(*app);
    app->add_flag(
        "--complete", command->complete,
        "Exit with 1 unless every run in it is the whole of its plan, what decides its requirements was tried, and all that "
        "ran was judged");
    app->add_flag("--json", command->json, "As JSON");
    app->footer(verify_footer);
    return {app, [command] { return command->execute(); }};
}

}  // namespace gateproof::cli
