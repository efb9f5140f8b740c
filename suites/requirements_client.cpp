// What is required of client software, in our own words. Sources name the documents of suites/documents.cpp.
#include <algorithm>
#include <iterator>

#include "suites/requirements.hpp"

namespace gateproof::suites {

namespace {

/// Up to the first request.
std::vector<Requirement> of_connections() {
    const std::vector<Channel> cloud{Channel::cloud};
    const std::vector<Channel> desktop{Channel::desktop};
    return {
        {.id = "CLIENT-REACH",
         .sentence = "The client calls the gateway at its declared port over TLS, and nothing without it.",
         .sources = {{"SE", "ports"}, {"RFC 9110", "4.2.2"}, {"RFC 9325", "3.2"}},
         .side = Side::client},
        {.id = "CLIENT-NAMES",
         .sentence = "The client names the server that it calls, in SNI and in Host, and tries each of its addresses.",
         .sources = {{"RFC 1123", "2.3"}, {"RFC 6066", "3"}, {"RFC 8305"}, {"RFC 9325", "3.7"}, {"RFC 9110", "7.2"}},
         .side = Side::client},
        {.id = "CLIENT-TLS-MIN",
         .sentence = "The client speaks TLS 1.2 or later, and nothing older with anybody.",
         .sources = {{"SE", "minimum TLS version"}, {"RFC 8996"}, {"RFC 7568", "3"}, {"RFC 7507"}, {"RFC 9325", "3.1"}},
         .side = Side::client},
        {.id = "CLIENT-TLS-CIPHERS",
         .sentence =
             "The client offers the published cipher suites and no broken one, and accepts certificates of elliptic curves.",
         .sources = {{"MA"}, {"IA", "3.1"}, {"RFC 9325", "4"}, {"RFC 9155", "2"}},
         .side = Side::client},
        {.id = "CLIENT-TLS-PROTOCOL",
         .sentence = "The client copes with what TLS allows a server, and ends what TLS forbids one.",
         .sources =
             {{"RFC 8446", "4.1.3, 4.1.4, 4.6, 5.1, 8"}, {"RFC 5246", "7.4"}, {"RFC 8701", "4"}, {"RFC 7627", "5.2"}},
         .side = Side::client},
        {.id = "CLIENT-SERVER-CERT",
         .sentence =
             "The client verifies chain, dates, purpose, name and possession of the server's certificate on every connection.",
         .sources =
             {{"RFC 9110", "4.3.4"}, {"RFC 5280", "4.1.2.5, 4.2, 6.1"}, {"RFC 9525", "6"}, {"RFC 8446", "4.4.3"}},
         .side = Side::client},
        {.id = "CLIENT-REVOCATION",
         .sentence = "The client heeds a revocation of the server's certificate that it is shown.",
         .sources = {{"RFC 6066", "8"}, {"RFC 6960", "3.2"}, {"RFC 7633", "4.3.3"}, {"RFC 9325", "7.5"}},
         .side = Side::client},
        {.id = "CLIENT-IDENTITY",
         .sentence =
             "The client shows its enrolled certificate, with its intermediates and proof of its key, and notices when it is refused.",
         .sources = {{"SE", "cloud endpoint, mutual TLS"}, {"MA"}, {"RFC 8446", "4.3.2, 4.4.2, 6.2"}},
         .channels = cloud,
         .side = Side::client},
        {.id = "CLIENT-IDENTITY-ONLY",
         .sentence = "The client shows its certificate to the gateway alone, and another one to each environment.",
         .sources = {{"SE", "cloud endpoint, mutual TLS"},
                     {"SE", "certificates are exchanged for each environment"},
                     {"MA"}},
         .channels = cloud,
         .side = Side::client},
        {.id = "CLIENT-NO-IDENTITY",
         .sentence = "Native software shows no certificate.",
         .sources = {{"SE", "native desktop endpoint, one-way TLS"}},
         .channels = desktop,
         .side = Side::client},
    };
}

std::vector<Requirement> of_messages() {
    return {
        {.id = "CLIENT-HTTP",
         .sentence =
             "The client frames, reads and ends messages as HTTP/1.1 defines them, and takes no broken one for an answer.",
         .sources = {{"RFC 9112", "3.2, 5 to 9"}, {"RFC 9110", "5, 8.4, 10.1.5, 15.2, 15.4"}},
         .side = Side::client},
        {.id = "CLIENT-PATIENCE",
         .sentence =
             "The client waits for as long as the gateway may take, takes what was cut for a failure, and goes on behind it.",
         .sources = {{"SE", "timeouts"}, {"RFC 9110", "15.6.5"}, {"RFC 9112", "8"}},
         .side = Side::client},
        {.id = "CLIENT-GIVES-UP",
         .sentence = "The client does not wait for ever, and closes what it has given up.",
         .sources = {{"RFC 9112", "9.5"}},
         .level = Level::should,
         .side = Side::client},
        {.id = "CLIENT-THROTTLE",
         .sentence =
             "While the client is put off it asks less, comes no sooner than it was told, and stops in the end; what was put off is carried out once, or told.",
         .sources = {{"SE", "cloud endpoint, throttling"}, {"RFC 6585", "4"}, {"RFC 9110", "10.2.3, 15.6.4"}},
         .channels = {Channel::cloud},
         .side = Side::client},
        {.id = "CLIENT-JITTER",
         .sentence = "Clients that were put off together do not come back together.",
         .sources = {{"SE", "cloud endpoint, throttling"}},
         .level = Level::should,
         .channels = {Channel::cloud},
         .side = Side::client},
        {.id = "CLIENT-PERMISSION",
         .sentence = "What the client has no right to it tells its user, and does not ask for again.",
         .sources = {{"SE", "delegated access"}, {"RET", "5.1"}, {"RFC 9110", "15.5.4"}},
         .side = Side::client},
        {.id = "CLIENT-ERRORS",
         .sentence =
             "The client takes an error for an error, whatever status or form it comes in, and makes its call again a few times at most.",
         .sources = {{"RET", "5.1"}, {"CUS"}, {"IA", "5"}},
         .side = Side::client},
        {.id = "CLIENT-WRITE-ONCE",
         .sentence = "The client submits nothing twice, and tells its user what it does not know to have been taken.",
         .sources = {{"RFC 9110", "9.2.2, 15.4.4, 15.4.8, 15.4.9"}, {"RFC 9112", "9.3.1"}},
         .side = Side::client},
        {.id = "CLIENT-INPUT",
         .sentence = "What a gateway answers does the client no harm.",
         .sources = {{"CWE-400"}, {"CWE-611"}},
         .side = Side::client},
    };
}

}  // namespace

std::vector<Requirement> client_requirements() {
    std::vector<Requirement> all = of_connections();
    std::ranges::move(of_messages(), std::back_inserter(all));
    return all;
}

}  // namespace gateproof::suites
