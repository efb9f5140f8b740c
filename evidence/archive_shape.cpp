#include "evidence/archive_shape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>

namespace gateproof::evidence {
namespace {

/// Little-endian or octal fields out of bytes that were read as a whole.
class Bytes {
public:
    explicit Bytes(std::string_view bytes) : bytes_(bytes) {}
    [[nodiscard]] std::uint64_t number(std::size_t at, std::size_t size) const {
        std::uint64_t value = 0;
        for (std::size_t i = size; i > 0; --i) {
            value = value << 8 | static_cast<unsigned char>(bytes_[at + i - 1]);
        }
        return value;
    }
    [[nodiscard]] std::string_view text(std::size_t at, std::size_t size) const { return bytes_.substr(at, size); }
    /// Up to the first zero byte.
    [[nodiscard]] std::string_view name(std::size_t at, std::size_t size) const {
        const std::string_view whole = text(at, size);
        return whole.substr(0, whole.find('\0'));
    }
    /// Octal digits, blanks before and blanks or zero bytes behind them; empty: something else.
    [[nodiscard]] std::optional<std::uint64_t> octal(std::size_t at, std::size_t size) const {
        std::string_view digits = text(at, size);
        digits.remove_prefix(std::min(digits.find_first_not_of(' '), digits.size()));
        const std::size_t last = digits.find_last_not_of(std::string_view(" \0", 2));
        digits = digits.substr(0, last == std::string_view::npos ? 0 : last + 1);
        std::uint64_t value = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 8);
        const bool whole = error == std::errc() && end == digits.data() + digits.size();
        return whole ? std::optional(value) : std::nullopt;
    }

private:
    std::string_view bytes_;
};

/// `count` bytes at `at`; fewer where the input ends before.
std::string read_at(std::istream& in, std::uint64_t at, std::size_t count) {
    std::string bytes(count, '\0');
    in.clear();
    in.seekg(static_cast<std::streamoff>(at));
    in.read(bytes.data(), static_cast<std::streamsize>(count));
    bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
    return bytes;
}

bool all_zero(std::string_view bytes) {
    return bytes.find_first_not_of('\0') == std::string_view::npos;
}

constexpr std::size_t block = 512;
constexpr std::uint64_t most_pax_bytes = std::uint64_t{64} * 1024;

std::uint64_t rounded_up(std::uint64_t size) {
    return (size + block - 1) / block * block;
}

bool checksum_fits(std::string_view header) {
    constexpr std::size_t field = 148;
    constexpr std::size_t field_size = 8;
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < header.size(); ++i) {
        const bool of_itself = i >= field && i < field + field_size;
        sum += of_itself ? static_cast<std::uint64_t>(' ') : static_cast<unsigned char>(header[i]);
    }
    return Bytes(header).octal(field, field_size) == sum;
}

/// pax records "LENGTH key=value\n". Those that would replace a name or a size of the header are read by some tools and
/// passed over by others.
std::string pax_problem(std::string_view body) {
    while (!body.empty()) {
        const std::size_t blank = body.find(' ');
        std::size_t length = 0;
        const auto [end, error] = std::from_chars(body.data(), body.data() + std::min(blank, body.size()), length);
        const bool whole = blank != std::string_view::npos && error == std::errc() && end == body.data() + blank &&
                           length > blank + 1 && length <= body.size() && body[length - 1] == '\n';
        if (!whole) {
            return "an extended header of the tar does not parse";
        }
        const std::string_view record = body.substr(blank + 1, length - blank - 2);
        const std::string_view key = record.substr(0, record.find('='));
        if (key == "path" || key == "linkpath" || key == "size" || key == "hdrcharset" || key == "SCHILY.realsize" ||
            key.starts_with("GNU.sparse.")) {
            return fmt::format("an extended header of the tar gives a file a second {}, which some tools do not read",
                               key == "path" || key == "linkpath" || key == "hdrcharset" ? "name" : "size");
        }
        body.remove_prefix(length);
    }
    return {};
}

/// Nothing but zeros from `at` on.
std::string tail_problem(std::istream& in, std::uint64_t at, std::uint64_t size) {
    constexpr std::uint64_t part = 65536;
    for (; at < size; at += part) {
        const std::string bytes = read_at(in, at, static_cast<std::size_t>(std::min(part, size - at)));
        if (bytes.empty() || !all_zero(bytes)) {
            return "something follows the end of the tar, where other tools may find another archive";
        }
    }
    return {};
}

}  // namespace

