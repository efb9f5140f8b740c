// What an archive may hold, tried with archives that no honest tool makes.
#include "evidence/archive.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>

#include <fstream>
#include <functional>

#include "harness/text/sha256.hpp"
#include "tests/support/files.hpp"

namespace gateproof::evidence {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Hostile {
    std::string name = "run.jsonl";
    std::string bytes = "x";
    std::function<void(archive_entry*)> change = {};
};

class Archive : public ::testing::Test {
protected:
    std::filesystem::path write(const std::vector<Hostile>& files, bool zip = false) {
        std::filesystem::path file = folder_.path() / (zip ? "hostile.zip" : "hostile.tar");
        archive* const writer = archive_write_new();
        zip ? archive_write_set_format_zip(writer) : archive_write_set_format_pax_restricted(writer);
        archive_write_open_filename(writer, file.c_str());
        for (const Hostile& hostile : files) {
            archive_entry* const entry = archive_entry_new();
            archive_entry_set_pathname(entry, hostile.name.c_str());
            archive_entry_set_size(entry, static_cast<la_int64_t>(hostile.bytes.size()));
            archive_entry_set_filetype(entry, AE_IFREG);
            archive_entry_set_perm(entry, 0644);
            if (hostile.change) {
                hostile.change(entry);
            }
            archive_write_header(writer, entry);
            archive_write_data(writer, hostile.bytes.data(), hostile.bytes.size());
            archive_entry_free(entry);
        }
        archive_write_free(writer);
        return file;
    }
    [[nodiscard]] std::string problem_of(const std::vector<Hostile>& files) {
        std::string problem = read_archive(write(files), {}).problem;
        // libarchive turns the backslashes of a zip's names into slashes before anybody sees them.
        if (files.front().name.find('\\') == std::string::npos) {
            EXPECT_EQ(read_archive(write(files, true), {}).problem, problem) << "as zip";
        }
        return problem;
    }

