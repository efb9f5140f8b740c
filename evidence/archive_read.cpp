#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <memory>

#include "evidence/archive.hpp"
#include "evidence/archive_shape.hpp"
#include "harness/text/ascii.hpp"
#include "harness/text/input_file.hpp"

namespace gateproof::evidence {
namespace {

using ReaderPtr = std::unique_ptr<archive, decltype(&archive_read_free)>;
using DigestPtr = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

std::string hex(const unsigned char* bytes, std::size_t size) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) {
        text += fmt::format("{:02x}", bytes[i]);
    }
    return text;
}

std::string_view name_of(ArchiveKind kind) {
    return kind == ArchiveKind::tar ? "tar" : "zip";
}

/// A name for a sentence: its own bytes may be anything.
std::string shown(const char* name) {
    std::string text;
    for (const char c : std::string_view(name == nullptr ? "" : name).substr(0, 120)) {
        const auto byte = static_cast<unsigned char>(c);
        text += byte >= 0x20 && byte < 0x7f ? std::string(1, c) : fmt::format("\\x{:02x}", byte);
    }
    return "'" + text + "'";
}

std::string kind_of(archive_entry* entry) {
    if (archive_entry_hardlink(entry) != nullptr) {
        return "a hard link";
    }
    switch (archive_entry_filetype(entry)) {
        case AE_IFLNK: return "a symbolic link";
        case AE_IFDIR: return "a folder";
        case AE_IFREG: return "";
        default: return "a device, pipe or socket";
    }
}

class Reading {
public:
    Reading(archive* reader, ArchiveKind kind, const std::set<std::string, std::less<>>& wanted, const Bounds& bounds,
            std::string_view also, ArchiveContents& contents)
        : reader_(reader), kind_(kind), wanted_(wanted), bounds_(bounds), also_(also), contents_(contents) {}

    void run() {
        archive_entry* entry = nullptr;
        while (contents_.problem.empty()) {
            const int result = archive_read_next_header(reader_, &entry);
            if (result == ARCHIVE_EOF) {
                return;
            }
            if (result < ARCHIVE_WARN) {
                broken();
                return;
            }
            take(entry);
        }
    }

private:
    void broken() {
        contents_.is_archive = !contents_.entries.empty();
        const char* const why = archive_error_string(reader_);
        contents_.problem =
            fmt::format("it is damaged, or no {} though its name says so: {}", name_of(kind_), shown(why));
    }

    void take(archive_entry* entry) {
        const char* const name = archive_entry_pathname(entry);
        if (name == nullptr || !is_plain_name(name)) {
            contents_.problem = fmt::format(
                "the name {} could be written outside of the folder that the pack is unpacked to, or is not one that "
                "gateproof gives",
                shown(name));
        } else if (const std::string kind = kind_of(entry); !kind.empty()) {
            contents_.problem = fmt::format("{} is {}; a pack holds plain files alone", shown(name), kind);
        } else if (!names_.insert(lower_case(name)).second) {
            contents_.problem =
                fmt::format("{} is there twice; which one counts depends on who unpacks it", shown(name));
        } else if (contents_.entries.size() >= bounds_.files) {
            contents_.problem = fmt::format("it holds more than {} files", bounds_.files);
        } else {
            read(name);
        }
    }

    void read(const char* name) {
        ArchiveEntry made;
        made.name = name;
        const bool keep = wanted_.find(made.name) != wanted_.end();
        made.kept = keep || (!also_.empty() && std::string_view(made.name).substr(made.name.rfind('/') + 1) == also_);
        const DigestPtr digest(EVP_MD_CTX_new(), EVP_MD_CTX_free);
        EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr);
        std::array<char, 65536> buffer{};
        la_ssize_t got = 0;
        while ((got = archive_read_data(reader_, buffer.data(), buffer.size())) > 0) {
            made.size += static_cast<std::uint64_t>(got);
            total_ += static_cast<std::uint64_t>(got);
            if (made.size > bounds_.file_bytes || total_ > bounds_.all_bytes ||
                (keep && made.size > bounds_.kept_bytes)) {
                contents_.problem = fmt::format("{} unpacks to more than any run leaves", shown(name));
                return;
            }
            EVP_DigestUpdate(digest.get(), buffer.data(), static_cast<std::size_t>(got));
            spare_ += made.kept && !keep ? static_cast<std::uint64_t>(got) : 0;
            if (!keep && spare_ > bounds_.spare_bytes) {
                made.kept = false;
                std::string().swap(made.bytes);
            }
            if (made.kept) {
                made.bytes.append(buffer.data(), static_cast<std::size_t>(got));
            }
        }
        if (got < 0) {
            broken();
            return;
        }
        std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
        unsigned size = 0;
        EVP_DigestFinal_ex(digest.get(), sum.data(), &size);
        made.sha256 = hex(sum.data(), size);
        contents_.entries.push_back(std::move(made));
    }

    archive* reader_;
    ArchiveKind kind_;
    const std::set<std::string, std::less<>>& wanted_;
    const Bounds& bounds_;
    std::string_view also_;
    ArchiveContents& contents_;
    std::set<std::string> names_;  ///< lower case: some systems do not tell Run.jsonl from run.jsonl
    std::uint64_t total_ = 0;
    std::uint64_t spare_ = 0;  ///< of those that are kept where there is room
};

