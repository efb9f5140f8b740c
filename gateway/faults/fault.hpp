// What the embedded gateway can be told to break: each fault breaks exactly one requirement.
#pragma once

#include <cstddef>
#include <iterator>
#include <string_view>

namespace gateproof::gateway {

/// Ids with a blank between them: a list that a constant can hold.
class Ids {
public:
    class iterator {
    public:
        using value_type = std::string_view;
        using difference_type = std::ptrdiff_t;
        using iterator_category = std::forward_iterator_tag;
        using pointer = const std::string_view*;
        using reference = std::string_view;

        constexpr iterator() = default;
        constexpr explicit iterator(std::string_view rest) : rest_(rest) {}
        constexpr std::string_view operator*() const { return rest_.substr(0, rest_.find(' ')); }
        constexpr iterator& operator++() {
            const std::size_t blank = rest_.find(' ');
            rest_ = blank == std::string_view::npos ? std::string_view() : rest_.substr(blank + 1);
            return *this;
        }
        constexpr iterator operator++(int) {
            const iterator before = *this;
            ++*this;
            return before;
        }
        constexpr bool operator==(const iterator& other) const { return rest_.size() == other.rest_.size(); }

    private:
        std::string_view rest_;
    };
    using value_type = std::string_view;
    using const_iterator = iterator;

    constexpr Ids(const char* ids) : ids_(ids) {}
    [[nodiscard]] constexpr iterator begin() const { return iterator(ids_); }
    [[nodiscard]] constexpr iterator end() const { return iterator(); }
    [[nodiscard]] constexpr std::size_t size() const { return static_cast<std::size_t>(std::distance(begin(), end())); }
    [[nodiscard]] constexpr bool empty() const { return ids_.empty(); }
    [[nodiscard]] constexpr std::string_view front() const { return *begin(); }

private:
    std::string_view ids_;
};

/// `both` is every listener, the mock environment's too.
enum class Listener { cloud, desktop, both, mock };

struct Fault {
    std::string_view name = {};          ///< "accepts-tls-1.1"
    std::string_view title = {};         ///< one sentence: what the gateway then does wrong
    Ids requirements = "";               ///< ids that it breaks
    Ids caught_by = "";                  ///< check ids that must notice (fail or warn), and no others
    Listener listener = Listener::both;  ///< which channel shows it
    /// Nobody is served any more, so checks that lean on a control can only be inconclusive.
    bool ends_service = false;
    /// The server does not prove who it is, so nothing secret is sent to it: what needs a secret can only be
    /// inconclusive.
    bool proves_nothing = false;
    /// It refuses in other words than the documented ones, so that whether it refuses at all can only be inconclusive.
    bool refuses_unclearly = false;
    /// It shows in one try of three alone, so that a check with a single try may miss it.
    bool intermittent = false;
    /// It shows where somebody waits for a code to expire, so that the gateway's codes live for seconds.
    bool short_codes = false;

    /// Checks that are not for it may say nothing then.
    [[nodiscard]] constexpr bool leaves_others_undecided() const {
        return ends_service || proves_nothing || refuses_unclearly;
    }
};

}  // namespace gateproof::gateway
