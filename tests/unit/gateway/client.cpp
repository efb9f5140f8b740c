#include "tests/unit/gateway/client.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <csignal>

namespace gateproof::gateway::test {
namespace {

void trust(SSL_CTX* context, const Gateway& gateway) {
    const BioPtr bio = text_bio(gateway, "ca.pem");
    X509* const root = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), root);
    X509_free(root);
}

void identify(SSL_CTX* context, const Minted& identity) {
    SSL_CTX_use_certificate(context, identity.leaf.get());
    for (const std::shared_ptr<X509>& link : identity.chain) {
        SSL_CTX_add1_chain_cert(context, link.get());
    }
    EXPECT_EQ(SSL_CTX_use_PrivateKey(context, identity.key.get()), 1);
    ERR_clear_error();
}

int go_on(int, X509_STORE_CTX*) {
    return 1;
}

void append(std::string& out, std::size_t value, int size) {
    for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) {
        out += static_cast<char>(value >> shift & 0xff);
    }
}

std::string counted(const std::string& content, int size) {
    std::string out;
    append(out, content.size(), size);
    return out + content;
}

std::string extension(std::size_t type, const std::string& body) {
    std::string out;
    append(out, type, 2);
    return out + counted(body, 2);
}

std::string list_of(const std::vector<std::uint16_t>& values) {
    std::string out;
    for (const std::uint16_t value : values) {
        append(out, value, 2);
    }
    return out;
}

/// The generator of P-256: a valid public key that nobody needs to compute.
std::string p256_generator() {
    return std::string(
        "\x04\x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2\x77\x03\x7d\x81\x2d\xeb\x33\xa0\xf4\xa1"
        "\x39\x45\xd8\x98\xc2\x96\x4f\xe3\x42\xe2\xfe\x1a\x7f\x9b\x8e\xe7\xeb\x4a\x7c\x0f\x9e\x16\x2b\xce\x33\x57\x6b"
        "\x31\x5e\xce\xcb\xb6\x40\x68\x37\xbf\x51\xf5",
        65);
}

}  // namespace

void SslClose::operator()(SSL* ssl) const {
    const int descriptor = SSL_get_fd(ssl);
    SSL_free(ssl);
    close(descriptor);
}

int connect_to(std::uint16_t port) {
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval patience{5, 0};
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        close(descriptor);
        return -1;
    }
    return descriptor;
}

std::string exchange(std::uint16_t port, const std::string& bytes, std::size_t enough) {
    const int descriptor = connect_to(port);
    EXPECT_GE(descriptor, 0);
    EXPECT_EQ(send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
    std::string answer;
    char buffer[4096];
    while (answer.size() < enough) {
        const ssize_t size = recv(descriptor, buffer, sizeof buffer, 0);
        if (size <= 0) {
            break;
        }
        answer.append(buffer, static_cast<std::size_t>(size));
    }
    close(descriptor);
    return answer;
}

Client::Client(const Gateway& gateway, std::uint16_t port, const ClientOptions& options)
    : context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free) {
    SSL_CTX* const context = context_.get();
    // A refused client may well write into a closed connection; SSL_write has no MSG_NOSIGNAL.
    std::signal(SIGPIPE, SIG_IGN);
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_min_proto_version(context, options.min_version);
    SSL_CTX_set_max_proto_version(context, options.max_version);
    if (!options.cipher_list.empty()) {
        SSL_CTX_set_cipher_list(context, options.cipher_list.c_str());
    }
    if (!options.suites_13.empty()) {
        SSL_CTX_set_ciphersuites(context, options.suites_13.c_str());
    }
    if (!options.groups.empty()) {
        SSL_CTX_set1_groups_list(context, options.groups.c_str());
    }
    if (options.fallback_scsv) {
        SSL_CTX_set_mode(context, SSL_MODE_SEND_FALLBACK_SCSV);
    }
    if (options.legacy_server) {
        SSL_CTX_set_options(context, SSL_OP_LEGACY_SERVER_CONNECT);
    }
    trust(context, gateway);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, go_on);
    SSL_CTX_set_tlsext_status_type(context, TLSEXT_STATUSTYPE_ocsp);
    if (options.minted != nullptr) {
        identify(context, *options.minted);
    } else if (!options.identity.empty()) {
        identify(context, identity_of(gateway, options.identity));
    }
    head_ = " HTTP/1.1\r\nHost: " + options.host + "\r\n" + options.headers;
    ssl_.reset(SSL_new(context));
    if (!options.server_name.empty()) {
        SSL_set_tlsext_host_name(ssl(), options.server_name.c_str());
        SSL_set1_host(ssl(), options.server_name.c_str());
    }
    SSL_set_fd(ssl(), connect_to(port));
    SSL_set_app_data(ssl(), this);
    SSL_set_msg_callback(ssl(), [](int sent, int, int type, const void* data, std::size_t size, SSL* ssl, void*) {
        auto* const self = static_cast<Client*>(SSL_get_app_data(ssl));
        const auto* const bytes = static_cast<const unsigned char*>(data);
        if (sent == 0 && type == SSL3_RT_HANDSHAKE && size > 0 && bytes[0] == SSL3_MT_CERTIFICATE_REQUEST) {
            self->certificate_requested_ = true;
        }
        if (sent == 0 && type == SSL3_RT_ALERT && size == 2 && bytes[0] == SSL3_AL_FATAL) {
            self->alert_ = bytes[1];
        }
    });
    if (options.resume != nullptr) {
        SSL_set_session(ssl(), options.resume);
        if (!options.early_data.empty()) {
            std::size_t written = 0;
            SSL_write_early_data(ssl(), options.early_data.data(), options.early_data.size(), &written);
        }
    }
    connected_ = SSL_connect(ssl()) == 1;
    ERR_clear_error();
}

