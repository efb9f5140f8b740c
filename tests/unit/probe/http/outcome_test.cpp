#include <gtest/gtest.h>

#include <cerrno>
#include <ostream>
#include <string>
#include <string_view>

#include "harness/probe/http/transfer.hpp"

namespace gateproof::test {
namespace {

/// What libcurl says of a connection that broke, and how it ended.
struct Broken {
    const char* name;
    CURLcode code;
    int os_error;
    std::string_view text;
    Ending end;
};

void PrintTo(const Broken& broken, std::ostream* out) {
    *out << broken.name;
}

class BrokenConnection : public testing::TestWithParam<Broken> {};

TEST_P(BrokenConnection, EndsAsItsTextTells) {
    const Broken& broken = GetParam();
    EXPECT_EQ(classify_http_failure(broken.code, broken.os_error, true, broken.text), broken.end);
}

INSTANTIATE_TEST_SUITE_P(
    Outcome, BrokenConnection,
    testing::Values(Broken{"ResetInTheHandshake", CURLE_SSL_CONNECT_ERROR, ECONNRESET,
                           "OpenSSL SSL_connect: Connection reset by peer in connection to localhost:4046",
                           Ending::reset},
                    // The reset came before libcurl had asked who is there: the same wire, another text.
                    Broken{"ResetBeforeTheHandshake", CURLE_SSL_CONNECT_ERROR, 0,
                           "getpeername() failed with errno 107: Transport endpoint is not connected", Ending::reset},
                    Broken{"ResetBeforeTheRequest", CURLE_SEND_ERROR, 0,
                           "getpeername() failed with errno 107: Transport endpoint is not connected", Ending::reset},
                    Broken{"ClosedInTheHandshake", CURLE_SSL_CONNECT_ERROR, 0,
                           "OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to localhost:4046", Ending::closed},
                    Broken{"NoTlsAtAll", CURLE_SSL_CONNECT_ERROR, 0,
                           "error:0A00010B:SSL routines::wrong version number", Ending::handshake_failed}),
    [](const auto& parameter) { return std::string(parameter.param.name); });

}  // namespace
}  // namespace gateproof::test
