// SHA-256 over a sequence of texts, for telling whether two runs had the same input.
#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>
#include <string_view>

namespace gateproof {

class Digest {
public:
    Digest();

    /// The texts are kept apart: ("ab", "c") and ("a", "bc") differ.
    Digest& add(std::string_view text);
    /// Lower-case hex. Ends the sequence.
    [[nodiscard]] std::string hex();

private:
    struct Deleter {
        void operator()(EVP_MD_CTX* context) const;
    };
    std::unique_ptr<EVP_MD_CTX, Deleter> context_;
};

}  // namespace gateproof
