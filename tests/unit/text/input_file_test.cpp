#include "harness/text/input_file.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <iterator>

#include "tests/support/files.hpp"

namespace gateproof {
namespace {

using Fault = InputFile::Fault;
using testing::HasSubstr;

TEST(InputFiles, ARegularFileIsOpened) {
    const test::TemporaryFolder folder;
    const std::string file = folder.write("a.txt", "text");
    std::filesystem::create_symlink(file, folder.path() / "link");
    for (const std::filesystem::path& name : {std::filesystem::path(file), folder.path() / "link"}) {
        InputFile opened = open_input_file(name);
        EXPECT_EQ(opened.fault, Fault::none) << opened.why;
        EXPECT_EQ(std::string(std::istreambuf_iterator<char>(opened.in), {}), "text");
    }
}

TEST(InputFiles, WhatMayNeverEndIsNotEvenOpened) {
    const test::TemporaryFolder folder;
    const std::string fifo = folder.path() / "fifo";
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    for (const std::string& name : {fifo, std::string("/dev/zero"), std::string("/dev/null")}) {
        const InputFile opened = open_input_file(name);  // nobody writes to the pipe: opening it would block
        EXPECT_EQ(opened.fault, Fault::special) << name;
        EXPECT_THAT(opened.why, HasSubstr("write what it gives to a file first"));
    }
    EXPECT_EQ(open_input_file(folder.path()).fault, Fault::folder);
    EXPECT_EQ(open_input_file(folder.path() / "none").fault, Fault::missing);
    EXPECT_EQ(open_input_file(folder.path() / std::string(300, 'a')).fault, Fault::unreadable);
}

}  // namespace
}  // namespace gateproof
