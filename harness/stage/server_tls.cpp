#include "harness/stage/server_tls.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <new>
#include <utility>

#include "harness/identity/openssl_errors.hpp"
#include "harness/probe/socket/wire.hpp"
#include "harness/probe/tls/openssl_client.hpp"
#include "harness/probe/tls/server_messages.hpp"
#include "harness/probe/tls/session_state.hpp"
#include "harness/stage/late_alert.hpp"
#include "harness/text/ascii.hpp"
#include "harness/text/sha256.hpp"

namespace gateproof::stage {
namespace {

constexpr std::size_t most_in_a_read = std::size_t{16} * 1024;
constexpr std::size_t most_key_updates = 64;
enum HeardMessage : std::uint8_t { heard_certificate_verify = 15, heard_key_update = 24 };

/// X509_V_ERR_* that OpenSSL answers with this alert.
int verify_error_for(std::uint8_t alert) {
    switch (alert) {
        case SSL_AD_HANDSHAKE_FAILURE: return X509_V_ERR_APPLICATION_VERIFICATION;
        case SSL_AD_BAD_CERTIFICATE: return X509_V_ERR_CERT_REJECTED;
        case SSL_AD_UNSUPPORTED_CERTIFICATE: return X509_V_ERR_INVALID_PURPOSE;
        case SSL_AD_CERTIFICATE_REVOKED: return X509_V_ERR_CERT_REVOKED;
        case SSL_AD_CERTIFICATE_EXPIRED: return X509_V_ERR_CERT_HAS_EXPIRED;
        case SSL_AD_UNKNOWN_CA: return X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
        case SSL_AD_DECRYPT_ERROR: return X509_V_ERR_CERT_SIGNATURE_FAILURE;
        case SSL_AD_INTERNAL_ERROR: return X509_V_ERR_UNSPECIFIED;
        default:
            return X509_V_ERR_SUITE_B_INVALID_VERSION;  // certificate_unknown, as for all that OpenSSL has no alert for
    }
}

/// Handshake records cut into such of `size` bytes, up to the first record of another kind: what follows a
/// ChangeCipherSpec is encrypted and stays as it is. Whether all of it was in clear goes to `in_clear`.
std::string cut_records(std::string_view bytes, std::size_t size, bool& in_clear) {
    std::string out;
    while (in_clear && bytes.size() >= record_header) {
        const auto* head = reinterpret_cast<const std::uint8_t*>(bytes.data());
        const std::size_t length = static_cast<std::size_t>(head[3] << 8 | head[4]);
        if (head[0] != handshake_record || bytes.size() < record_header + length) {
            in_clear = false;
            break;
        }
        for (std::size_t at = 0; at < length; at += size) {
            const std::size_t part = std::min(size, length - at);
            out.append(bytes.substr(0, 3));
            out += static_cast<char>(part >> 8);
            out += static_cast<char>(part & 0xff);
            out.append(bytes.substr(record_header + at, part));
        }
        bytes.remove_prefix(record_header + length);
    }
    return out.append(bytes);
}

}  // namespace

ServerTls::ServerTls(SSL_CTX* context, const Scene& scene, Visit& visit)
    : scene_(scene), visit_(visit), ssl_(SSL_new(context)) {
    from_client_ = BIO_new(BIO_s_mem());
    to_client_ = BIO_new(BIO_s_mem());
    if (!ssl_ || from_client_ == nullptr || to_client_ == nullptr) {
        BIO_free(from_client_);
        BIO_free(to_client_);
        throw std::bad_alloc();
    }
    BIO_set_mem_eof_return(from_client_, -1);
    BIO_set_mem_eof_return(to_client_, -1);
    SSL_set_bio(ssl_.get(), from_client_, to_client_);
    SSL_set_accept_state(ssl_.get());
    SSL_set_ex_data(ssl_.get(), 0, this);
    SSL_set_msg_callback(ssl_.get(), &ServerTls::on_message);
    SSL_set_msg_callback_arg(ssl_.get(), this);
    // A session is good under the name that it was made under, and for nothing else (RFC 6066 3). Without a context
    // OpenSSL ends every resumption beside a certificate request.
    const std::string scope = sha256_of(visit.hello ? lower_case(visit.hello->server_name()) : std::string())
                                  .substr(0, SSL_MAX_SID_CTX_LENGTH);
    SSL_set_session_id_context(ssl_.get(), reinterpret_cast<const unsigned char*>(scope.data()),
                               static_cast<unsigned int>(scope.size()));
}

ServerTls::~ServerTls() {
    SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

/// A client that does not like our version may send its alert in records of its own, which OpenSSL then does not read.
void ServerTls::note_clear_alert(std::string_view bytes) {
    constexpr std::size_t size = 7;  // RFC 5246 6.2.1, 7.2: a record's head, level and description
    if (bytes.size() == size && bytes[0] == SSL3_RT_ALERT && bytes[1] == 3 && bytes[3] == 0 && bytes[4] == 2 &&
        bytes[5] == SSL3_AL_FATAL && !visit_.alert) {
        visit_.alert = Alert{SSL3_AL_FATAL, static_cast<std::uint8_t>(bytes[6])};
        visit_.alert_at = std::chrono::steady_clock::now();
    }
}

void ServerTls::feed(std::string_view bytes) {
    note_clear_alert(bytes);
    BIO_write(from_client_, bytes.data(), static_cast<int>(bytes.size()));
}

std::string ServerTls::output() {
    char* bytes = nullptr;
    const long length = BIO_get_mem_data(to_client_, &bytes);
    std::string out(bytes, static_cast<std::size_t>(std::max(length, 0L)));
    BIO_reset(to_client_);
    return scene_.handshake.record_size == 0 ? out : cut_records(out, scene_.handshake.record_size, in_clear_);
}

void ServerTls::on_message(int sent, int, int type, const void* bytes, std::size_t length, SSL* ssl, void* self) {
    const auto* first = static_cast<const std::uint8_t*>(bytes);
    auto& tls = *static_cast<ServerTls*>(self);
    if (type == SSL3_RT_ALERT && length >= 2 && is_fatal_alert(ssl, first[0], first[1])) {
        std::optional<Alert>& alert = sent != 0 ? tls.visit_.our_alert : tls.visit_.alert;
        alert = Alert{first[0], first[1]};
        if (sent == 0) {
            tls.visit_.alert_at = std::chrono::steady_clock::now();
        }
    } else if (type == SSL3_RT_HANDSHAKE && length > 0) {
        tls.heard(sent, *first);
    }
}

void ServerTls::heard(int sent, std::uint8_t message) {
    constexpr std::uint8_t certificate_request = 13;
    // Compressed (RFC 8879) where OpenSSL of both sides is built for that, as in Debian 13.
    const bool certificate = message == 11 || message == 25;
    if (sent != 0) {
        visit_.certificate_shown = visit_.certificate_shown || certificate;
        visit_.certificate_requested = visit_.certificate_requested || message == certificate_request;
        return;
    }
    if (certificate && visit_.finished_at) {
        visit_.late_certificate_at = std::chrono::steady_clock::now();
    } else if (message == heard_certificate_verify) {
        verify_heard_ = true;
    } else if (message == heard_key_update && visit_.key_updates.size() < most_key_updates) {
        visit_.key_updates.push_back(std::chrono::steady_clock::now());
    }
}

int ServerTls::on_certificates(X509_STORE_CTX* presented, void*) {
    const auto* ssl =
        static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(presented, SSL_get_ex_data_X509_STORE_CTX_idx()));
    ServerTls& tls = of(ssl);
    tls.visit_.certificates.clear();
    const STACK_OF(X509)* chain = X509_STORE_CTX_get0_untrusted(presented);
    constexpr int most = 10;
    for (int i = 0; i < sk_X509_num(chain) && i < most; ++i) {
        X509* one = sk_X509_value(chain, i);
        X509_up_ref(one);
        tls.visit_.certificates.emplace_back(CertificateHandle(one));
    }
    if (tls.scene_.handshake.kind != HandshakeAct::Kind::refuses_certificate) {
        return 1;
    }
    tls.refused_ = true;
    X509_STORE_CTX_set_error(presented, verify_error_for(tls.scene_.handshake.alert));
    return 0;
}

void ServerTls::on_secret(const SSL* ssl, const char* line) {
    const std::string_view text(line);
    if (text.starts_with("SERVER_TRAFFIC_SECRET_0 ")) {
        std::string& secret = of(ssl).secret_;
        secret.clear();
        for (std::size_t at = text.rfind(' ') + 1; at + 1 < text.size(); at += 2) {
            secret += static_cast<char>(hex_value(text[at]) << 4 | hex_value(text[at + 1]));
        }
    }
}

/// The refusal is the first record under the keys for application data (RFC 8446 4.4.4), and all that is to go out.
void ServerTls::refuse_in_other_words() {
    const std::uint8_t wanted = scene_.handshake.alert;
    if (!refused_ || !visit_.our_alert || visit_.our_alert->description == wanted) {
        return;
    }
    const std::string record = first_alert(SSL_get_current_cipher(ssl_.get()), secret_, wanted);
    if (!record.empty()) {
        BIO_reset(to_client_);
        BIO_write(to_client_, record.data(), static_cast<int>(record.size()));
        visit_.our_alert->description = wanted;
    }
}

int ServerTls::on_status_request(SSL* ssl, void*) {
    const std::string& staple = of(ssl).scene_.shown.staple;
    auto* copy = static_cast<unsigned char*>(OPENSSL_memdup(staple.data(), staple.size()));
    if (copy == nullptr || SSL_set_tlsext_status_ocsp_resp(ssl, copy, static_cast<long>(staple.size())) != 1) {
        OPENSSL_free(copy);
        return SSL_TLSEXT_ERR_NOACK;
    }
    return SSL_TLSEXT_ERR_OK;
}

ServerTls::Step ServerTls::after(int result) {
    if (result == 1) {
        return Step::done;
    }
    const int error = SSL_get_error(ssl_.get(), result);
    if (error == SSL_ERROR_ZERO_RETURN) {
        visit_.close_notify = true;
        return Step::closed;
    }
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
        return Step::wants_more;
    }
    detail_ = openssl_error_text();
    ERR_clear_error();
    return Step::failed;
}