ArchiveShape tar_shape(std::istream& in, std::uint64_t size, std::size_t most_entries) {
    ArchiveShape shape;
    for (std::uint64_t at = 0; shape.problem.empty();) {
        const std::string header = read_at(in, at, block);
        if (header.size() < block) {
            shape.problem = "the tar ends without its end mark: it was cut off";
            break;
        }
        if (all_zero(header)) {
            shape.problem = tail_problem(in, at + block, size);
            break;
        }
        const Bytes fields(header);
        const std::optional<std::uint64_t> bytes = fields.octal(124, 12);
        if (!checksum_fits(header) || !bytes || *bytes > size) {
            shape.problem = fmt::format("at byte {} of the tar there is no header of a file", at);
            break;
        }
        const char type = header[156];
        if (type == 'x' || type == 'g') {
            shape.problem = *bytes > most_pax_bytes
                                ? "an extended header of the tar is longer than any tool makes it"
                                : pax_problem(read_at(in, at + block, static_cast<std::size_t>(*bytes)));
        } else if (type != '0' && type != '\0') {
            shape.problem = fmt::format("at byte {} of the tar there is something else than a plain file", at);
        } else if (shape.entries.size() >= most_entries) {
            shape.problem = fmt::format("the tar holds more than {} files", most_entries);
        } else {
            const std::string_view prefix =
                fields.text(257, 6) == std::string_view("ustar\0", 6) ? fields.name(345, 155) : std::string_view();
            shape.entries.push_back(
                {fmt::format("{}{}{}", prefix, prefix.empty() ? "" : "/", fields.name(0, 100)), *bytes});
        }
        at += block + rounded_up(*bytes);
    }
    return shape;
}

namespace {

constexpr std::uint64_t local_signature = 0x04034b50;
constexpr std::uint64_t row_signature = 0x02014b50;
constexpr std::uint64_t end_signature = 0x06054b50;
constexpr std::uint64_t descriptor_signature = 0x08074b50;
constexpr std::size_t local_size = 30;
constexpr std::size_t row_size = 46;
constexpr std::size_t end_size = 22;

constexpr std::uint64_t encrypted = 1;     // general purpose flags, bit 0
constexpr std::uint64_t sizes_follow = 8;  // bit 3
constexpr std::uint64_t in_zip64 = 0xffffffff;

struct Row {
    std::uint64_t offset = 0;
    std::string name;
    std::uint64_t flags = 0;
    std::uint64_t method = 0;
    std::uint64_t crc = 0;
    std::uint64_t packed = 0;
    std::uint64_t unpacked = 0;
};

/// Extra fields: 0x7075 (Info-ZIP) holds another name, 0x0001 (Zip64) other sizes.
std::string extra_problem(std::string_view extra) {
    constexpr std::size_t head = 4;
    constexpr std::uint64_t unicode_path = 0x7075;
    constexpr std::uint64_t zip64 = 0x0001;
    while (extra.size() >= head) {
        const Bytes field(extra);
        const std::uint64_t id = field.number(0, 2);
        const std::uint64_t length = field.number(2, 2);
        if (id == unicode_path || id == zip64) {
            return fmt::format("an extra field of the zip gives a file a second {}, which some tools do not read",
                               id == zip64 ? "size" : "name");
        }
        if (length > extra.size() - head) {
            break;
        }
        extra.remove_prefix(head + static_cast<std::size_t>(length));
    }
    return extra.empty() ? std::string() : "an extra field of the zip does not parse";
}

class ZipShape {
public:
    ZipShape(std::istream& in, std::uint64_t size, std::size_t most_entries)
        : in_(in), size_(size), most_entries_(most_entries) {}

    std::string run() {
        std::string problem = read_directory();
        if (!problem.empty()) {
            return problem;
        }
        std::ranges::sort(rows_, {}, &Row::offset);
        std::uint64_t at = 0;
        for (const Row& row : rows_) {
            if (row.offset != at) {
                return fmt::format("at byte {} of the zip there is something that its directory does not name", at);
            }
            problem = read_local(row, at);
            if (!problem.empty()) {
                return problem;
            }
        }
        return at == directory_ ? std::string()
                                : fmt::format(
                                      "at byte {} of the zip there is something that its directory does not "
                                      "name",
                                      at);
    }
    [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }

private:
    std::string read_directory() {
        const std::string bytes = size_ < end_size ? std::string() : read_at(in_, size_ - end_size, end_size);
        if (bytes.size() < end_size || Bytes(bytes).number(0, 4) != end_signature) {
            return "the zip does not end with its end record: something follows it, or it was cut off";
        }
        const Bytes end(bytes);
        const std::uint64_t count = end.number(10, 2);
        const std::uint64_t length = end.number(12, 4);
        directory_ = end.number(16, 4);
        if (end.number(4, 4) != 0 || end.number(8, 2) != count || end.number(20, 2) != 0 ||
            directory_ + length != size_ - end_size) {
            return "the end record of the zip does not fit the file: something stands before, between or behind its "
                   "parts";
        }
        if (count > most_entries_) {
            return fmt::format("the zip holds more than {} files", most_entries_);
        }
        std::uint64_t at = directory_;
        for (std::uint64_t i = 0; i < count; ++i) {
            if (std::string problem = read_row(at); !problem.empty()) {
                return problem;
            }
        }
        return at == size_ - end_size ? std::string()
                                      : "the directory of the zip holds something else than the files that it counts";
    }

