#include "tests/unit/client/server.hpp"

#include <gtest/gtest.h>
#include <openssl/pem.h>

#include <algorithm>
#include <charconv>

namespace gateproof::client::test {
namespace {

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    std::string text(data, static_cast<std::size_t>(size));
    BIO_free(bio);
    return text;
}

/// A request with its body; what came when the connection ended before.
std::string read_request(ServerTls& tls) {
    std::string text;
    while (true) {
        const std::size_t head = text.find("\r\n\r\n");
        if (head != std::string::npos) {
            const std::size_t field = text.find("Content-Length: ");
            std::size_t length = 0;
            if (field != std::string::npos && field < head) {
                std::from_chars(text.data() + field + 16, text.data() + head, length);
            }
            if (text.size() >= head + 4 + length) {
                return text;
            }
        }
        const std::string piece = tls.read();
        if (piece.empty()) {
            return text;
        }
        text += piece;
    }
}

/// OpenSSL shows the message after it has entered the transcript and before it is read.
void hide_versions(int sent, int, int type, const void* bytes, std::size_t size, SSL*, void*) {
    auto* const message = static_cast<unsigned char*>(const_cast<void*>(bytes));
    if (sent != 0 || type != SSL3_RT_HANDSHAKE || message[0] != SSL3_MT_CLIENT_HELLO) {
        return;
    }
    std::size_t at = 4 + 2 + 32;
    at += 1U + message[at];
    at += 2U + static_cast<std::size_t>(message[at] << 8 | message[at + 1]);
    at += 1U + message[at] + 2U;
    while (at + 4 <= size) {
        if (message[at] == 0 && message[at + 1] == TLSEXT_TYPE_supported_versions) {
            message[at] = 0xfa;
        }
        at += 4U + static_cast<std::size_t>(message[at + 2] << 8 | message[at + 3]);
    }
}

}  // namespace

std::string pem_of(const Minted& minted) {
    BIO* const bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(bio, minted.certificate.get());
    return text_of(bio);
}

std::string key_pem_of(const Minted& minted) {
    BIO* const bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(bio, minted.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return text_of(bio);
}

std::string answer(const std::string& status, const std::string& body, const std::string& fields) {
    return "HTTP/1.1 " + status + "\r\n" + fields + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           body;
}

Server::Server(Scene scene) : scene_(std::move(scene)), peer_([this](tcp::socket& socket) { serve(socket); }) {}

std::vector<Visit> Server::visits() {
    const std::lock_guard lock(mutex_);
    return visits_;
}

std::vector<std::string> Server::requests() {
    std::vector<std::string> all;
    for (const Visit& visit : visits()) {
        all.insert(all.end(), visit.requests.begin(), visit.requests.end());
    }
    return all;
}

void Server::change(Scene scene) {
    const std::lock_guard lock(mutex_);
    scene_ = std::move(scene);
    answered_ = 0;
}

void Server::serve(tcp::socket& socket) {
    Scene scene;
    std::size_t index = 0;
    {
        const std::lock_guard lock(mutex_);
        scene = scene_;
        index = visits_.size();
        visits_.emplace_back();
    }
    if (scene.raw) {
        scene.raw(socket);
        return;
    }
    Visit visit;
    ServerTls tls(socket, scene.shown, [&scene](SSL_CTX* context) {
        for (const Minted& link : scene.chain) {
            SSL_CTX_add1_chain_cert(context, link.certificate.get());
        }
        if (scene.setup) {
            scene.setup(context);
        }
    });
    if (scene.downgrades) {
        SSL_set_msg_callback(tls.ssl(), hide_versions);
    }
    visit.finished = tls.handshake();
    if (const char* const name = SSL_get_servername(tls.ssl(), TLSEXT_NAMETYPE_host_name)) {
        visit.server_name = name;
    }
    if (X509* const shown = SSL_get0_peer_certificate(tls.ssl())) {
        char text[256] = {};
        X509_NAME_get_text_by_NID(X509_get_subject_name(shown), NID_commonName, text, sizeof text);
        visit.shown = text;
        visit.intermediates = std::max(0, sk_X509_num(SSL_get_peer_cert_chain(tls.ssl())));
    }
    const auto keep = [&] {
        const std::lock_guard lock(mutex_);
        visits_[index] = visit;
    };
    keep();
    while (visit.finished) {
        std::string request = read_request(tls);
        if (request.empty()) {
            break;
        }
        visit.requests.push_back(std::move(request));
        keep();
        if (scene.before_answer) {
            scene.before_answer(tls.ssl());
        }
        std::string said = good;
        {
            const std::lock_guard lock(mutex_);
            if (!scene.answers.empty()) {
                said = scene.answers[std::min(answered_++, scene.answers.size() - 1)];
            }
        }
        if (said.empty()) {  // nothing is said, and the connection ends
            break;
        }
        tls.write(said);
        if (said.find("Connection: close") != std::string::npos) {
            SSL_shutdown(tls.ssl());
            break;
        }
    }
}

Options Server::options(const std::vector<std::string>& faults) const {
    Options options;
    options.base_url = "https://localhost:" + std::to_string(port());
    options.addresses = {"127.0.0.1"};
    options.ca_file = pem_of(gateproof::test::pki().ca);
    options.identity = {pem_of(gateproof::test::pki().client), key_pem_of(gateproof::test::pki().client), "", ""};
    options.answer_limit = std::chrono::seconds(10);
    options.retries.first = std::chrono::milliseconds(20);
    options.faults = faults;
    return options;
}

Result read_once(Options options) {
    Client client(std::move(options));
    return client.act(Act::read);
}

Result read_once(const Server& server, const std::vector<std::string>& faults) {
    return read_once(server.options(faults));
}

}  // namespace gateproof::client::test
