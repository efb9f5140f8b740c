// A place of an attempt: ports of its own, and whoever came to them.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/stage/application.hpp"
#include "harness/stage/lateness.hpp"
#include "harness/stage/scene.hpp"
#include "harness/stage/visit.hpp"

namespace gateproof::stage {

/// A further port of a place: where nobody has business, or another server of the same story (an authority).
struct Door {
    std::string name;                 ///< "clear", "other-host"
    std::optional<Scene> scene = {};  ///< empty: whatever comes is noted, nothing is answered, and it is closed
    std::shared_ptr<Application> application = {};  ///< null: the place's
    bool stray = true;                              ///< who comes here is a stray
    std::string host = {};                          ///< that leads here; empty: the place's
};

struct PlaceOptions {
    std::string name = {};                          ///< for evidence, unique in a run: "client-trust.expired-refused/2"
    std::string host = "localhost";                 ///< in its URLs
    std::shared_ptr<Application> application = {};  ///< null: every request is answered 404
    std::vector<Door> doors = {};
    /// Of its own port; 0: the system chooses. One that is given makes no grave: it is to be had again.
    std::uint16_t port = 0;
    bool leaves_grave = true;  ///< false: what the system chose is to be had again as well
    /// Its own port is an HTTP proxy: CONNECT to host and port of a door leads there, to `host` at any other port to
    /// the scene; to any other host it is refused and makes the visit a stray.
    bool proxy = false;
    FindLabels labels = {};  ///< of the secrets that were minted for the attempt
    /// Where its ports are; empty: 127.0.0.1, and [::1] with `ipv6`.
    std::vector<std::string> addresses = {};
    /// At the first of several addresses its ports are held and nobody listens: whoever calls there is refused.
    bool first_closed = false;
    bool ipv6 = false;  ///< its ports listen on [::1] as well, where this machine has that address
    /// Serves whoever comes for as long as it lives: of its visits, and strays, the last 1,000 are kept.
    bool lasting = false;
};

/// Ends when it dies: its connections are closed, and its ports become graves (Stage::late). Lives on the stage's loop.
class Place {
public:
    struct State;
    explicit Place(std::shared_ptr<State> state);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    [[nodiscard]] const std::string& name() const;
    [[nodiscard]] const std::string& host() const;
    /// Of the door of that name; its own without one. Throws std::out_of_range for a door that it does not have.
    [[nodiscard]] std::uint16_t port(std::string_view door = {}) const;
    /// "https://localhost:40123", without a slash at the end.
    [[nodiscard]] std::string url(std::string_view door = {}) const;

    /// "http://127.0.0.1:40123": of a place that is a proxy.
    [[nodiscard]] std::string proxy_url() const;

    /// For the connections that come from now on; open ones go on with theirs. Tickets of the scene before are not
    /// accepted, so the certificate is shown anew. `answers` begin at the first.
    void set_scene(Scene scene);
    [[nodiscard]] const Scene& scene() const;
    /// Connections on which no request is under way get close_notify and FIN, the others do once they are answered.
    void end_connections();

    /// In the order in which they came, open ones as far as they are. At most 1,000 are kept, and whoever comes to a
    /// place behind them is turned away unless it is `lasting`.
    [[nodiscard]] std::vector<Visit> visits() const;
    /// To the doors that are for strays, and through the proxy to other hosts.
    [[nodiscard]] std::vector<Visit> strays() const;
    /// Connections beyond what a place holds at once or keeps in all: they were reset unread.
    [[nodiscard]] std::size_t turned_away() const;
    /// Some are open.
    [[nodiscard]] bool busy() const;
    /// Somebody came, to whichever door.
    [[nodiscard]] bool has_visits() const;
    /// Returns when anything new can be seen of a visit (it came, said something, ended), or after `timeout`. False:
    /// nothing did. Several may wait.
    boost::asio::awaitable<bool> changed(std::chrono::milliseconds timeout);
    /// When the loop that plays it was late, from its opening to now.
    [[nodiscard]] Lateness lateness() const;
    /// Wakes them, for something else that they wait for.
    void wake();

    /// What the destructor does, at once; the visits can still be read.
    void end();

private:
    std::shared_ptr<State> state_;
};

}  // namespace gateproof::stage
