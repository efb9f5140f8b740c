// `rotation`: the change of a client certificate, of a machine's signing key, or of the server's certificate, as it was
// agreed.
#include <fmt/format.h>

#include <algorithm>

#include "harness/identity/role.hpp"
#include "harness/json/near_match.hpp"
#include "harness/json/reader.hpp"
#include "harness/profile/read/profile.hpp"

namespace gateproof {

namespace {

using Rank = Problems::Rank;

/// curl's spelling of a pin, "sha256//" and 44 characters of base64; gives the base64 alone.
std::optional<std::string> pin_of(std::string_view text) {
    constexpr std::string_view prefix = "sha256//";
    if (text.substr(0, prefix.size()) != prefix || text.size() != prefix.size() + 44 || text.back() != '=') {
        return std::nullopt;
    }
    const std::string_view digest = text.substr(prefix.size());
    const bool good = std::all_of(digest.begin(), digest.end() - 1, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
    });
    return good ? std::optional(std::string(digest)) : std::nullopt;
}

void read_pins(const JsonField& field, References& references, std::vector<std::string>& pins) {
    Problems& problems = references.problems();
    for (const JsonField& item : read_list(field, problems, "a list of pins")) {
        const std::optional<ResolvedText> text = references.literal_or_follow(item, "a pin");
        if (!text) {
            continue;
        }
        if (std::optional<std::string> pin = pin_of(without_line_end(text->text))) {
            pins.push_back(std::move(*pin));
        } else {
            problems.error(
                Rank::value, item,
                fmt::format("expected \"sha256//\" and the base64 of a public key's SHA-256, as curl --pinnedpubkey "
                            "takes it, found {}",
                            text->source.empty() ? in_quotes(text->text)
                                                 : fmt::format("something else behind {}", text->source)));
        }
    }
}

void read_sessions(const JsonField& field, References& references,
                   std::vector<std::shared_ptr<SSL_SESSION>>& sessions) {
    Problems& problems = references.problems();
    for (const JsonField& item : read_list(field, problems, "a list of references to saved TLS sessions")) {
        const std::optional<ResolvedText> pem = references.follow(item, "a TLS session");
        if (!pem) {
            continue;
        }
        references.keep_secret(pem->text);
        const std::vector<std::shared_ptr<SSL_SESSION>> found = sessions_from_pem(pem->text);
        if (found.empty()) {
            problems.error(
                Rank::secret, item,
                fmt::format("{} holds no TLS session as openssl s_client -sess_out writes it", item.node->text));
        }
        sessions.insert(sessions.end(), found.begin(), found.end());
    }
}

std::string text_or_reference(const JsonField& field, References& references, std::string_view expected) {
    const std::optional<ResolvedText> text = references.literal_or_follow(field, expected);
    return text ? without_line_end(text->text) : "";
}

std::optional<RotationMoment> read_moment(const JsonField& field, Problems& problems) {
    const std::optional<std::string> word = read_choice(field, problems, {"before", "during", "after"});
    return word ? moment_from(*word) : std::nullopt;
}

std::optional<Overlap> read_overlap(const JsonField& field, Problems& problems) {
    const std::optional<std::string> word = read_choice(field, problems, {"both_served", "cut_over_at_once"});
    if (!word) {
        return std::nullopt;
    }
    return *word == "cut_over_at_once" ? Overlap::cut_over_at_once : Overlap::both_served;
}

std::optional<CertificateTrust> read_certificate_trust(const JsonField& field, Problems& problems) {
    const std::optional<std::string> word = read_choice(field, problems, {"name", "certificate"});
    if (!word) {
        return std::nullopt;
    }
    return *word == "name" ? CertificateTrust::by_name : CertificateTrust::by_certificate;
}

std::optional<SignerRotation> read_signers(const JsonField& field, References& references, Channel channel) {
    if (!field) {
        return std::nullopt;
    }
    Problems& problems = references.problems();
    if (channel != Channel::cloud) {
        problems.error(Rank::value, field, "machines call the cloud channel alone; remove \"signers\"");
    }
    ObjectReader reader(field, problems, "an object with \"old\" and \"new\"");
    if (!reader.usable()) {
        return std::nullopt;
    }
    const JsonField old = reader.required("old", "the signing certificate that is replaced, and its key");
    const JsonField fresh = reader.required("new", "the signing certificate that replaces it, and its key");
    const JsonField moment = reader.optional("moment");
    const JsonField overlap = reader.optional("overlap");
    reader.finish();
    SignerRotation signers;
    signers.old = old ? read_identity("old signer", old, references) : nullptr;
    signers.fresh = fresh ? read_identity("new signer", fresh, references) : nullptr;
    signers.moment = read_moment(moment, problems);
    signers.overlap = read_overlap(overlap, problems);
    return signers;
}

}  // namespace

