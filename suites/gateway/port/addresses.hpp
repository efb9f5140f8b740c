// Every address of the endpoint's name and every node behind it: a client is sent to any of them, so one that is laxer
// than the rest, or does not serve, is a door that a single look may miss.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/check.hpp"
#include "suites/shared/refusal.hpp"

namespace gateproof::suites {

/// What one address did with what no address may grant, and with what each must.
struct AddressLook {
    struct Asked {
        std::string_view what;  ///< "TLS 1.1 or older"
        Tries tries;            ///< served: it was granted
    };
    std::string address;
    bool on_this_machine = false;  ///< a loopback address: nobody is led there from elsewhere
    TriedRequest served;           ///< the control operation as whom the channel serves
    std::vector<Asked> asked;      ///< the same questions at every address; none where nothing answers
};

/// How often each question is put to an address: four times limits.repeat in all, so that by default of three nodes
/// behind one address a bad one is met in 99 of 100 runs (with n tries by chance it is missed in (2/3)^n of them). With
/// a limits.repeat of one, as seldom as something can differ at all.
std::size_t tries_at(std::size_t addresses, std::size_t repeat);

/// What some grant and others do not is a difference that this check finds; what all grant, every time, is found by the
/// check that is about it. `left_out`: addresses that were not looked at.
Verdict judge_addresses(std::span<const AddressLook> looks, std::size_t left_out);

GatewayCheck every_address();

}  // namespace gateproof::suites
