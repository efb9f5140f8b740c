#include "harness/journal/members.hpp"

#include <fmt/format.h>

#include "harness/journal/codec.hpp"

namespace gateproof::journal {

const Json* member(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::string text(const Json& object, const char* key) {
    const Json* value = member(object, key);
    if (value == nullptr) {
        return {};
    }
    if (!value->is_string()) {
        throw Unreadable(fmt::format("\"{}\" is no string", key));
    }
    return value->get<std::string>();
}

std::string needed_text(const Json& object, const char* key) {
    std::string value = text(object, key);
    if (value.empty()) {
        throw Unreadable(fmt::format("\"{}\" is missing", key));
    }
    return value;
}

std::uint64_t count(const Json& object, const char* key, std::uint64_t limit) {
    const Json* value = member(object, key);
    if (value == nullptr) {
        return 0;
    }
    if (!value->is_number_unsigned() || value->get<std::uint64_t>() > limit) {
        throw Unreadable(fmt::format("\"{}\" is no whole number up to {}", key, limit));
    }
    return value->get<std::uint64_t>();
}

bool flag(const Json& object, const char* key) {
    const Json* value = member(object, key);
    if (value == nullptr) {
        return false;
    }
    if (!value->is_boolean()) {
        throw Unreadable(fmt::format("\"{}\" is neither true nor false", key));
    }
    return value->get<bool>();
}

std::chrono::system_clock::time_point moment(const Json& object, const char* key) {
    const auto time = parse_iso_time(text(object, key));
    if (!time) {
        throw Unreadable(fmt::format("\"{}\" is no time like 2026-02-03T04:05:06.789Z", key));
    }
    return *time;
}

const Json& list(const Json& object, const char* key) {
    static const Json none = Json::array();
    const Json* value = member(object, key);
    if (value == nullptr) {
        return none;
    }
    if (!value->is_array()) {
        throw Unreadable(fmt::format("\"{}\" is no array", key));
    }
    return *value;
}

std::vector<std::string> texts(const Json& object, const char* key) {
    std::vector<std::string> all;
    for (const Json& one : list(object, key)) {
        if (!one.is_string()) {
            throw Unreadable(fmt::format("\"{}\" holds something that is no string", key));
        }
        all.push_back(one.get<std::string>());
    }
    return all;
}

std::map<std::string, std::string> texts_by_name(const Json& object, const char* key) {
    std::map<std::string, std::string> all;
    if (const Json* const found = member(object, key); found != nullptr && found->is_object()) {
        for (const auto& [name, text] : found->items()) {
            if (text.is_string()) {
                all.emplace(name, text.get<std::string>());
            }
        }
    }
    return all;
}

}  // namespace gateproof::journal
