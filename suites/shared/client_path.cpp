#include "suites/shared/client_path.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <tuple>

#include "suites/shared/fitness.hpp"

namespace gateproof::suites {
namespace {

/// Nobody's chain is longer, and the search ends.
constexpr std::size_t longest_path = 10;

using Indexes = std::vector<std::size_t>;

/// Of the paths that are possible, one by one.
class Search {
public:
    Search(const Identity& identity, SystemTime now) : identity_(identity), now_(now) { go_up(identity.leaf); }

    [[nodiscard]] const Indexes& best() const { return best_; }

private:
    [[nodiscard]] const Certificate& at(std::size_t index) const { return identity_.chain[index]; }

    /// What makes one path better than another: validity, a root at its end, length.
    [[nodiscard]] std::tuple<bool, bool, std::size_t> rank(const Indexes& path) const {
        const bool valid = std::ranges::all_of(path, [this](std::size_t i) { return is_valid_at(at(i), now_); });
        const bool rooted = valid && !path.empty() && is_self_signed(at(path.back()));
        return {valid, rooted, path.size()};
    }

    void go_up(const Certificate& from) {
        if (rank(path_) > rank(best_)) {
            best_ = path_;
        }
        if (path_.size() == longest_path || is_self_signed(from)) {
            return;
        }
        for (std::size_t i = 0; i < identity_.chain.size(); ++i) {
            const bool met =
                std::ranges::any_of(path_, [&](std::size_t other) { return is_same_authority(at(other), at(i)); });
            if (!met && is_issued_by(from, at(i))) {
                path_.push_back(i);
                go_up(at(i));
                path_.pop_back();
            }
        }
    }

    const Identity& identity_;
    SystemTime now_;
    Indexes path_;
    Indexes best_;
};

}  // namespace

bool is_issued_by(const Certificate& issued, const Certificate& issuer) {
    const bool good = X509_check_issued(issuer.get(), issued.get()) == X509_V_OK &&
                      X509_verify(issued.get(), X509_get0_pubkey(issuer.get())) == 1;
    ERR_clear_error();
    return good;
}

bool is_valid_at(const Certificate& certificate, SystemTime now) {
    const std::optional<Validity> period = validity_of(certificate);
    return period && now >= period->not_before && now <= period->not_after;
}

bool is_same_authority(const Certificate& one, const Certificate& other) {
    return X509_NAME_cmp(X509_get_subject_name(one.get()), X509_get_subject_name(other.get())) == 0 &&
           same_public_key(one, other);
}

ClientPath client_path(const Identity& identity, SystemTime now) {
    const Indexes best = Search(identity, now).best();
    ClientPath found;
    found.in_order = std::ranges::is_sorted(best);
    found.path.push_back(identity.leaf);
    for (const std::size_t index : best) {
        found.path.push_back(identity.chain[index]);
    }
    for (std::size_t i = 0; i < identity.chain.size(); ++i) {
        if (std::ranges::find(best, i) == best.end()) {
            found.surplus.push_back(identity.chain[i]);
        }
    }
    return found;
}

}  // namespace gateproof::suites
