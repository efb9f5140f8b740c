// The authority's pages: plain HTML that works without scripts, and says its errors where they belong.
#pragma once

#include <string>
#include <string_view>

namespace gateproof::gateway {

struct LoginPage {
    std::string_view client;       ///< name of the application
    std::string_view transaction;  ///< hidden fields
    std::string_view csrf;
    std::string_view user;   ///< what was typed before
    std::string_view error;  ///< empty: none
};
std::string login_page(const LoginPage& page);

struct ConsentPage {
    std::string_view client;
    std::string_view user;
    std::string_view scope;
    std::string_view transaction;
    std::string_view csrf;
};
std::string consent_page(const ConsentPage& page);

/// What stands in front of the login for those who are not allow-listed: it wants credentials that users do not have.
std::string splash_page();

/// For what must not be sent to a client, because nobody knows that it is one.
std::string error_page(std::string_view title, std::string_view sentence);

/// The page with its content in an attribute, from which a script takes it: without scripts it is empty.
std::string by_script(const std::string& page);

/// Content-Security-Policy of every page. `redirect_uri`: where its form's answer may redirect to. `scripted`:
/// by_script() made it.
std::string content_security_policy(std::string_view redirect_uri, bool framable, bool scripted = false);

}  // namespace gateproof::gateway
