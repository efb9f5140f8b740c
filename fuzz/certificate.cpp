// Certificates and OCSP responses as a server shows them, and everything that is said of them. An input is two bytes,
// the length of a certificate, the certificate, and a response to staple.
#include <chrono>
#include <cstdint>
#include <string_view>

#include "fuzz/require.hpp"
#include "harness/probe/tls/trust.hpp"

using gateproof::Certificate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) {
        return 0;
    }
    const std::string_view all(reinterpret_cast<const char*>(data) + 2, size - 2);
    const std::size_t length = static_cast<std::size_t>(data[0]) << 8 | data[1];
    const std::optional<Certificate> leaf = Certificate::from_der(all.substr(0, length));
    const std::string_view staple = all.size() > length ? all.substr(length) : std::string_view();
    if (!leaf) {
        return 0;
    }
    require(leaf->subject().size() < 20 * all.size() + 64 && leaf->issuer().size() < 20 * all.size() + 64,
            "a name that grew beyond its bytes");
    require(leaf->common_name().size() <= 4 * all.size(), "a common name that grew beyond its bytes");
    require(leaf->sha256_fingerprint().size() == 64, "a fingerprint of another length");
    require(Certificate::from_der(leaf->der()).has_value(), "what was written cannot be read");
    for (const char* const host : {"localhost", "127.0.0.1", "::1", "a.example", ""}) {
        gateproof::matches_host(*leaf, host);
    }
    require(gateproof::subject_alt_names(*leaf).size() < std::size_t{16} * 1024, "names without bound");
    gateproof::validity_of(*leaf);
    const gateproof::KeyStrength strength = gateproof::strength_of(*leaf);
    gateproof::weakness_of(strength, true);
    gateproof::is_self_signed(*leaf);
    gateproof::server_usage(*leaf);
    gateproof::Trust trust;
    trust.system = false;
    trust.anchors = {*leaf};
    const auto now = std::chrono::system_clock::time_point(std::chrono::seconds(1'800'000'000));
    gateproof::verify_chain({*leaf, *leaf}, trust, now);
    const gateproof::OcspResult response = gateproof::judge_ocsp(staple, {*leaf, *leaf}, trust, now);
    require(!response.text.empty(), "a judgement without words");
    return 0;
}
