// The search for every cipher suite that a server accepts, apart from the connections that carry the offers.
#pragma once

#include <cstdint>
#include <vector>

namespace gateproof::suites {

/// Offer all suites, take away the one that the server chose, offer the rest; where the rest is refused, offer it again
/// in parts. A server may choose a suite that it cannot serve (anonymous DH without parameters) and refuse the whole
/// offer for it, so a refusal of everything does not say that nothing of it is accepted.
///
///     SuiteSearch search(offer);
///     while (!search.over()) { ... offer search.next() ... search.chosen(suite) or search.refused(ordinary) }
class SuiteSearch {
public:
    explicit SuiteSearch(std::vector<std::uint16_t> offer);

    [[nodiscard]] bool over() const { return parts_.empty(); }
    /// What to offer now. Only while it is not over.
    [[nodiscard]] const std::vector<std::uint16_t>& next() const { return parts_.back().suites; }
    /// It is everything that was not chosen so far: the end of the search hangs on how this is refused.
    [[nodiscard]] bool is_whole() const { return parts_.back().depth == 0; }

    /// The server chose `suite`. False: it was not in the offer.
    [[nodiscard]] bool chosen(std::uint16_t suite);
    /// The offer was refused. `ordinary`: as this server refuses suites that nobody knows, so that it chose none of
    /// these. Otherwise the offer is split down to single suites, to find the one at fault.
    void refused(bool ordinary);

private:
    struct Part {
        std::vector<std::uint16_t> suites;
        int depth = 0;  ///< how often it was split
    };
    void split(const Part& part);

    std::vector<Part> parts_;  ///< the last is the next; all are disjoint
};

/// Suites that a server lacks the means for together: those of one key exchange (ephemeral elliptic curves, finite
/// fields, none of the server's own, its certificate's key, pre-shared secrets and the rest). Empty ones are left out.
std::vector<std::vector<std::uint16_t>> by_key_exchange(const std::vector<std::uint16_t>& suites);

}  // namespace gateproof::suites