ServerTls::Step ServerTls::handshake() {
    ERR_clear_error();
    const Step step = after(SSL_do_handshake(ssl_.get()));
    if (step == Step::done && !visit_.finished_at) {
        visit_.finished_at = std::chrono::steady_clock::now();
        visit_.version = static_cast<TlsVersion>(SSL_version(ssl_.get()));
        visit_.cipher_suite = SSL_CIPHER_get_protocol_id(SSL_get_current_cipher(ssl_.get()));
        visit_.resumed = SSL_session_reused(ssl_.get()) == 1;
        if (X509* leaf = SSL_get0_peer_certificate(ssl_.get()); leaf != nullptr && visit_.certificates.empty()) {
            X509_up_ref(leaf);  // of the session: it was proved when that was made
            visit_.certificates.emplace_back(CertificateHandle(leaf));
        }
        visit_.proved_possession = verify_heard_;
        const unsigned char* name = nullptr;
        unsigned int length = 0;
        SSL_get0_alpn_selected(ssl_.get(), &name, &length);
        visit_.protocol.assign(reinterpret_cast<const char*>(name), length);
    }
    if (step == Step::failed) {
        refuse_in_other_words();
    }
    return step;
}

ServerTls::Step ServerTls::read(std::string& into) {
    ERR_clear_error();
    const std::size_t before = into.size();
    into.resize(before + most_in_a_read);
    std::size_t got = 0;
    const Step step = after(SSL_read_ex(ssl_.get(), into.data() + before, most_in_a_read, &got));
    into.resize(before + (step == Step::done ? got : 0));
    if (step == Step::done) {
        visit_.application_bytes += got;
        if (!visit_.accepted_at) {
            visit_.accepted_at = std::chrono::steady_clock::now();
        }
    }
    return step;
}

