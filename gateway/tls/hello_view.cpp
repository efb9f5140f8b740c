#include "gateway/tls/hello_view.hpp"

#include <algorithm>

namespace gateproof::gateway {
namespace {

/// Reads big-endian fields; past the end it yields zeros and remembers that.
class Reader {
public:
    explicit Reader(std::span<const std::uint8_t> bytes) : rest_(bytes) {}

    std::uint32_t number(std::size_t size) {
        std::uint32_t value = 0;
        for (const std::uint8_t byte : take(size)) {
            value = value << 8 | byte;
        }
        return value;
    }
    std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
    std::span<const std::uint8_t> take(std::size_t size) {
        if (size > rest_.size()) {
            good_ = false;
            rest_ = {};
            return {};
        }
        const auto taken = rest_.first(size);
        rest_ = rest_.subspan(size);
        return taken;
    }
    /// A vector with a length of `size` bytes in front.
    Reader vector(std::size_t size) { return Reader(take(number(size))); }
    [[nodiscard]] bool good() const { return good_; }
    [[nodiscard]] bool empty() const { return rest_.empty(); }

private:
    std::span<const std::uint8_t> rest_;
    bool good_ = true;
};

std::vector<std::uint16_t> numbers(Reader list) {
    std::vector<std::uint16_t> values;
    while (!list.empty()) {
        values.push_back(list.u16());
    }
    return values;
}

void read_extensions(Reader block, HelloView& view) {
    while (!block.empty() && block.good()) {
        const std::uint16_t type = block.u16();
        Reader body = block.vector(2);
        view.extensions.push_back(type);
        if (type == 43) {
            view.supported_versions = numbers(body.vector(1));
        } else if (type == 10) {
            view.groups = numbers(body.vector(2));
        }
    }
}

bool read_client_hello(Reader message, HelloView& view) {
    if (message.number(1) != 1) {
        return false;
    }
    Reader body = message.vector(3);
    view.legacy_version = body.u16();
    body.take(32);
    const auto session = body.take(body.number(1));
    view.session_id.assign(session.begin(), session.end());
    view.cipher_suites = numbers(body.vector(2));
    const auto compression = body.take(body.number(1));
    view.compression_methods.assign(compression.begin(), compression.end());
    if (!message.good() || !body.good()) {
        return false;
    }
    if (!body.empty()) {
        read_extensions(body.vector(2), view);
    }
    return true;
}

bool read_ssl2_hello(Reader body, HelloView& view) {
    if (body.number(1) != 1) {
        return false;
    }
    view.legacy_version = body.u16();
    const std::uint16_t specs = body.u16();
    body.u16();
    body.u16();
    Reader list(body.take(specs));
    while (!list.empty()) {
        view.ssl2_cipher_specs.push_back(list.number(3));
    }
    return body.good();
}

bool is_letter(std::uint8_t byte) {
    return byte >= 'A' && byte <= 'Z';
}

}  // namespace

bool is_grease(std::uint16_t value) {
    return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}

bool HelloView::offers_suite(std::uint16_t suite) const {
    return std::find(cipher_suites.begin(), cipher_suites.end(), suite) != cipher_suites.end();
}

bool HelloView::offers_version(std::uint16_t version) const {
    if (supported_versions.empty()) {
        return version <= legacy_version && version <= 0x0303;
    }
    return std::find(supported_versions.begin(), supported_versions.end(), version) != supported_versions.end();
}

std::uint16_t HelloView::newest_version() const {
    std::uint16_t newest = 0;
    for (const std::uint16_t version : supported_versions) {
        if (!is_grease(version)) {
            newest = std::max(newest, version);
        }
    }
    return supported_versions.empty() ? legacy_version : newest;
}

HelloView view_first_bytes(std::span<const std::uint8_t> bytes) {
    HelloView view;
    if (bytes.size() < 5) {
        if (!bytes.empty() && is_letter(bytes[0])) {
            view.kind = FirstBytes::plaintext;
        }
        return view;
    }
    if (is_letter(bytes[0])) {
        view.kind = FirstBytes::plaintext;
        return view;
    }
    const std::size_t tls_size = static_cast<std::size_t>(bytes[3]) << 8 | bytes[4];
    const std::size_t ssl2_size = static_cast<std::size_t>(bytes[0] & 0x7f) << 8 | bytes[1];
    if (bytes[0] == 0x16 && bytes[1] == 3 && tls_size > 0 && tls_size <= 16384) {
        if (bytes.size() < 5 + tls_size) {
            return view;
        }
        view.size = tls_size;
        view.record_version = static_cast<std::uint16_t>(bytes[1] << 8 | bytes[2]);
        view.kind =
            read_client_hello(Reader(bytes.subspan(5, tls_size)), view) ? FirstBytes::client_hello : FirstBytes::other;
    } else if ((bytes[0] & 0x80) != 0 && bytes[2] == 1 && ssl2_size >= 9 && ssl2_size <= 1024) {
        if (bytes.size() < 2 + ssl2_size) {
            return view;
        }
        view.kind =
            read_ssl2_hello(Reader(bytes.subspan(2, ssl2_size)), view) ? FirstBytes::ssl2_hello : FirstBytes::other;
    } else {
        view.kind = FirstBytes::other;
    }
    return view;
}

}  // namespace gateproof::gateway
