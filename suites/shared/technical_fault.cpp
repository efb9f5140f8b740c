#include "suites/shared/technical_fault.hpp"

#include <chrono>
#include <utility>

#include "harness/probe/http/answer_value.hpp"
#include "harness/run/context.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

awaitable<void> pause_for_fault(Context& ctx) {
    const std::chrono::milliseconds pause = ctx.profile().limits.technical_fault_pause;
    ctx.evidence().add("technical_fault").with("asked_again_after_ms", pause.count());
    co_await ctx.wait_quietly(std::chrono::steady_clock::now() + pause);
}

}  // namespace

bool is_soap_fault(std::string_view body, const std::string& name) {
    if (name.find('\'') != std::string::npos) {
        return false;  // no name of XML, and not to be written into an expression
    }
    const std::string named = "local-name()='" + name + "' or contains(text(), '" + name + "')";
    return xml_value(body, "boolean(//*[local-name()='Fault']//*[" + named + "])") == "true";
}

bool is_technical_fault(const HttpOutcome& outcome) {
    static const std::string name = "UnAuthorised";
    // Most answers are none, and are not worth being read as XML.
    return outcome.whole() && outcome.response->body.find(name) != std::string::npos &&
           is_soap_fault(outcome.response->body, name);
}

awaitable<HttpOutcome> http_past_technical_faults(Context& ctx, HttpRequest request, bool reads) {
    if (!reads) {
        co_return co_await ctx.http(std::move(request));
    }
    const auto once = [&] { return ctx.http(request); };
    const auto pause = [&ctx] { return pause_for_fault(ctx); };
    co_return co_await past_technical_faults(once, pause);
}

}  // namespace gateproof::suites
