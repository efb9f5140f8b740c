#include "harness/probe/tls/client_hello_reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "harness/probe/socket/wire.hpp"
#include "harness/probe/tls/cipher_suites.hpp"
#include "harness/probe/tls/server_messages.hpp"

namespace gateproof {
namespace {

using wire::Reader;
using wire::View;

constexpr std::size_t ssl2_header = 3;

/// A list of two-byte values behind its length, without GREASE; empty when it does not parse.
std::vector<std::uint16_t> values_in(const Extension* extension, std::size_t prefix) {
    std::vector<std::uint16_t> values;
    if (extension == nullptr) {
        return values;
    }
    Reader in(extension->body);
    Reader list(in.vector(prefix));
    if (!in.finished() || list.left() % 2 != 0) {
        return values;
    }
    while (!list.empty()) {
        if (const std::uint16_t value = list.u16(); !is_grease(value)) {
            values.push_back(value);
        }
    }
    return values;
}

template <class T>
std::vector<T> named(const std::vector<std::uint16_t>& values) {
    std::vector<T> out;
    out.reserve(values.size());
    for (const std::uint16_t value : values) {
        out.push_back(static_cast<T>(value));
    }
    return out;
}

template <class T>
bool contains(const std::vector<T>& values, T value) {
    return std::find(values.begin(), values.end(), value) != values.end();
}

bool is_grease_name(std::string_view name) {
    return name.size() == 2 && is_grease(static_cast<std::uint16_t>(static_cast<unsigned char>(name[0]) << 8 |
                                                                    static_cast<unsigned char>(name[1])));
}

}  // namespace

const Extension* ClientHelloSeen::extension(ExtensionType type) const {
    const auto found = std::find_if(hello.extensions.begin(), hello.extensions.end(),
                                    [&](const Extension& one) { return one.type == static_cast<std::uint16_t>(type); });
    return found != hello.extensions.end() ? &*found : nullptr;
}

std::string ClientHelloSeen::server_name() const {
    const Extension* names = extension(ExtensionType::server_name);
    if (names == nullptr) {
        return {};
    }
    Reader in(names->body);
    Reader list(in.vector(2));
    while (in.finished() && list.ok() && !list.empty()) {
        const std::uint8_t type = list.u8();
        const View name = list.vector(2);
        if (list.ok() && type == 0) {  // host_name
            return {name.begin(), name.end()};
        }
    }
    return {};
}

std::vector<TlsVersion> ClientHelloSeen::versions() const {
    if (has(ExtensionType::supported_versions)) {
        return named<TlsVersion>(values_in(extension(ExtensionType::supported_versions), 1));
    }
    std::vector<TlsVersion> versions;
    for (const TlsVersion version :
         {TlsVersion::tls_1_2, TlsVersion::tls_1_1, TlsVersion::tls_1_0, TlsVersion::ssl_3}) {
        if (version <= hello.legacy_version) {
            versions.push_back(version);
        }
    }
    return versions;
}

bool ClientHelloSeen::offers(TlsVersion version) const {
    return contains(versions(), version);
}

std::vector<std::uint16_t> ClientHelloSeen::cipher_suites() const {
    std::vector<std::uint16_t> suites = hello.cipher_suites;
    std::erase_if(suites, [](std::uint16_t suite) {
        return is_grease(suite) || suite == tls_fallback_scsv || suite == tls_empty_renegotiation_scsv;
    });
    return suites;
}

bool ClientHelloSeen::offers_suite(std::uint16_t suite) const {
    return contains(hello.cipher_suites, suite);
}

std::vector<NamedGroup> ClientHelloSeen::groups() const {
    return named<NamedGroup>(values_in(extension(ExtensionType::supported_groups), 2));
}

std::vector<std::uint16_t> ClientHelloSeen::signature_schemes() const {
    return values_in(extension(ExtensionType::signature_algorithms), 2);
}

std::vector<std::string> ClientHelloSeen::protocols() const {
    std::vector<std::string> names;
    const Extension* alpn = extension(ExtensionType::alpn);
    if (alpn == nullptr) {
        return names;
    }
    Reader in(alpn->body);
    Reader list(in.vector(2));
    while (in.finished() && list.ok() && !list.empty()) {
        const View name = list.vector(1);
        std::string text(name.begin(), name.end());
        if (list.ok() && !text.empty() && !is_grease_name(text)) {
            names.push_back(std::move(text));
        }
    }
    return names;
}

bool ClientHelloSeen::offers_session() const {
    const Extension* ticket = extension(ExtensionType::session_ticket);
    return (ticket != nullptr && !ticket->body.empty()) || has(ExtensionType::pre_shared_key);
}

std::string ClientHelloSeen::fingerprint() const {
    std::vector<std::uint16_t> types;
    for (const Extension& one : hello.extensions) {
        // Those two come and go with the name and with sessions, not with the build.
        if (!is_grease(one.type) && one.type != static_cast<std::uint16_t>(ExtensionType::padding) &&
            one.type != static_cast<std::uint16_t>(ExtensionType::pre_shared_key) &&
            one.type != static_cast<std::uint16_t>(ExtensionType::server_name)) {
            types.push_back(one.type);
        }
    }
    std::sort(types.begin(), types.end());
    std::vector<std::uint16_t> offered;
    for (const TlsVersion version : versions()) {
        offered.push_back(static_cast<std::uint16_t>(version));
    }
    std::vector<std::uint16_t> curves;
    for (const NamedGroup group : groups()) {
        curves.push_back(static_cast<std::uint16_t>(group));
    }
    const std::string text = fmt::format("{:x};{:x};{:x};{:x};{:x};{}", fmt::join(offered, ","),
                                         fmt::join(cipher_suites(), ","), fmt::join(types, ","), fmt::join(curves, ","),
                                         fmt::join(signature_schemes(), ","), fmt::join(protocols(), ","));
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    constexpr unsigned int kept = 16;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1 || length < kept) {
        return {};
    }
    return fmt::format("{:02x}", fmt::join(digest.begin(), digest.begin() + kept, ""));
}

