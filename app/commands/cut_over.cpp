#include "app/commands/cut_over.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "app/output.hpp"
#include "harness/profile/profile.hpp"
#include "reports/view/text.hpp"

namespace gateproof::cli {
namespace {

/// What becomes of the old certificate and of the old signing key.
std::string to_be_done(const Profile& profile) {
    const RotationExpectations& rotation = *profile.rotation;
    std::string text;
    if (!rotation.old_role.empty()) {
        text = certificate_trust(profile) == CertificateTrust::by_certificate
                   ? "have the old certificate's enrolment ended, so that the new one alone is served"
               : rotation.old_revoked ? "change your software to the new certificate and have the old one revoked"
                                      : "change your software to the new certificate";
    }
    if (rotation.signers && !rotation.signers->moment) {
        text += fmt::format("{}have the registration of the old signing key withdrawn", text.empty() ? "" : ", and ");
    }
    return text;
}

}  // namespace

std::string cut_over_unmet() {
    return ::isatty(STDIN_FILENO) == 1
               ? std::string()
               : "--interactive: nobody can press Enter here, since standard input is no terminal; leave it out, and run "
                 "rotate-check again with --moment after once it is cut over";
}

EnterEnd ask_for_cut_over(const Profile& profile, std::chrono::seconds patience, const ViewOptions& view) {
    EnterWait wait;
    wait.terminal = STDIN_FILENO;
    wait.patience = patience;
    wait.asked = [&] {
        say(view.out, "\n{}: now cut over: {}. When that is done, press Enter.\n", reports::printable(profile.name),
            to_be_done(profile));
        flush(view.out);
    };
    if (view.live) {
        wait.waits = [&view](std::chrono::seconds left) {
            say(view.out, "\rcut over, then press Enter, {} left\x1b[K", time_left(left));
            flush(view.out);
        };
    }
    const EnterEnd end = wait_for_enter(wait);
    say(view.out, "{}", view.live ? "\r\x1b[K" : "");
    flush(view.out);
    return end;
}

}  // namespace gateproof::cli
