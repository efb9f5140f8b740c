#include "tests/support/forwarder.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <vector>

namespace gateproof::test {
namespace {

/// Closes with a reset: nothing that is still on its way arrives.
void reset(int descriptor) {
    const linger at_once{1, 0};
    ::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(descriptor);
}

bool send_all(int descriptor, const char* data, std::size_t size) {
    while (size > 0) {
        const ssize_t sent = ::send(descriptor, data, size, MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        data += sent;
        size -= static_cast<std::size_t>(sent);
    }
    return true;
}

/// What has come is passed on, at most `most` bytes of it, and counted; false when this direction is over.
bool pump(int from, int to, std::size_t most, std::size_t& passed) {
    std::array<char, 16384> buffer{};
    const ssize_t got = ::recv(from, buffer.data(), std::min(buffer.size(), most), MSG_DONTWAIT);
    if (got < 0) {
        return errno == EAGAIN || errno == EINTR;
    }
    passed += static_cast<std::size_t>(got);
    return got > 0 && send_all(to, buffer.data(), static_cast<std::size_t>(got));
}

}  // namespace

struct Forwarder::Connection {
    Course course;
    int client = -1;
    int server = -1;
    bool from_client = true;  ///< this direction is still open
    bool from_server = true;
    bool stalled = false;  ///< what the server says is not even looked at
    std::size_t sent = 0;  ///< by the client
    std::size_t received = 0;
    /// Waits as long as the course says, and gives how much may be passed on then.
    [[nodiscard]] std::size_t piece() const {
        if (course.pause.count() > 0) {
            ::usleep(static_cast<useconds_t>(course.pause.count()));
        }
        return course.piece == 0 ? 16384 : course.piece;
    }
    ~Connection() {
        ::close(client);
        ::close(server);
    }
};

Forwarder::Forwarder(std::uint16_t target, std::size_t mortal_after, Trouble trouble, Gatekeeper gatekeeper)
    : Forwarder(
          [target, trouble] {
              Course course;
              course.target = target;
              course.trouble = trouble;
              return course;
          },
          mortal_after, std::move(gatekeeper)) {}

Forwarder::Forwarder(Pilot pilot, std::size_t mortal_after, Gatekeeper gatekeeper)
    : port_(listener_.port()),
      pilot_(std::move(pilot)),
      mortal_after_(mortal_after),
      gatekeeper_(std::move(gatekeeper)) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        throw std::system_error(errno, std::generic_category(), "pipe2");
    }
    stop_read_ = ends[0];
    stop_write_ = ends[1];
    if (mortal_after_ == 0) {
        die();
    }
    thread_ = std::thread([this] { forward(); });
}

Forwarder::~Forwarder() {
    ::close(stop_write_);
    thread_.join();
    ::close(stop_read_);
}

void Forwarder::accept() {
    const int client = ::accept4(listener_.descriptor(), nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) {
        return;
    }
    if (connections_ >= mortal_after_) {
        reset(client);
        die();
        return;
    }
    ++connections_;
    const Course course = pilot_();
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(course.target);
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        ::close(server);
        reset(client);
        return;
    }
    const int yes = 1;
    for (const int descriptor : {client, server}) {
        ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);  // a piece is a segment
    }
    auto made = std::make_unique<Connection>();
    made->course = course;
    made->client = client;
    made->server = server;
    open_.emplace(client, std::move(made));
}

/// From the server to the client, as far as there is no trouble; false when this direction is over.
bool Forwarder::deliver(Connection& connection) {
    const Trouble& trouble = connection.course.trouble;
    const std::size_t left = trouble.after - std::min(trouble.after, connection.received);
    const bool troubled = trouble.kind != Trouble::Kind::none && left == 0;
    if (troubled && trouble.kind == Trouble::Kind::stall) {
        connection.stalled = true;
        return true;
    }
    if (troubled && trouble.kind == Trouble::Kind::drop) {
        const linger at_once{1, 0};
        ::setsockopt(connection.client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        connection.from_client = false;
        return false;
    }
    if (troubled && trouble.kind == Trouble::Kind::half_close) {
        return false;
    }
    std::size_t most = trouble.kind == Trouble::Kind::none || troubled ? std::size_t{16384} : left;
    if (troubled) {  // a trickle
        most = 64;
        ::usleep(200);
    }
    most = std::min(most, connection.piece());
    return pump(connection.server, connection.client, most, connection.received);
}

Fate Forwarder::admit(const Connection& connection) const {
    std::array<char, 16384> opening{};
    const ssize_t got = ::recv(connection.client, opening.data(), opening.size(), MSG_PEEK | MSG_DONTWAIT);
    if (got <= 0) {
        return Fate::forwarded;
    }
    const Fate fate = gatekeeper_({opening.data(), static_cast<std::size_t>(got)});
    if (fate == Fate::reset) {
        const linger at_once{1, 0};
        ::setsockopt(connection.client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    } else if (fate == Fate::closed) {
        // Closing over bytes that nobody has read would be a reset.
        while (::recv(connection.client, opening.data(), opening.size(), MSG_DONTWAIT) > 0) {
        }
    }
    return fate;
}

void Forwarder::die() {
    dead_ = true;
    listener_.close();
    for (const auto& [client, connection] : open_) {
        const linger at_once{1, 0};
        ::setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    open_.clear();
}

void Forwarder::forward() {
    for (;;) {
        std::vector<pollfd> polled{{stop_read_, POLLIN, 0}, {listener_.descriptor(), POLLIN, 0}};
        std::vector<Connection*> order;
        for (const auto& [client, connection] : open_) {
            // A direction that is over is not polled: its end would be told again and again.
            polled.push_back({connection->from_client ? client : -1, POLLIN, 0});
            polled.push_back({connection->from_server && !connection->stalled ? connection->server : -1, POLLIN, 0});
            order.push_back(connection.get());
        }
        if (::poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) {
            return;
        }
        if (polled[0].revents != 0) {
            return;
        }
        bool one_ended = false;
        for (std::size_t i = 0; i < order.size(); ++i) {
            Connection& connection = *order[i];
            if (gatekeeper_ && polled[2 + 2 * i].revents != 0 && connection.sent == 0) {
                const Fate fate = admit(connection);
                if (fate == Fate::held) {
                    connection.from_client = false;
                    connection.stalled = true;
                } else if (fate != Fate::forwarded) {
                    open_.erase(connection.client);
                    one_ended = true;
                }
                if (fate != Fate::forwarded) {
                    continue;
                }
            }
            if (polled[2 + 2 * i].revents != 0 &&
                !pump(connection.client, connection.server, connection.piece(), connection.sent)) {
                connection.from_client = false;
                ::shutdown(connection.server, SHUT_WR);
            }
            if (polled[3 + 2 * i].revents != 0 && !deliver(connection)) {
                connection.from_server = false;
                if (connection.from_client) {  // an end before a reset would be read as one
                    ::shutdown(connection.client, SHUT_WR);
                }
            }
            if (!connection.from_client && !connection.from_server) {
                open_.erase(connection.client);
                one_ended = true;
            }
        }
        if (one_ended && open_.empty() && connections_ >= mortal_after_) {
            die();
        } else if (polled[1].revents != 0) {
            accept();
        }
    }
}

}  // namespace gateproof::test
