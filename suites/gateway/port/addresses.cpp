#include "suites/gateway/port/addresses.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>

#include "harness/probe/tls/cipher_suites.hpp"
#include "harness/run/context.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

constexpr std::size_t most_addresses = 8;

bool is_loopback(const std::string& address) {
    boost::system::error_code error;
    const boost::asio::ip::address read = boost::asio::ip::make_address(address, error);
    return !error && read.is_loopback();
}

/// TLS 1.2 with what it should not be spoken with, apart from suites that the profile lists.
ClientHello weak_suites(Context& ctx) {
    ClientHello hello = ctx.offering(TlsVersion::tls_1_2);
    const std::vector<std::string>& listed = ctx.profile().tls.cipher_suites;
    std::erase_if(hello.cipher_suites, [&listed](std::uint16_t value) {
        const CipherSuite* const suite = find_cipher_suite(value);
        return suite == nullptr || suite->weakness == CipherWeakness::none ||
               std::ranges::find(listed, suite->name) != listed.end();
    });
    return hello;
}

/// Whether to ask once more for `wanted` answers. A cut is none; after silence more would cost time alone.
bool wants_more(const AddressLook::Asked& asked, std::size_t wanted) {
    return asked.tries.other().empty() && asked.tries.count() < 2 * wanted && asked.tries.answered_count() < wanted;
}

awaitable<AddressLook::Asked> ask_hello(Context& ctx, std::string address, ClientHello hello, std::string_view what,
                                        std::size_t wanted) {
    AddressLook::Asked asked{what, Tries(Tries::Ask::counted)};
    while (wants_more(asked, wanted)) {
        const ServerAnswer answer = co_await ctx.client_hello_at(address, hello);
        asked.tries.add(answer_of(answer));
    }
    co_return asked;
}

HttpRequest request_at(Context& ctx, const std::string& address, std::shared_ptr<const Identity> identity) {
    HttpRequest request = ctx.request_of(ctx.profile().control_operation());
    request.endpoint.connect_address = address;
    request.identity = std::move(identity);
    return request;
}

/// As whom the channel serves, until it does.
awaitable<TriedRequest> ask_for_service(Context& ctx, std::string address) {
    const Operation& operation = ctx.profile().control_operation();
    const HttpRequest request = request_at(ctx, address, ctx.serving_identity());
    TriedRequest tried;
    bool silent = false;  // more would cost time alone
    while (tried.tries.count() < Tries::most_for_service && !tried.tries.served() && !silent) {
        HttpOutcome outcome = co_await ctx.http(request);
        const Answer answer = answer_of(outcome, operation);
        silent = answer.kind == Answer::Kind::silent;
        tried.tries.add(answer);
        tried.outcome = std::move(outcome);
    }
    co_return tried;
}

awaitable<AddressLook::Asked> ask_without_certificate(Context& ctx, std::string address, HttpOutcome ourselves,
                                                      std::size_t wanted) {
    const Operation& operation = ctx.profile().control_operation();
    const HttpRequest request = request_at(ctx, address, nullptr);
    AddressLook::Asked asked{"service without a client certificate", Tries(Tries::Ask::counted)};
    while (wants_more(asked, wanted)) {
        const HttpOutcome outcome = co_await ctx.http(request);
        asked.tries.add(answer_of(outcome, operation, ourselves));
    }
    co_return asked;
}

awaitable<AddressLook> look_at(Context& ctx, std::string address, std::size_t wanted) {
    AddressLook look;
    look.address = address;
    look.on_this_machine = is_loopback(address);
    look.served = co_await ask_for_service(ctx, address);
    if (look.served.tries.result() == Tries::Result::nothing) {
        co_return look;
    }
    // Question by question: in turn, each of them could meet the same node every time.
    ClientHello hello = ctx.offering(TlsVersion::tls_1_1);
    AddressLook::Asked asked = co_await ask_hello(ctx, address, std::move(hello), "TLS 1.1 or older", wanted);
    look.asked.push_back(std::move(asked));
    hello = weak_suites(ctx);
    asked = co_await ask_hello(ctx, address, std::move(hello), "weak cipher suites", wanted);
    look.asked.push_back(std::move(asked));
    if (ctx.serving_identity() && look.served.tries.served()) {
        asked = co_await ask_without_certificate(ctx, address, look.served.outcome, wanted);
        look.asked.push_back(std::move(asked));
    }
    for (const AddressLook::Asked& one : look.asked) {
        ctx.evidence()
            .add("address_asked")
            .with("address", address)
            .with("for", one.what)
            .with("answers", one.tries.summary());
    }
    co_return look;
}

/// CLOUD-TLS-MIN, TLS-CIPHERS, CLOUD-MTLS-REQUIRED: they hold wherever the name leads.
awaitable<Verdict> look_everywhere(Context& ctx) {
    const Addresses found = co_await ctx.addresses();
    if (found.all.empty()) {
        co_return Verdict::inconclusive("the endpoint's name has no address: {}", found.detail);
    }
    const std::size_t count = std::min(found.all.size(), most_addresses);
    const std::size_t tries = tries_at(count, static_cast<std::size_t>(ctx.profile().limits.repeat));
    std::vector<AddressLook> looks;
    for (std::size_t i = 0; i < count; ++i) {
        AddressLook look = co_await look_at(ctx, found.all[i], tries);
        looks.push_back(std::move(look));
    }
    co_return judge_addresses(looks, found.all.size() - count);
}

}  // namespace

GatewayCheck every_address() {
    return look_everywhere;
}

}  // namespace gateproof::suites