/// libarchive reads what it can, and passes over what it does not need: whether every tool finds the same files is
/// asked of the bytes.
std::string shape_problem(const std::filesystem::path& file, ArchiveKind kind, const Bounds& bounds,
                          const std::vector<ArchiveEntry>& entries) {
    InputFile opened = open_input_file(file);
    std::error_code error;
    const std::uint64_t size = std::filesystem::file_size(file, error);
    if (opened.fault != InputFile::Fault::none || error) {
        return "it cannot be read a second time";
    }
    ArchiveShape shape =
        kind == ArchiveKind::tar ? tar_shape(opened.in, size, bounds.files) : zip_shape(opened.in, size, bounds.files);
    if (!shape.problem.empty()) {
        return shape.problem;
    }
    std::vector<ArchiveShape::Entry> read;
    std::ranges::transform(entries, std::back_inserter(read), [](const ArchiveEntry& entry) {
        return ArchiveShape::Entry{entry.name, entry.size};
    });
    std::ranges::sort(read);
    std::ranges::sort(shape.entries);
    return read == shape.entries ? std::string() : "which files it holds depends on who unpacks it";
}

}  // namespace

bool is_plain_name(std::string_view name) {
    constexpr std::size_t longest = 100;  // what ustar holds without a prefix
    if (name.empty() || name.size() > longest || name.back() == '/') {
        return false;
    }
    char before = '/';
    for (const char c : name) {
        const bool begins_part = before == '/';
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        if (!letter && (begins_part || (c != '.' && c != '-' && c != '/'))) {
            return false;
        }
        before = c;
    }
    return true;
}

std::optional<ArchiveKind> archive_kind_of(const std::filesystem::path& file) {
    const std::string extension = lower_case(file.extension().string());
    if (extension == ".tar") {
        return ArchiveKind::tar;
    }
    return extension == ".zip" ? std::optional(ArchiveKind::zip) : std::nullopt;
}

ArchiveContents read_archive(const std::filesystem::path& file, const std::set<std::string, std::less<>>& wanted,
                             const Bounds& bounds, std::string_view also) {
    ArchiveContents contents;
    contents.is_archive = false;
    std::error_code error;
    if (const InputFile opened = open_input_file(file); opened.fault != InputFile::Fault::none) {
        contents.problem = "it " + opened.why;
        return contents;
    }
    if (std::filesystem::file_size(file, error) > bounds.all_bytes || error) {
        contents.problem = "it is larger than any run leaves";
        return contents;
    }
    const std::optional<ArchiveKind> kind = archive_kind_of(file);
    if (!kind) {
        contents.problem =
            "its name ends in neither .tar nor .zip, and what it holds could depend on which of the two it is read as; "
            "give it the name that it was packed under";
        return contents;
    }
    const ReaderPtr reader(archive_read_new(), archive_read_free);
    // No compression around a tar, no format but that of the name: what is not needed cannot be attacked.
    *kind == ArchiveKind::tar ? archive_read_support_format_tar(reader.get())
                              : archive_read_support_format_zip_seekable(reader.get());
    constexpr std::size_t block = 65536;
    if (archive_read_open_filename(reader.get(), file.c_str(), block) != ARCHIVE_OK) {
        contents.problem = fmt::format("it is no {} though its name says so, or cannot be opened", name_of(*kind));
        return contents;
    }
    contents.is_archive = true;
    Reading(reader.get(), *kind, wanted, bounds, also, contents).run();
    if (contents.problem.empty() && contents.entries.empty()) {
        contents.is_archive = false;
        contents.problem = fmt::format("it holds no file at all, or is no {} though its name says so", name_of(*kind));
    }
    if (contents.problem.empty()) {
        contents.problem = shape_problem(file, *kind, bounds, contents.entries);
    }
    return contents;
}

}  // namespace gateproof::evidence
