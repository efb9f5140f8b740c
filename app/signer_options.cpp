#include "app/signer_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "app/command.hpp"
#include "app/output.hpp"
#include "harness/identity/load_identity.hpp"
#include "harness/journal/codec.hpp"
#include "harness/json/read_file.hpp"

namespace gateproof::cli {
namespace {

/// Of one PEM file, at least one. Throws Unusable that names the option.
std::vector<Certificate> certificates_of(const std::string& option, const std::string& file) {
    const FileText text = read_bounded_file(file, "certificate");
    CertificatesLoad load = certificates_from_pem(text.text);
    if (!text.problem.empty() || !load.fault.empty()) {
        throw Unusable(fmt::format("{} {}: {}", option, shown_text(file),
                                   shown_text(text.problem.empty() ? load.fault : text.problem)));
    }
    return std::move(load.certificates);
}

/// Upper-case hex of 64 digits, with or without colons; empty: it is none.
std::string sha256_from(std::string_view word) {
    std::string digits;
    for (const char c : word) {
        if (c != ':') {
            digits.push_back(static_cast<char>(std::toupper(static_cast<unsigned char>(c))));
        }
    }
    const bool hex =
        std::ranges::all_of(digits, [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); });
    return hex && digits.size() == 64 ? digits : std::string();
}

/// A day, which is its first moment, or a moment; both UTC.
std::optional<std::chrono::system_clock::time_point> moment_from(const std::string& text) {
    return parse_iso_time(text.size() == 10 ? text + "T00:00:00Z" : text);
}

}  // namespace

void SignerOptions::declare(CLI::App& app) {
    app.add_option("--ca", ca_,
                   "PEM certificates of those who may have issued the signer's; any certificate of theirs is accepted "
                   "unless --signer names one")
        ->type_name("FILE");
    CLI::Option* const signer =
        app.add_option("--signer", signer_,
                       "Who must have signed: the SHA-256 of the certificate, or (with --ca) its subject as verify "
                       "prints it, such as 'CN=dsp.example,O=Example,C=NZ'")
            ->type_name("SUBJECT|SHA-256");
    app.add_option("--signer-cert", signer_cert_, "The same, as a PEM file of that certificate")
        ->type_name("FILE")
        ->excludes(signer);
    app.add_option("--at", at_,
                   "Judge the signer's certificate as of this day or moment (UTC), such as 2026-11-30 or "
                   "2026-11-30T14:00:00Z, and not as of now")
        ->type_name("DATE");
}

evidence::SignerDemand SignerOptions::demand() const {
    evidence::SignerDemand demand;
    if (!ca_.empty()) {
        demand.authorities = certificates_of("--ca", ca_);
    }
    if (!signer_cert_.empty()) {
        demand.sha256 = certificates_of("--signer-cert", signer_cert_).front().sha256_fingerprint();
    } else if (!signer_.empty()) {
        demand.sha256 = sha256_from(signer_);
        demand.subject = demand.sha256.empty() ? signer_ : "";
    }
    if (!demand.subject.empty() && demand.authorities.empty()) {
        throw Unusable(fmt::format(
            "--signer {}: anybody can make a certificate with this subject; give --ca too, or the certificate's SHA-256",
            shown_text(signer_)));
    }
    if (!demand.subject.empty() && demand.subject.find('=') == std::string::npos) {
        throw Unusable(
            fmt::format("--signer {}: expected a subject such as CN=dsp.example,O=Example,C=NZ, as verify prints it, "
                        "or a SHA-256 of 64 hexadecimal digits",
                        shown_text(signer_)));
    }
    if (!at_.empty()) {
        demand.at = moment_from(at_);
        if (!demand.at) {
            throw Unusable(
                fmt::format("--at {}: expected a day such as 2026-11-30, or a moment such as 2026-11-30T14:00:00Z",
                            shown_text(at_)));
        }
        if (!demand.is_made()) {
            throw Unusable("--at says as of when the signer is judged; say who it must be with --ca or --signer");
        }
    }
    return demand;
}

std::string SignerOptions::words(const evidence::PackCheck& check) const {
    if (check.signer.empty()) {
        return "not signed, so anybody may have made it";
    }
    std::string text = "signed by " + shown_text(check.signer);
    if (!check.trusted) {
        return text + ", whose issuer was not judged (give --ca, and --signer)";
    }
    if (signer_.empty() && signer_cert_.empty()) {
        text += "; any certificate of the given CA is accepted, also one of somebody else (say whose with --signer)";
    } else {
        text += ", who was asked for";
    }
    return at_.empty()
               ? text
               : text + fmt::format("; judged as of {}, a date that was given and that nothing in the pack proves",
                                    shown_text(at_));
}

std::string SignerOptions::remedy(const evidence::PackCheck& check) const {
    if (check.state != evidence::PackState::expired) {
        return {};
    }
    return "; nothing in it was changed. If you know otherwise when it was signed, judge it as of that day: --at DATE";
}

}  // namespace gateproof::cli