void read_rotation(const JsonField& field, References& references, Profile& profile) {
    if (!field) {
        return;
    }
    Problems& problems = references.problems();
    ObjectReader reader(field, problems, "an object with \"old\", \"new\" and \"moment\"");
    if (!reader.usable()) {
        return;
    }
    const JsonField signers = reader.optional("signers");
    const bool signers_alone = signers && !reader.optional("old") && !reader.optional("new");
    const auto role = [&](std::string_view key, std::string_view purpose) {
        return signers_alone ? reader.optional(key) : reader.required(key, purpose);
    };
    const JsonField old_role = role("old", "the role of the certificate that is replaced");
    const JsonField new_role = role("new", "the role of the certificate that replaces it");
    const JsonField moment = reader.required("moment", "before, during or after");
    const JsonField overlap = reader.optional("overlap");
    const JsonField trust = reader.optional("trust");
    const JsonField old_revoked = reader.optional("old_revoked");
    const JsonField common_name = reader.optional("common_name");
    const JsonField known_as = reader.optional("known_as");
    const JsonField authorities = reader.optional("approved_authorities");
    const JsonField sessions = reader.optional("old_sessions");
    const JsonField pins = reader.optional("server_pins");
    const JsonField within = reader.optional("cut_over_within_ms");
    reader.finish();

    const std::vector<std::string> roles(identity_roles.begin(), identity_roles.end());
    RotationExpectations rotation;
    rotation.old_role = read_choice(old_role, problems, roles).value_or("");
    rotation.new_role = read_choice(new_role, problems, roles).value_or("");
    if (!rotation.old_role.empty() && rotation.old_role == rotation.new_role) {
        problems.error(Rank::value, new_role,
                       fmt::format("\"old\" and \"new\" are both {}; a rotation is from one certificate to another",
                                   in_quotes(rotation.new_role)));
    }
    rotation.moment = read_moment(moment, problems).value_or(rotation.moment);
    rotation.overlap = read_overlap(overlap, problems).value_or(rotation.overlap);
    rotation.trust = read_certificate_trust(trust, problems);
    rotation.old_revoked = read_bool(old_revoked, problems).value_or(false);
    rotation.signers = read_signers(signers, references, profile.channel);
    rotation.common_name = text_or_reference(common_name, references, "a common name");
    rotation.known_as = text_or_reference(known_as, references, "a name");
    rotation.approved_authorities =
        authorities ? read_organisations(authorities, references) : authorities_of_rotation(profile.client_certificate);
    read_sessions(sessions, references, rotation.old_sessions);
    read_pins(pins, references, rotation.server_pins);
    read_within(within, problems, rotation.cut_over_within);
    profile.rotation = std::move(rotation);
    if (profile.rotation->overlap == Overlap::cut_over_at_once && !signers_alone &&
        certificate_trust(profile) == CertificateTrust::by_name) {
        problems.error(Rank::value, overlap,
                       "where names are trusted, the old certificate is served until it expires or is revoked, and "
                       "there is no cut-over; declare \"trust\": \"certificate\" beside it if each one is enrolled");
    }
}

}  // namespace gateproof
