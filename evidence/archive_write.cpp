#include <archive.h>
#include <archive_entry.h>

#include <memory>
#include <stdexcept>

#include "evidence/archive.hpp"

namespace gateproof::evidence {
namespace {

using WriterPtr = std::unique_ptr<archive, decltype(&archive_write_free)>;
using EntryPtr = std::unique_ptr<archive_entry, decltype(&archive_entry_free)>;

la_ssize_t append(archive*, void* out, const void* bytes, std::size_t size) {
    static_cast<std::string*>(out)->append(static_cast<const char*>(bytes), size);
    return static_cast<la_ssize_t>(size);
}

void require(int result, archive* writer) {
    if (result != ARCHIVE_OK) {
        const char* const why = archive_error_string(writer);
        throw std::runtime_error(std::string("cannot make the archive: ") + (why != nullptr ? why : "unknown"));
    }
}

}  // namespace

std::string write_archive(const std::vector<PackFile>& files, ArchiveKind kind,
                          std::chrono::system_clock::time_point written) {
    std::string bytes;
    const WriterPtr writer(archive_write_new(), archive_write_free);
    require(kind == ArchiveKind::zip ? archive_write_set_format_zip(writer.get())
                                     : archive_write_set_format_ustar(writer.get()),
            writer.get());
    if (kind == ArchiveKind::zip) {
        // Otherwise the last block is filled up, and the end record would not end the file.
        require(archive_write_set_bytes_in_last_block(writer.get(), 1), writer.get());
    }
    require(archive_write_open(writer.get(), &bytes, nullptr, &append, nullptr), writer.get());
    for (const PackFile& file : files) {
        const EntryPtr entry(archive_entry_new(), archive_entry_free);
        archive_entry_set_pathname(entry.get(), file.name.c_str());
        archive_entry_set_size(entry.get(), static_cast<la_int64_t>(file.bytes.size()));
        archive_entry_set_filetype(entry.get(), AE_IFREG);
        archive_entry_set_perm(entry.get(), 0644);
        archive_entry_set_uid(entry.get(), 0);
        archive_entry_set_gid(entry.get(), 0);
        if (kind == ArchiveKind::tar) {  // zip would write it in the time zone of this machine
            archive_entry_set_mtime(entry.get(), std::chrono::system_clock::to_time_t(written), 0);
        }
        require(archive_write_header(writer.get(), entry.get()), writer.get());
        if (archive_write_data(writer.get(), file.bytes.data(), file.bytes.size()) !=
            static_cast<la_ssize_t>(file.bytes.size())) {
            require(ARCHIVE_FATAL, writer.get());
        }
    }
    require(archive_write_close(writer.get()), writer.get());
    return bytes;
}

}  // namespace gateproof::evidence
