#include "client/base/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "client/base/io.hpp"

namespace gateproof::client {
namespace {

constexpr std::size_t largest_file = std::size_t{1} << 20;

std::string read_bounded(const std::string& name, std::string_view what) {
    const Descriptor file(open(name.c_str(), O_RDONLY | O_CLOEXEC));
    std::string text;
    char buffer[4096];
    while (file.valid()) {
        const ssize_t size = read(file.number(), buffer, sizeof buffer);
        if (size == 0) {
            return text;
        }
        if (size < 0) {
            break;
        }
        text.append(buffer, static_cast<std::size_t>(size));
        if (text.size() > largest_file) {
            throw Unusable{fmt::format("the {} \"{}\" is larger than 1 MiB", what, name)};
        }
    }
    throw Unusable{fmt::format("the {} \"{}\" cannot be read: {}", what, name, std::strerror(errno))};
}

}  // namespace

std::string text_or_file(const std::string& setting, std::string_view what) {
    return setting.find("-----BEGIN ") == std::string::npos ? read_bounded(setting, what) : setting;
}

std::string first_line_of_file(const std::string& name, std::string_view what) {
    const std::string text = read_bounded(name, what);
    return text.substr(0, text.find_first_of("\r\n"));
}

void write_private_file(const std::string& name, std::string_view text) {
    const std::string fresh = name + ".new";
    unlink(fresh.c_str());  // one that another left might be open to others
    {
        const Descriptor file(open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
        bool good = file.valid();
        while (good && !text.empty()) {
            const ssize_t size = write(file.number(), text.data(), text.size());
            good = size > 0;
            text.remove_prefix(good ? static_cast<std::size_t>(size) : 0);
        }
        if (good && fsync(file.number()) == 0 && rename(fresh.c_str(), name.c_str()) == 0) {
            return;
        }
    }
    throw Unusable{fmt::format("the file \"{}\" cannot be written: {}", name, std::strerror(errno))};
}

}  // namespace gateproof::client
