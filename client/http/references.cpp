#include "client/http/references.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <regex>
#include <string_view>

#include "client/http/url.hpp"
#include "client/tls/socket.hpp"

namespace gateproof::client {

bool may_refer(std::string_view text) {
    constexpr std::array<std::string_view, 3> words{"SYSTEM", "PUBLIC", "chemaLocation="};
    return std::ranges::any_of(words, [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

void fetch_references(const std::string& text, const std::vector<std::string>& addresses, const Stop& stop) {
    constexpr int most = 8;
    constexpr std::size_t longest_text = 64 * 1024;
    constexpr std::chrono::seconds limit{2};
    static const std::regex reference(R"((SYSTEM|PUBLIC|[sS]chemaLocation=)[^<>]{0,200}?(http://[^\s"'<>]+))");
    const std::string head = text.substr(0, longest_text);
    int fetched = 0;
    for (std::sregex_iterator at(head.begin(), head.end(), reference); at != std::sregex_iterator() && fetched < most;
         ++at, ++fetched) {
        const auto url = parse_url((*at)[2].str());
        if (!url) {
            continue;
        }
        const Dialled dialled = dial(url->place, addresses, false, Clock::now() + limit, stop);
        if (dialled.socket.valid()) {
            const std::string request = "GET " + (url->path.empty() ? "/" : url->path) +
                                        " HTTP/1.1\r\nHost: " + url->place.text() + "\r\nConnection: close\r\n\r\n";
            [[maybe_unused]] const ssize_t sent =
                send(dialled.socket.number(), request.data(), request.size(), MSG_NOSIGNAL);
        }
    }
}

}  // namespace gateproof::client
