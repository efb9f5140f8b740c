// The cookies of one browser, in libcurl's cookie engine (RFC 6265, public suffixes, __Host- and __Secure- names).
#pragma once

#include <curl/curl.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace gateproof {

/// What the transfers of one browser share: libcurl takes the cookies of their answers from it and to it.
class CookieStore {
public:
    static constexpr std::size_t max_cookies = 50;

    CookieStore();
    ~CookieStore();
    CookieStore(const CookieStore&) = delete;
    CookieStore& operator=(const CookieStore&) = delete;

    /// This transfer sends the cookies that are for its address, and takes those that come. The store must outlive it.
    void lend_to(CURL* easy);
    /// One line a cookie, as cookie files have it.
    [[nodiscard]] std::vector<std::string> lines() const;
    void add(const std::vector<std::string>& lines);
    /// What is more than max_cookies goes: a peer must not fill memory. libcurl bounds a cookie (5000 bytes), and how
    /// many one answer sets (50).
    void keep_bounds();

private:
    CURLSH* share_;
};

/// A copy is another browser that knows the same cookies.
class CookieJar {
public:
    static constexpr std::size_t max_cookies = CookieStore::max_cookies;

    CookieJar() : store_(std::make_shared<CookieStore>()) {}
    CookieJar(const CookieJar& other) : CookieJar() { store_->add(other.store_->lines()); }
    CookieJar(CookieJar&&) = default;
    CookieJar& operator=(CookieJar other) {
        store_.swap(other.store_);
        return *this;
    }
    ~CookieJar() = default;

    /// For HttpRequest::cookies.
    [[nodiscard]] const std::shared_ptr<CookieStore>& store() const { return store_; }

private:
    std::shared_ptr<CookieStore> store_;
};

}  // namespace gateproof
