// Archives that one tool reads so and another one otherwise: put together by hand, and all of them refused.
#include "evidence/archive_shape.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <sstream>

#include "evidence/archive.hpp"
#include "tests/support/files.hpp"

namespace gateproof::evidence {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Entry = ArchiveShape::Entry;

const std::vector<PackFile> good_files{{"run.jsonl", "{}\n"}, {"a/report.html", std::string(700, 'p')}, {"empty", ""}};
const std::vector<PackFile> evil_files{{"run.jsonl", "{\"evil\":true}\n"}};

std::string tar(const std::vector<PackFile>& files = good_files) {
    return write_archive(files, ArchiveKind::tar, {});
}
std::string zip(const std::vector<PackFile>& files = good_files) {
    return write_archive(files, ArchiveKind::zip, {});
}

ArchiveShape shape_of(const std::string& bytes, ArchiveKind kind, std::size_t most = 100) {
    std::istringstream in(bytes);
    return kind == ArchiveKind::tar ? tar_shape(in, bytes.size(), most) : zip_shape(in, bytes.size(), most);
}

std::string little(std::uint64_t value, int size) {
    std::string bytes;
    for (int i = 0; i < size; ++i) {
        bytes += static_cast<char>(value >> (8 * i) & 0xff);
    }
    return bytes;
}

/// A zip of stored files, field by field, in which anything can be wrong.
struct ZipFile {
    std::string name = "a";
    std::string bytes = "hello";
    std::string local_name = "a";
    std::string extra = {};
    int flags = 0;
    std::string descriptor = {};
    bool in_directory = true;
    bool local = true;
    std::uint64_t packed = 5;  ///< as the directory says
};

std::string hand_made(const std::vector<ZipFile>& files, std::string before = {}, const std::string& between = {},
                      const std::string& comment = {}, const std::string& behind = {}) {
    std::string zip = std::move(before);
    std::string directory;
    std::uint64_t count = 0;
    for (const ZipFile& file : files) {
        const std::uint64_t offset = zip.size();
        const bool follow = (file.flags & 8) != 0;
        const std::string sizes = little(0x3610a686, 4) + little(file.packed, 4) + little(file.bytes.size(), 4);
        if (file.local) {
            zip += "PK\3\4" + little(20, 2) + little(static_cast<std::uint64_t>(file.flags), 2) + little(0, 6) +
                   (follow ? little(0, 12) : sizes) + little(file.local_name.size(), 2) + little(file.extra.size(), 2) +
                   file.local_name + file.extra + file.bytes + file.descriptor;
        }
        if (file.in_directory) {
            ++count;
            directory += "PK\1\2" + little(20, 2) + little(20, 2) + little(static_cast<std::uint64_t>(file.flags), 2) +
                         little(0, 6) + sizes + little(file.name.size(), 2) + little(file.extra.size(), 2) +
                         little(0, 10) + little(offset, 4) + file.name + file.extra;
        }
    }
    zip += between;
    const std::uint64_t begins = zip.size();
    return zip + directory + "PK\5\6" + little(0, 4) + little(count, 2) + little(count, 2) +
           little(directory.size(), 4) + little(begins, 4) + little(comment.size(), 2) + comment + behind;
}

std::string zip_problem(const std::string& bytes) {
    return shape_of(bytes, ArchiveKind::zip).problem;
}

TEST(TarShape, FilesAndNothingElse) {
    const ArchiveShape shape = shape_of(tar(), ArchiveKind::tar);
    EXPECT_THAT(shape.problem, IsEmpty());
    EXPECT_THAT(shape.entries, ElementsAre(Entry{"run.jsonl", 3}, Entry{"a/report.html", 700}, Entry{"empty", 0}));
    EXPECT_THAT(shape_of(tar() + std::string(20 * 512, '\0'), ArchiveKind::tar).problem, IsEmpty());
    EXPECT_THAT(shape_of(tar(), ArchiveKind::tar, 2).problem, HasSubstr("more than 2 files"));
}

TEST(TarShape, NothingFollowsItsEnd) {
    for (const std::string& behind : {tar(evil_files), zip(evil_files), std::string("x"),
                                      std::string(3 * 65536, '\0') + "x", std::string(511, '\0') + "x"}) {
        EXPECT_THAT(shape_of(tar() + behind, ArchiveKind::tar).problem, HasSubstr("follows the end of the tar"));
    }
}

TEST(TarShape, EveryHeaderIsOneOfAPlainFile) {
    const std::string whole = tar();
    EXPECT_THAT(shape_of("", ArchiveKind::tar).problem, HasSubstr("cut off"));
    EXPECT_THAT(shape_of(whole.substr(0, 1024), ArchiveKind::tar).problem, HasSubstr("cut off"));
    EXPECT_THAT(shape_of("x" + whole, ArchiveKind::tar).problem, HasSubstr("at byte 0 of the tar"));
    EXPECT_THAT(shape_of(zip(), ArchiveKind::tar).problem, ::testing::Not(IsEmpty()));
    std::string link = whole;
    link[156] = '2';
    link[153] = static_cast<char>(link[153] + 2);  // the checksum, which ends in an octal digit below 6
    EXPECT_THAT(shape_of(link, ArchiveKind::tar).problem, ::testing::Not(IsEmpty()));
}

/// `tar` begins with a pax header that holds `record`.
std::string with_pax(const std::string& key_and_value) {
    std::size_t length = key_and_value.size() + 3;
    std::string record = fmt::format("{} {}\n", length, key_and_value);
    while (record.size() != length) {
        length = record.size();
        record = fmt::format("{} {}\n", length, key_and_value);
    }
    std::string pax = tar({{"pax", record}});
    pax.resize(1024);
    pax[156] = 'x';
    pax.replace(148, 8, "        ");
    unsigned sum = 0;
    for (std::size_t i = 0; i < 512; ++i) {
        sum += static_cast<unsigned char>(pax[i]);
    }
    pax.replace(148, 7, fmt::format("{:06o}", sum) + std::string(1, '\0'));
    return pax + tar();
}

TEST(TarShape, NoSecondNameOrSize) {
    EXPECT_THAT(shape_of(with_pax("mtime=1790000000.5"), ArchiveKind::tar).problem, IsEmpty());
    EXPECT_THAT(shape_of(with_pax("path=other"), ArchiveKind::tar).problem, HasSubstr("a second name"));
    EXPECT_THAT(shape_of(with_pax("size=1024"), ArchiveKind::tar).problem, HasSubstr("a second size"));
    EXPECT_THAT(shape_of(with_pax("GNU.sparse.realsize=9"), ArchiveKind::tar).problem, HasSubstr("a second size"));
}

TEST(ZipShape, FilesAndNothingElse) {
    const ArchiveShape shape = shape_of(zip(), ArchiveKind::zip);
    EXPECT_THAT(shape.problem, IsEmpty());
    EXPECT_THAT(shape.entries, ElementsAre(Entry{"run.jsonl", 3}, Entry{"a/report.html", 700}, Entry{"empty", 0}));
    EXPECT_THAT(zip_problem(hand_made({{}, {.name = "b", .local_name = "b"}})), IsEmpty());
    EXPECT_THAT(shape_of(zip(), ArchiveKind::zip, 2).problem, HasSubstr("more than 2 files"));
    const std::string values = little(0x3610a686, 4) + little(5, 4) + little(5, 4);
    EXPECT_THAT(zip_problem(hand_made({{.flags = 8, .descriptor = "PK\7\10" + values}})), IsEmpty());
    EXPECT_THAT(zip_problem(hand_made({{.flags = 8, .descriptor = values}})), IsEmpty());
}

TEST(ZipShape, ItIsTheWholeFile) {
    EXPECT_THAT(zip_problem(""), HasSubstr("end record"));
    EXPECT_THAT(zip_problem(zip() + "x"), HasSubstr("end record"));
    EXPECT_THAT(zip_problem(zip() + zip(evil_files)), HasSubstr("does not fit the file"));
    EXPECT_THAT(zip_problem(tar() + zip(evil_files)), HasSubstr("does not fit the file"));
    EXPECT_THAT(zip_problem(hand_made({{}}, "x")), HasSubstr("at byte 0 of the zip")) << "its offsets count it";
    EXPECT_THAT(zip_problem(hand_made({{}}, tar(evil_files))), HasSubstr("at byte 0 of the zip"));
    EXPECT_THAT(zip_problem(hand_made({{}}, "", "x")), HasSubstr("its directory does not name"));
    EXPECT_THAT(zip_problem(hand_made({{}}, "", "", "a comment")), HasSubstr("end record"));
    EXPECT_THAT(zip_problem(zip().substr(0, zip().size() - 1)), HasSubstr("end record"));
}

TEST(ZipShape, DirectoryAndEntriesAreOne) {
    EXPECT_THAT(zip_problem(hand_made({{}, {.name = "hidden", .local_name = "hidden", .in_directory = false}})),
                HasSubstr("its directory does not name"));
    EXPECT_THAT(zip_problem(hand_made({{.name = "hidden", .local_name = "hidden", .in_directory = false}, {}})),
                HasSubstr("its directory does not name"));
    EXPECT_THAT(zip_problem(hand_made({{}, {.name = "claimed", .local = false}})),
                HasSubstr("not the file that its directory names"));
    EXPECT_THAT(zip_problem(hand_made({{.local_name = "b"}})), HasSubstr("another than its directory says"));
    EXPECT_THAT(zip_problem(hand_made({{.bytes = "hello, hidden"}})), HasSubstr("its directory does not name"));
    const std::string others = "PK\7\10" + little(0x3610a686, 4) + little(4, 4) + little(5, 4);
    EXPECT_THAT(zip_problem(hand_made({{.flags = 8, .descriptor = others}})),
                HasSubstr("another than its directory says"));
    EXPECT_THAT(zip_problem(hand_made({{.flags = 1}})), HasSubstr("encrypted"));
    EXPECT_THAT(zip_problem(hand_made({{.packed = 0xffffffff}})), HasSubstr("Zip64"));
}

TEST(ZipShape, NoSecondNameOrSize) {
    const auto extra = [](int id, const std::string& body) {
        return little(static_cast<std::uint64_t>(id), 2) + little(body.size(), 2) + body;
    };
    EXPECT_THAT(zip_problem(hand_made({{.extra = extra(0x5455, "\1abcd")}})), IsEmpty());
    EXPECT_THAT(zip_problem(hand_made({{.extra = extra(0x7075, "\1abcdother")}})), HasSubstr("a second name"));
    EXPECT_THAT(zip_problem(hand_made({{.extra = extra(1, std::string(16, 'x'))}})), HasSubstr("a second size"));
    EXPECT_THAT(zip_problem(hand_made({{.extra = "abc"}})), HasSubstr("does not parse"));
}

TEST(ArchiveShapes, NoBytesAreBothAndNoInputBreaksThem) {
    for (const std::string& whole : {tar(), zip(), hand_made({{}})}) {
        const bool is_tar = shape_of(whole, ArchiveKind::tar).problem.empty();
        EXPECT_NE(is_tar, zip_problem(whole).empty());
        // A tar that lacks some of its padding is whole all the same.
        const std::size_t needed = whole.find_last_not_of('\0');
        for (std::size_t i = 0; i < needed; i += is_tar ? 13 : 1) {
            std::string flipped = whole;
            flipped[i] = static_cast<char>(flipped[i] ^ 0x41);
            for (const ArchiveKind kind : {ArchiveKind::tar, ArchiveKind::zip}) {
                shape_of(flipped, kind);
                EXPECT_FALSE(shape_of(whole.substr(0, i), kind).problem.empty());
            }
        }
    }
}

class ReadAs : public ::testing::Test {
protected:
    [[nodiscard]] ArchiveContents read(const std::string& name, const std::string& bytes) const {
        return read_archive(folder_.write(name, bytes), {});
    }
    test::TemporaryFolder folder_;
};

TEST_F(ReadAs, TheNameSaysWhatItIs) {
    EXPECT_THAT(read("good.tar", tar()).problem, IsEmpty());
    EXPECT_THAT(read("good.zip", zip()).problem, IsEmpty());
    EXPECT_THAT(read("GOOD.ZIP", zip()).problem, IsEmpty());
    EXPECT_THAT(read("good.zip", tar()).problem, HasSubstr("no zip though its name says so"));
    EXPECT_THAT(read("good.tar", zip()).problem, HasSubstr("no tar though its name says so"));
    for (const char* name : {"good", "good.tar.gz", "good.pack", ".tar"}) {
        const ArchiveContents contents = read(name, tar());
        EXPECT_FALSE(contents.is_archive);
        EXPECT_THAT(contents.problem, HasSubstr("neither .tar nor .zip")) << name;
    }
}

TEST_F(ReadAs, TwoArchivesInOneFileAreNone) {
    for (const char* name : {"poly.tar", "poly.zip"}) {
        for (const std::string& bytes :
             {tar() + zip(evil_files), zip() + tar(evil_files), tar() + tar(evil_files), zip() + zip(evil_files)}) {
            EXPECT_FALSE(read(name, bytes).problem.empty()) << name;
        }
    }
}

TEST_F(ReadAs, AnotherCompressionIsNoTar) {
    const std::string gzip = std::string("\x1f\x8b\x08\0\0\0\0\0\0\3", 10) + std::string(600, 'x');
    EXPECT_THAT(read("good.tar", gzip).problem, HasSubstr("no tar though its name says so"));
}

}  // namespace
}  // namespace gateproof::evidence