std::size_t ClientHelloReader::feed(std::span<const std::uint8_t> bytes) {
    std::size_t at = 0;
    // How many bytes of the current record decide what comes next; each decision falls at one byte of the stream,
    // however it was split.
    while (state_ == State::need_more) {
        const std::size_t have = taken_.size() - record_at_;
        const View now = View(taken_).subspan(record_at_);
        const bool ssl2 = have > 0 && records_ == 0 && (now[0] & 0x80) != 0;
        std::size_t want = 1;
        if (ssl2) {
            want = ssl2_header;
        } else if (have >= record_header) {
            want = record_header + static_cast<std::size_t>(now[3] << 8 | now[4]);
        } else if (have > 0) {
            want = have == 1 ? 2 : record_header;
        }
        if (have < want) {
            const std::size_t more = std::min(want - have, bytes.size() - at);
            if (more == 0) {
                break;
            }
            const View taken = bytes.subspan(at, more);
            taken_.insert(taken_.end(), taken.begin(), taken.end());
            at += more;
        }
        look();
    }
    return at;
}

void ClientHelloReader::look() {
    const View now = View(taken_).subspan(record_at_);
    const State foreign = records_ == 0 ? State::not_tls : State::malformed;
    if (records_ == 0 && (now[0] & 0x80) != 0) {
        if (now.size() == ssl2_header) {
            state_ = now[2] == 1 ? State::ssl2 : State::not_tls;  // MSG-CLIENT-HELLO
        }
        return;
    }
    if ((now[0] != handshake_record && now[0] != alert_record) || (now.size() >= 2 && now[1] != 3)) {
        state_ = foreign;
        return;
    }
    if (now.size() < record_header) {
        return;
    }
    const auto length = static_cast<std::size_t>(now[3] << 8 | now[4]);
    if (length == 0 || length > max_plaintext || record_at_ + record_header + length > max_size) {
        state_ = State::malformed;
        return;
    }
    if (now.size() == record_header + length) {
        record(now[0], static_cast<TlsVersion>(now[1] << 8 | now[2]), now.subspan(record_header));
        record_at_ = taken_.size();
    }
}

void ClientHelloReader::record(std::uint8_t type, TlsVersion version, View fragment) {
    if (type == alert_record) {
        if (fragment.size() == 2) {
            alert_ = Alert{fragment[0], fragment[1]};
        }
        state_ = alert_ ? State::alert : State::malformed;
        return;
    }
    if (records_++ == 0) {
        seen_.hello.record_version = version;
    }
    handshake_.insert(handshake_.end(), fragment.begin(), fragment.end());
    if (handshake_[0] != 1) {  // client_hello
        state_ = State::malformed;
        return;
    }
    if (handshake_.size() < handshake_header) {
        return;
    }
    const std::size_t size =
        handshake_header + static_cast<std::size_t>(handshake_[1] << 16 | handshake_[2] << 8 | handshake_[3]);
    if (handshake_.size() < size && size <= max_size) {
        return;
    }
    // Nothing may stand behind it before the server has answered.
    std::optional<ClientHello> parsed;
    if (handshake_.size() == size) {
        parsed = parse_client_hello(View(handshake_).subspan(handshake_header));
    }
    handshake_ = {};
    if (!parsed) {
        state_ = State::malformed;
        return;
    }
    parsed->record_version = seen_.hello.record_version;
    seen_ = {std::move(*parsed), records_, size};
    state_ = State::done;
}

std::optional<ClientHello> parse_client_hello(std::span<const std::uint8_t> body) {
    Reader in(body);
    ClientHello hello;
    hello.legacy_version = static_cast<TlsVersion>(in.u16());
    const View random = in.take(hello.random.size());
    std::copy(random.begin(), random.end(), hello.random.begin());
    const View session_id = in.vector(1);
    hello.session_id.assign(session_id.begin(), session_id.end());
    Reader suites(in.vector(2));
    const View compression = in.vector(1);
    hello.compression_methods.assign(compression.begin(), compression.end());
    if (!in.ok() || session_id.size() > 32 || suites.empty() || suites.left() % 2 != 0 || compression.empty()) {
        return std::nullopt;
    }
    while (!suites.empty()) {
        hello.cipher_suites.push_back(suites.u16());
    }
    if (!in.empty()) {
        const View extensions = in.vector(2);
        if (!in.finished() || !read_extensions(extensions, hello.extensions)) {
            return std::nullopt;
        }
    }
    return hello;
}

}  // namespace gateproof
