#include "client/tokens.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/base/files.hpp"
#include "client/base/json.hpp"

namespace gateproof::client {
namespace {

using nlohmann::json;
using std::chrono::system_clock;

std::optional<system_clock::time_point> moment(const json& kept, const char* name) {
    const auto found = kept.find(name);
    return found == kept.end() || !found->is_number_integer()
               ? std::nullopt
               : std::optional(system_clock::from_time_t(found->get<std::time_t>()));
}

void add(json& kept, const char* name, const std::optional<system_clock::time_point>& at) {
    if (at) {
        kept[name] = system_clock::to_time_t(*at);
    }
}

}  // namespace

Tokens TokenStore::load() const {
    if (file_.empty() || access(file_.c_str(), F_OK) != 0) {
        return memory_;
    }
    const json kept = parse_bounded(text_or_file(file_, "token file"));
    if (!kept.is_object()) {
        throw Unusable{fmt::format("the token file \"{}\" is not this client's: log in again", file_)};
    }
    return {text_member(kept, "access_token"), text_member(kept, "refresh_token"), moment(kept, "refresh_at"),
            moment(kept, "expires")};
}

void TokenStore::save(const Tokens& tokens) {
    memory_ = tokens;
    if (file_.empty()) {
        return;
    }
    json kept{{"access_token", tokens.access}, {"refresh_token", tokens.refresh}};
    add(kept, "refresh_at", tokens.refresh_at);
    add(kept, "expires", tokens.expires);
    write_private_file(file_, kept.dump());
    if (for_everybody_) {
        chmod(file_.c_str(), 0644);
    }
}

void TokenStore::clear() {
    memory_ = Tokens();
    if (!file_.empty()) {
        unlink(file_.c_str());
    }
}

Descriptor TokenStore::lock() const {
    if (file_.empty()) {
        return {};
    }
    Descriptor lock(open((file_ + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!lock.valid() || flock(lock.number(), LOCK_EX) != 0) {
        throw Unusable{fmt::format("the token file \"{}\" cannot be locked", file_)};
    }
    return lock;
}

}  // namespace gateproof::client
