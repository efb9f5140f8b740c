#include "harness/probe/http/cookie_jar.hpp"

#include <new>

#include "harness/probe/http/multi.hpp"
#include "harness/probe/http/transfer.hpp"

namespace gateproof {

namespace {

/// A handle for the cookies alone.
CurlEasy handle_of(CURLSH* share) {
    CurlEasy easy(curl_easy_init());
    if (!easy) {
        throw std::bad_alloc();
    }
    curl_easy_setopt(easy.get(), CURLOPT_SHARE, share);
    return easy;
}

}  // namespace

CookieStore::CookieStore() : share_(curl_share_init()) {
    // One thread: that of the loop that the transfers run on. So no locks.
    if (share_ == nullptr || curl_share_setopt(share_, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE) != CURLSHE_OK) {
        curl_share_cleanup(share_);
        throw std::bad_alloc();
    }
}

CookieStore::~CookieStore() {
    curl_share_cleanup(share_);
}

void CookieStore::lend_to(CURL* easy) {
    curl_easy_setopt(easy, CURLOPT_SHARE, share_);
    curl_easy_setopt(easy, CURLOPT_COOKIEFILE, "");  // no file, but the engine
}

std::vector<std::string> CookieStore::lines() const {
    const CurlEasy easy = handle_of(share_);
    curl_slist* all = nullptr;
    curl_easy_getinfo(easy.get(), CURLINFO_COOKIELIST, &all);
    const CurlList owned(all);
    std::vector<std::string> lines;
    for (const curl_slist* one = all; one != nullptr; one = one->next) {
        lines.emplace_back(one->data);
    }
    return lines;
}

void CookieStore::add(const std::vector<std::string>& lines) {
    const CurlEasy easy = handle_of(share_);
    for (const std::string& line : lines) {
        curl_easy_setopt(easy.get(), CURLOPT_COOKIELIST, line.c_str());
    }
}

void CookieStore::keep_bounds() {
    std::vector<std::string> known = lines();
    if (known.size() <= max_cookies) {
        return;
    }
    known.resize(max_cookies);
    curl_easy_setopt(handle_of(share_).get(), CURLOPT_COOKIELIST, "ALL");
    add(known);
}

}  // namespace gateproof