std::string Client::request(const std::string& target, const std::string& body) {
    const std::string text = (body.empty() ? "GET " : "POST ") + target + head_ +
                             (body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n") + "\r\n" +
                             body;
    if (!connected_ || SSL_write(ssl(), text.data(), static_cast<int>(text.size())) <= 0) {
        return {};
    }
    return read_answer();
}

std::string Client::read_answer() {
    std::string answer;
    char buffer[4096];
    while (true) {
        const int size = SSL_read(ssl(), buffer, sizeof buffer);
        if (size <= 0) {
            ERR_clear_error();
            return {};
        }
        answer.append(buffer, static_cast<std::size_t>(size));
        const std::size_t head = answer.find("\r\n\r\n");
        const std::size_t length = answer.find("Content-Length: ");
        if (head != std::string::npos &&
            (length == std::string::npos || answer.size() >= head + 4 + std::stoul(answer.substr(length + 16)))) {
            return answer;
        }
    }
}

std::string RawHello::encode() const {
    std::string body;
    append(body, legacy_version, 2);
    body += std::string(32, 'r');
    body += counted({}, 1);
    std::vector<std::uint16_t> offered = suites;
    if (tls13) {
        offered.push_back(0x1301);
    }
    body += counted(list_of(offered), 2);
    body += counted(compression, 1);
    std::string extensions = extension(10, counted(list_of(groups), 2)) +
                             extension(11, counted(std::string(1, '\0'), 1)) +
                             extension(13, counted(list_of({0x0403, 0x0503, 0x0804}), 2));
    if (tls13) {
        std::vector<std::uint16_t> versions = more_versions;
        versions.push_back(0x0304);
        versions.push_back(0x0303);
        extensions += extension(43, counted(list_of(versions), 1));
        std::string share;
        append(share, 23, 2);
        share += counted(p256_generator(), 2);
        extensions += extension(51, counted(share, 2));
    }
    if (legacy_version > 0x0300) {
        body += counted(extensions, 2);
    }
    std::string record;
    append(record, 22, 1);
    append(record, record_version, 2);
    append(record, body.size() + 4, 2);
    append(record, 1, 1);
    append(record, body.size(), 3);
    return record + body;
}

RawServerHello server_hello_of(const std::string& answer) {
    RawServerHello hello;
    if (answer.size() < 5 + 4 + 2 + 32 + 1 || answer[0] != 22 || answer[5] != 2) {
        return hello;
    }
    const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(at < answer.size() ? answer[at] : 0); };
    hello.version = static_cast<std::uint16_t>(byte(9) << 8 | byte(10));
    hello.random = answer.substr(11, 32);
    const std::size_t at = 44U + byte(43);
    hello.suite = static_cast<std::uint16_t>(byte(at) << 8 | byte(at + 1));
    hello.compression = byte(at + 2);
    return hello;
}

}  // namespace gateproof::gateway::test