    std::string read_row(std::uint64_t& at) {
        const std::string bytes = read_at(in_, at, row_size);
        const Bytes fields(bytes);
        if (bytes.size() < row_size || fields.number(0, 4) != row_signature) {
            return "the directory of the zip does not parse";
        }
        const auto name_size = static_cast<std::size_t>(fields.number(28, 2));
        const auto extra_size = static_cast<std::size_t>(fields.number(30, 2));
        const auto comment_size = static_cast<std::size_t>(fields.number(32, 2));
        const std::string tail = read_at(in_, at + row_size, name_size + extra_size);
        Row row{fields.number(42, 4), tail.substr(0, name_size), fields.number(8, 2), fields.number(10, 2),
                fields.number(16, 4), fields.number(20, 4),      fields.number(24, 4)};
        at += row_size + name_size + extra_size + comment_size;
        if (tail.size() < name_size + extra_size || at > size_ - end_size) {
            return "the directory of the zip does not parse";
        }
        if ((row.flags & encrypted) != 0) {
            return "a file of the zip is encrypted";
        }
        if (row.packed == in_zip64 || row.unpacked == in_zip64 || row.offset == in_zip64) {
            return "a file of the zip is larger than any run leaves (Zip64)";
        }
        rows_.push_back(std::move(row));
        return extra_problem(std::string_view(tail).substr(name_size));
    }

    /// The local entry that belongs to `row`; moves `at` behind it.
    std::string read_local(const Row& row, std::uint64_t& at) {
        const std::string bytes = read_at(in_, at, local_size);
        const Bytes fields(bytes);
        if (bytes.size() < local_size || fields.number(0, 4) != local_signature) {
            return fmt::format("at byte {} of the zip there is not the file that its directory names", at);
        }
        const auto name_size = static_cast<std::size_t>(fields.number(26, 2));
        const auto extra_size = static_cast<std::size_t>(fields.number(28, 2));
        const std::string tail = read_at(in_, at + local_size, name_size + extra_size);
        const bool follow = (row.flags & sizes_follow) != 0;
        // Sizes that follow the data are zero in front of it; some tools write them there all the same.
        const auto fits = [&](std::size_t field, std::uint64_t value) {
            const std::uint64_t said = fields.number(field, 4);
            return said == value || (follow && said == 0);
        };
        const bool same = tail.size() == name_size + extra_size && tail.substr(0, name_size) == row.name &&
                          fields.number(6, 2) == row.flags && fields.number(8, 2) == row.method && fits(14, row.crc) &&
                          fits(18, row.packed) && fits(22, row.unpacked);
        if (!same) {
            return fmt::format("at byte {} of the zip the file is another than its directory says", at);
        }
        at += local_size + name_size + extra_size + row.packed;
        if (follow && !skip_descriptor(row, at)) {
            return fmt::format("before byte {} of the zip the file is another than its directory says", at);
        }
        return extra_problem(std::string_view(tail).substr(name_size));
    }

    /// CRC and sizes behind the data, with or without a signature (APPNOTE.TXT 4.3.9).
    bool skip_descriptor(const Row& row, std::uint64_t& at) {
        constexpr std::size_t signature_size = 4;
        constexpr std::size_t values_size = 12;
        const std::string bytes = read_at(in_, at, signature_size + values_size);
        for (const std::size_t begins : {signature_size, std::size_t{0}}) {
            if (bytes.size() < begins + values_size) {
                continue;
            }
            const Bytes fields(bytes);
            const bool signature = begins == 0 || fields.number(0, signature_size) == descriptor_signature;
            if (signature && fields.number(begins, 4) == row.crc && fields.number(begins + 4, 4) == row.packed &&
                fields.number(begins + 8, 4) == row.unpacked) {
                at += begins + values_size;
                return true;
            }
        }
        return false;
    }

    std::istream& in_;
    std::uint64_t size_;
    std::size_t most_entries_;
    std::uint64_t directory_ = 0;
    std::vector<Row> rows_;
};

}  // namespace

ArchiveShape zip_shape(std::istream& in, std::uint64_t size, std::size_t most_entries) {
    ArchiveShape shape;
    ZipShape zip(in, size, most_entries);
    shape.problem = zip.run();
    for (const Row& row : zip.rows()) {
        shape.entries.push_back({row.name, row.unpacked});
    }
    return shape;
}

}  // namespace gateproof::evidence
