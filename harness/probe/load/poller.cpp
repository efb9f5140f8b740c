#include "harness/probe/load/poller.hpp"

#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace gateproof::load {
namespace {

int make_epoll() {
    const int descriptor = ::epoll_create1(EPOLL_CLOEXEC);
    if (descriptor < 0) {
        throw std::system_error(errno, std::generic_category(), "epoll_create1");
    }
    return descriptor;
}

}  // namespace

Poller::Poller(const boost::asio::any_io_executor& executor) : events_(executor, make_epoll()) {}

std::uint64_t Poller::add(int socket, Waiter& waiter) {
    if (free_.empty()) {
        free_.push_back(static_cast<std::uint32_t>(slots_.size()));
        slots_.emplace_back();
    }
    const std::uint32_t place = free_.back();
    const std::uint64_t id = std::uint64_t{slots_[place].generation} << 32 | place;
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.u64 = id;
    if (::epoll_ctl(events_.native_handle(), EPOLL_CTL_ADD, socket, &event) != 0) {
        return 0;
    }
    free_.pop_back();
    slots_[place].waiter = &waiter;
    return id;
}

void Poller::remove(int socket, std::uint64_t id) {
    epoll_event unused{};
    ::epoll_ctl(events_.native_handle(), EPOLL_CTL_DEL, socket, &unused);
    const auto place = static_cast<std::uint32_t>(id);
    slots_[place].waiter = nullptr;
    ++slots_[place].generation;
    free_.push_back(place);
}

void Poller::watch() {
    wanted_ = true;
    if (watching_) {
        return;
    }
    watching_ = true;
    events_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                       [self = shared_from_this()](const boost::system::error_code&) {
                           self->watching_ = false;
                           if (self->wanted_) {
                               self->fetch();
                           }
                       });
}

void Poller::rest() {
    wanted_ = false;
    boost::system::error_code ignored;
    events_.cancel(ignored);
}

void Poller::fetch() {
    std::array<epoll_event, 128> fetched;
    const int count = ::epoll_wait(events_.native_handle(), fetched.data(), static_cast<int>(fetched.size()), 0);
    for (int i = 0; i < count; ++i) {
        report(fetched[static_cast<std::size_t>(i)].data.u64);
    }
    if (wanted_) {
        watch();
    }
}

void Poller::report(std::uint64_t id) {
    const Slot& slot = slots_[static_cast<std::uint32_t>(id)];
    if (slot.waiter != nullptr && slot.generation == static_cast<std::uint32_t>(id >> 32)) {
        slot.waiter->ready();
    }
}

}  // namespace gateproof::load