ServerTls::Step ServerTls::write(std::string_view bytes) {
    ERR_clear_error();
    std::size_t written = 0;
    return bytes.empty() ? Step::done : after(SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &written));
}

void ServerTls::shut() {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
}

void ServerTls::act(const AfterAct& act) {
    if (SSL_version(ssl_.get()) != TLS1_3_VERSION) {
        return;
    }
    const OpensslErrorScope errors;
    for (int i = 0; i < act.count; ++i) {
        switch (act.kind) {
            case AfterAct::Kind::tickets: SSL_new_session_ticket(ssl_.get()); break;
            case AfterAct::Kind::key_update:
                SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_REQUESTED);
                SSL_do_handshake(ssl_.get());
                if (visit_.key_updates_asked.size() < most_key_updates) {
                    visit_.key_updates_asked.push_back(std::chrono::steady_clock::now());
                }
                break;
            case AfterAct::Kind::certificate_request:
                SSL_set_verify(ssl_.get(), SSL_VERIFY_PEER, nullptr);
                if (SSL_verify_client_post_handshake(ssl_.get()) == 1) {
                    visit_.late_request_at = std::chrono::steady_clock::now();
                }
                break;
        }
    }
    SSL_do_handshake(ssl_.get());
}

}  // namespace gateproof::stage
