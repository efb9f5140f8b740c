#include "harness/probe/http/multi.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <new>
#include <utility>

namespace gateproof {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// Enough for the requests that one target has open at once; more would only hold memory.
constexpr std::size_t max_idle_handles = 16;

void initialise_curl_once() {
    static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (initialised != CURLE_OK) {
        throw std::bad_alloc();
    }
}

}  // namespace

/// A socket of libcurl's that we wait on. libcurl owns and closes the descriptor: we only lend it to the reactor.
struct HttpMulti::Watch {
    Watch(const asio::any_io_executor& executor, curl_socket_t socket) : descriptor(executor), fd(socket) {}
    ~Watch() { release(); }
    void release() {
        if (descriptor.is_open()) {
            descriptor.release();
        }
        wanted = 0;
    }
    asio::posix::stream_descriptor descriptor;
    curl_socket_t fd;
    const CURL* owner = nullptr;  ///< whose transfer wants it; only compared
    bool held = false;            ///< keeps back what is written until let_go()
    int wanted = 0;               ///< CURL_POLL_IN, _OUT or _INOUT
    int pending = 0;              ///< waits in flight, the same bits
};

HttpMulti::HttpMulti(asio::any_io_executor executor) : executor_(std::move(executor)), timer_(executor_) {
    initialise_curl_once();
    multi_ = curl_multi_init();
    if (multi_ == nullptr) {
        throw std::bad_alloc();
    }
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &HttpMulti::on_socket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &HttpMulti::on_timer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
}

HttpMulti::~HttpMulti() {
    idle_.clear();
    curl_multi_cleanup(multi_);
}

CurlEasy HttpMulti::take_easy() {
    if (idle_.empty()) {
        return CurlEasy(curl_easy_init());
    }
    CurlEasy easy = std::move(idle_.back());
    idle_.pop_back();
    return easy;
}

void HttpMulti::give_back(CurlEasy easy) {
    if (easy && idle_.size() < max_idle_handles) {
        curl_easy_reset(easy.get());
        idle_.push_back(std::move(easy));
    }
}

bool HttpMulti::start(CURL* easy, Done done) {
    running_.emplace(easy, std::move(done));
    if (curl_multi_add_handle(multi_, easy) != CURLM_OK) {
        running_.erase(easy);
        return false;
    }
    return true;
}

void HttpMulti::stop(CURL* easy) {
    running_.erase(easy);
    curl_multi_remove_handle(multi_, easy);
    // Newer versions of libcurl wait for the peer's close_notify behind a transfer, 8.14 without an end where the peer
    // waits for our close. Nobody reads what would come: both sides are told that this is the end.
    for (const auto& [fd, watched] : watches_) {
        if (watched->owner == easy) {
            ::shutdown(fd, SHUT_RDWR);
        }
    }
}

int HttpMulti::on_socket(CURL* easy, curl_socket_t fd, int what, void* self, void*) {
    static_cast<HttpMulti*>(self)->watch(easy, fd, what);
    return 0;
}

int HttpMulti::on_timer(CURLM*, long timeout_ms, void* self) {
    auto& multi = *static_cast<HttpMulti*>(self);
    if (timeout_ms < 0) {
        multi.timer_.cancel();
        return 0;
    }
    multi.timer_.expires_after(std::chrono::milliseconds(timeout_ms));
    multi.timer_.async_wait([weak = multi.weak_from_this()](const error_code& error) {
        const auto alive = weak.lock();
        if (!error && alive) {
            alive->act(CURL_SOCKET_TIMEOUT, 0);
        }
    });
    return 0;
}

void HttpMulti::watch(const CURL* easy, curl_socket_t fd, int what) {
    const auto found = watches_.find(fd);
    if (what == CURL_POLL_REMOVE) {
        if (found != watches_.end()) {
            found->second->release();
            watches_.erase(found);
        }
        return;
    }
    std::shared_ptr<Watch> watched;
    if (found != watches_.end()) {
        watched = found->second;
    } else {
        watched = std::make_shared<Watch>(executor_, fd);
        error_code error;
        watched->descriptor.assign(fd, error);
        if (error) {
            return;  // the transfer then ends by its timeout
        }
        int held = 0;
        socklen_t size = sizeof held;
        watched->held = ::getsockopt(fd, IPPROTO_TCP, TCP_CORK, &held, &size) == 0 && held != 0;
        watches_.emplace(fd, watched);
    }
    watched->owner = easy;
    watched->wanted = what & CURL_POLL_INOUT;
    arm(watched);
}

void HttpMulti::arm(const std::shared_ptr<Watch>& watch) {
    for (const int direction : {CURL_POLL_IN, CURL_POLL_OUT}) {
        if ((watch->wanted & direction) != 0 && (watch->pending & direction) == 0) {
            arm_one(watch, direction);
        }
    }
}

void HttpMulti::arm_one(const std::shared_ptr<Watch>& watch, int direction) {
    watch->pending |= direction;
    const auto kind = direction == CURL_POLL_IN ? asio::posix::stream_descriptor::wait_read
                                                : asio::posix::stream_descriptor::wait_write;
    watch->descriptor.async_wait(kind, [weak = weak_from_this(), watch, direction](const error_code& error) {
        watch->pending &= ~direction;
        const auto self = weak.lock();
        if (!self || (watch->wanted & direction) == 0) {
            return;
        }
        int events = direction == CURL_POLL_IN ? CURL_CSELECT_IN : CURL_CSELECT_OUT;
        if (error) {
            events |= CURL_CSELECT_ERR;
        }
        self->act(watch->fd, events);
        if (watch->descriptor.is_open() && !error) {
            self->arm(watch);
        }
    });
}

void HttpMulti::act(curl_socket_t fd, int events) {
    int running = 0;
    curl_multi_socket_action(multi_, fd, events, &running);
    let_go();
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
        if (message->msg != CURLMSG_DONE) {
            continue;
        }
        // Both are read before the handle is removed, which frees the message.
        CURL* easy = message->easy_handle;
        const CURLcode result = message->data.result;
        const auto found = running_.find(easy);
        if (found == running_.end()) {
            continue;
        }
        const Done done = std::move(found->second);
        stop(easy);
        done(result);
    }
}

/// What a turn has written to sockets that hold it back (HttpRequest::with_finished) leaves in one segment.
void HttpMulti::let_go() {
    for (const auto& [fd, watched] : watches_) {
        if (watched->held) {
            for (const int held : {0, 1}) {
                static_cast<void>(::setsockopt(fd, IPPROTO_TCP, TCP_CORK, &held, sizeof held));
            }
        }
    }
}

}  // namespace gateproof
