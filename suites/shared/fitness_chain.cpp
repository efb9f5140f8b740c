// The chain of a client certificate's file.
#include <fmt/format.h>
#include <openssl/x509_vfy.h>

#include <algorithm>

#include "suites/shared/client_path.hpp"
#include "suites/shared/fitness.hpp"

namespace gateproof::suites {
namespace {

constexpr std::string_view whole_chain =
    "put the CA's intermediate certificates behind the leaf, in order; the CA offers them for download";
constexpr std::string_view path_alone =
    "leave in the file the leaf and the CA's current intermediate certificates, each behind the one that it issued";

/// Whoever stands above the last certificate of the path is a root that the profile or this machine has.
bool ends_below_a_known_root(const std::vector<Certificate>& path, const KnownIssuers& issuers, SystemTime now) {
    const auto good = [now](const Certificate& one) { return is_self_signed(one) && is_valid_at(one, now); };
    const Trust machine{};
    return std::ranges::any_of(issuers_among(issuers.known, path.back()), good) ||
           verify_chain(path, machine, now).error == X509_V_OK;
}

Finding self_signed(const KnownIssuers& issuers) {
    return issuers.self_signed_allowed
               ? Finding{"chain", Outcome::pass, "it is self-signed, so that nothing stands above it"}
               : Finding{"chain", Outcome::fail, "it is self-signed",
                         "get a certificate from a CA of the approved list"};
}

/// Nothing in the file leads on from the leaf; alone it is whole only where its issuer is a root that the endpoint has.
Finding examine_leaf_alone(const Certificate& leaf, const KnownIssuers& issuers, SystemTime now) {
    if (is_self_signed(leaf)) {
        return self_signed(issuers);
    }
    if (issuers.served_alone_before) {
        return {
            "chain", Outcome::pass,
            fmt::format("the file holds the leaf alone, as that of the old certificate did, which was served without "
                        "its issuer {}",
                        leaf.issuer())};
    }
    if (ends_below_a_known_root({leaf}, issuers, now)) {
        return {"chain", Outcome::pass, "it needs no intermediate certificate"};
    }
    return {"chain", issuers.alone,
            fmt::format("the file holds the leaf alone: the certificate of its issuer, {}, is missing", leaf.issuer()),
            issuers.alone == Outcome::pass ? "" : std::string(whole_chain)};
}

/// It stands for one that the path has, under another issuer.
bool is_twin(const Certificate& one, const std::vector<Certificate>& path) {
    return std::ranges::any_of(path, [&one](const Certificate& link) { return is_same_authority(one, link); });
}

/// What is to be said of certificates beside a path that is sound.
Finding with_surplus(Finding sound, const ClientPath& file, SystemTime now) {
    for (const Certificate& spare : file.surplus) {
        if (!is_valid_at(spare, now)) {
            return {"chain", Outcome::warning,
                    fmt::format("{}; beside it the file holds {}, which is not valid now: nobody needs it, and servers "
                                "that try it first refuse the certificate",
                                sound.text, spare.subject()),
                    std::string(path_alone)};
        }
        if (!is_twin(spare, file.path)) {
            return {
                "chain", Outcome::warning,
                fmt::format("{}; beside it the file holds {}, which issued none of its certificates: strict servers "
                            "refuse that, or else a certificate between the two is missing",
                            sound.text, spare.subject()),
                std::string(path_alone)};
        }
        sound.text += fmt::format("; the file holds {} under another issuer too", spare.subject());
    }
    return sound;
}

}  // namespace

Finding examine_chain(const Identity& identity, const KnownIssuers& issuers, SystemTime now) {
    const ClientPath file = client_path(identity, now);
    const Certificate& last = file.path.back();
    const auto stale = std::ranges::find_if(
        file.surplus, [&](const Certificate& one) { return is_issued_by(last, one) && !is_valid_at(one, now); });
    // Beside an intermediate that is valid an expired one is a cross-signed root, which the endpoint has by itself.
    const bool needs_stale = stale != file.surplus.end() && (file.path.size() == 1 || is_self_signed(*stale));
    if (needs_stale && !ends_below_a_known_root(file.path, issuers, now)) {
        return {"chain", Outcome::fail, fmt::format("the CA certificate {} is not valid now", stale->subject()),
                "get the CA's current intermediate certificates"};
    }
    if (file.path.size() == 1) {
        const bool unsure =
            !issuers.served_alone_before && !is_self_signed(last) && !ends_below_a_known_root(file.path, issuers, now);
        if (unsure && !file.surplus.empty()) {
            return {"chain", Outcome::fail,
                    fmt::format("{} is not issued by the next certificate of its chain, {}", last.subject(),
                                file.surplus.front().subject()),
                    std::string(whole_chain)};
        }
        Finding alone = examine_leaf_alone(last, issuers, now);
        return alone.outcome == Outcome::pass ? with_surplus(std::move(alone), file, now) : alone;
    }
    if (!file.in_order) {
        return {"chain", Outcome::warning,
                fmt::format("its chain of {} certificates is whole and out of order: TLS 1.2 wants each behind the one "
                            "that it issued (RFC 5246 7.4.2), and not every server sorts them",
                            file.path.size()),
                std::string(path_alone)};
    }
    return with_surplus(
        {"chain", Outcome::pass, fmt::format("its chain of {} certificates is in order", file.path.size())}, file, now);
}

}  // namespace gateproof::suites