    test::TemporaryFolder folder_;
};

TEST_F(Archive, WhatIsWrittenIsReadAgainAndIsTheSameEveryTime) {
    const std::vector<PackFile> files{{"a/run.jsonl", "{}\n"}, {"b.bin", std::string("\0\xff", 2)}, {"empty", ""}};
    const std::chrono::system_clock::time_point when{std::chrono::seconds(1'790'000'000)};
    for (const ArchiveKind kind : {ArchiveKind::tar, ArchiveKind::zip}) {
        const std::string bytes = write_archive(files, kind, when);
        setenv("TZ", "Pacific/Auckland", 1);
        EXPECT_EQ(write_archive(files, kind, when), bytes) << "whatever the time zone is";
        unsetenv("TZ");
        const ArchiveContents contents =
            read_archive(folder_.write(kind == ArchiveKind::tar ? "good.tar" : "good.zip", bytes), {"b.bin"});
        EXPECT_THAT(contents.problem, IsEmpty());
        ASSERT_EQ(contents.entries.size(), 3U);
        EXPECT_EQ(contents.entries[0].name, "a/run.jsonl");
        EXPECT_EQ(contents.entries[0].sha256, sha256_of("{}\n"));
        EXPECT_THAT(contents.entries[0].bytes, IsEmpty()) << "it was not wanted";
        EXPECT_EQ(contents.entries[1].bytes, files[1].bytes);
        EXPECT_EQ(contents.entries[2].size, 0U);
    }
}

TEST_F(Archive, NamesThatLeadElsewhereAreRefused) {
    for (const char* name : {"../run.jsonl", "/etc/passwd", "a/../../b", "a//b", "./a", "a/.", ".hidden", "a/.ssh",
                             "C:\\a", "a\\b", "a b", "a\nb", "-rf", "caf\xc3\xa9"}) {
        EXPECT_THAT(problem_of({{name}}), HasSubstr("could be written outside")) << name;
    }
    EXPECT_THAT(problem_of({{std::string(101, 'a')}}), HasSubstr("not one that gateproof gives"));
}

TEST_F(Archive, OnlyPlainFilesAreTaken) {
    EXPECT_THAT(read_archive(write({{"link", "",
                                     [](archive_entry* entry) {
                                         archive_entry_set_filetype(entry, AE_IFLNK);
                                         archive_entry_set_symlink(entry, "/etc/passwd");
                                     }}}),
                             {})
                    .problem,
                HasSubstr("'link' is a symbolic link"));
    EXPECT_THAT(read_archive(
                    write({{"a"}, {"b", "", [](archive_entry* entry) { archive_entry_set_hardlink(entry, "a"); }}}), {})
                    .problem,
                HasSubstr("'b' is a hard link"));
    EXPECT_THAT(
        read_archive(write({{"dir", "", [](archive_entry* e) { archive_entry_set_filetype(e, AE_IFDIR); }}}), {})
            .problem,
        testing::AnyOf(HasSubstr("is a folder"), HasSubstr("could be written outside")));
    EXPECT_THAT(
        read_archive(write({{"pipe", "", [](archive_entry* e) { archive_entry_set_filetype(e, AE_IFIFO); }}}), {})
            .problem,
        HasSubstr("'pipe' is a device"));
}

TEST_F(Archive, ANameThatIsThereTwiceIsRefused) {
    EXPECT_THAT(problem_of({{"run.jsonl", "good"}, {"run.jsonl", "evil"}}), HasSubstr("is there twice"));
    EXPECT_THAT(problem_of({{"run.jsonl"}, {"RUN.jsonl"}}), HasSubstr("is there twice"));
}

TEST_F(Archive, SizesAreBoundedByWhatIsUnpackedNotByWhatIsClaimed) {
    Bounds bounds;
    bounds.file_bytes = 1 << 20;
    const std::filesystem::path bomb = write({{"run.jsonl", std::string((1 << 20) + 1, 'a')}}, true);
    EXPECT_LT(std::filesystem::file_size(bomb), 16384U) << "it is small before it is unpacked";
    EXPECT_THAT(read_archive(bomb, {}, bounds).problem, HasSubstr("unpacks to more than"));
    bounds.file_bytes = 2 << 20;
    EXPECT_THAT(read_archive(bomb, {}, bounds).problem, IsEmpty());
    bounds.all_bytes = 1 << 20;
    EXPECT_THAT(read_archive(bomb, {}, bounds).problem, HasSubstr("unpacks to more than"));
    bounds.all_bytes = 2 << 20;
    bounds.kept_bytes = 1000;
    EXPECT_THAT(read_archive(bomb, {"run.jsonl"}, bounds).problem, HasSubstr("unpacks to more than"));
    bounds.files = 1;
    EXPECT_THAT(read_archive(write({{"a"}, {"b"}}), {}, bounds).problem, HasSubstr("more than 1 files"));
}

TEST_F(Archive, WhatIsNoArchiveSaysSo) {
    for (const std::string& bytes : {std::string(), std::string("hello"), std::string(2000, '\xff')}) {
        for (const char* name : {"none.tar", "none.zip", "none"}) {
            const ArchiveContents contents = read_archive(folder_.write(name, bytes), {});
            EXPECT_FALSE(contents.is_archive);
            EXPECT_FALSE(contents.problem.empty());
        }
    }
    EXPECT_FALSE(read_archive(folder_.path() / "absent.tar", {}).is_archive);
    EXPECT_FALSE(read_archive(folder_.path(), {}).is_archive);
}

TEST_F(Archive, WhatIsCutIsRefusedAndAFlippedByteChangesNoFile) {
    const std::string good = write_archive({{"a", std::string(700, 'a')}, {"b", "b"}}, ArchiveKind::zip, {});
    const auto files = [](const ArchiveContents& contents) {
        std::vector<std::pair<std::string, std::string>> out;
        for (const ArchiveEntry& entry : contents.entries) {
            out.emplace_back(entry.name, entry.sha256);
        }
        return out;
    };
    const ArchiveContents whole = read_archive(folder_.write("good.zip", good), {"a"});
    ASSERT_THAT(whole.problem, IsEmpty());
    for (std::size_t i = 0; i < good.size(); ++i) {
        std::string bad = good;
        bad[i] = static_cast<char>(bad[i] ^ 0x41);
        const ArchiveContents flipped = read_archive(folder_.write("flipped.zip", bad), {"a"});
        EXPECT_TRUE(!flipped.problem.empty() || files(flipped) == files(whole)) << i;
        EXPECT_FALSE(read_archive(folder_.write("cut.zip", good.substr(0, i)), {"a"}).problem.empty()) << i;
    }
}

}  // namespace
}  // namespace gateproof::evidence
