#include "suites/shared/write_fate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "harness/run/context.hpp"
#include "suites/shared/callers.hpp"
#include "suites/shared/refusal.hpp"
#include "suites/shared/subjects.hpp"

namespace gateproof::suites {

using boost::asio::awaitable;

std::string WriteFate::words() const {
    switch (kind) {
        case Kind::carried_out: return "carried out";
        case Kind::not_carried_out: return "not carried out";
        default: return fmt::format("could not be learned, because {}", why);
    }
}

std::string WriteFate::told() const {
    return kind == Kind::unknown ? fmt::format("whether it was carried out {}", words())
                                 : fmt::format("asked afterwards, {} says that it was {}", request, words());
}

WriteFate read_fate(const HttpOutcome& outcome, const Operation& asked, const StatusQuery& query) {
    WriteFate fate;
    fate.request = request_line(asked);
    fate.answered = outcome.whole() && outcome.response->status < 500;
    if (!fate.answered) {
        fate.why = fmt::format("{} was not answered: {}", fate.request, outcome.summary());
        return fate;
    }
    const std::string& body = outcome.response->body;
    const bool done = is_success(outcome.response->status) && body.find(query.carried_out) != std::string::npos;
    const bool left = body.find(query.not_carried_out) != std::string::npos;
    if (done == left) {
        fate.why =
            fmt::format("{} was answered with {}, which says {}", fate.request, outcome.summary(),
                        done ? "both that it was and that it was not" : "neither that it was nor that it was not");
        return fate;
    }
    fate.kind = done ? WriteFate::Kind::carried_out : WriteFate::Kind::not_carried_out;
    return fate;
}

bool leaves_open(const HttpOutcome& outcome) {
    constexpr std::array gave_up{408, 502, 503, 504};
    if (!outcome.whole()) {
        return outcome.end != Ending::connect_failed && outcome.handshake_done;
    }
    return std::ranges::find(gave_up, outcome.response->status) != gave_up.end();
}

awaitable<WriteFate> ask_fate(Context& ctx, const Operation& write, Placeholders with, std::string authorization,
                              std::shared_ptr<const Identity> identity) {
    const StatusQuery query = *write.status;
    const Operation& described = ctx.profile().operations.at(query.operation);
    Operation asked = described;
    if (!authorization.empty()) {
        asked = addressed(asked, with, authorization);
    } else {
        asked.path = filled_in(asked.path, with);
        asked.body = filled_in(asked.body, with);
    }
    const HttpOutcome outcome = co_await ask(ctx, asked, std::move(identity));
    WriteFate fate = read_fate(outcome, described, query);
    ctx.evidence()
        .add("write_fate")
        .with("write", request_line(write))
        .with("asked", fate.request)
        .with("answer", outcome.summary())
        .with("fate", fate.words());
    co_return fate;
}

}  // namespace gateproof::suites
