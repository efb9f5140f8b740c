// The Debian packages: made, looked at by dpkg and lintian, installed into a clean root, run, built upon, and made to
// an image.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "tests/support/files.hpp"
#include "tests/support/process.hpp"

namespace gateproof::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::chrono::minutes patience{12};

class Packages : public testing::Test {
protected:
    static void SetUpTestSuite() {
        folder_ = std::make_unique<TemporaryFolder>();
        const Finished made = run({GATEPROOF_CPACK, "-G", "DEB", "-B", folder_->path().string(), "--config",
                                   std::string(GATEPROOF_BUILD) + "/CPackConfig.cmake"},
                                  {}, patience);
        ASSERT_EQ(made.status, 0) << made.out << made.err;
        for (const auto& entry : std::filesystem::directory_iterator(folder_->path())) {
            const std::string name = entry.path().filename();
            if (name.starts_with("gateproof_")) {
                program_ = entry.path();
            } else if (name.starts_with("gateproof-dev_")) {
                development_ = entry.path();
            }
        }
        ASSERT_FALSE(program_.empty() || development_.empty()) << made.out;
        root_ = (folder_->path() / "root").string();
        for (const char* part : {"var/lib/dpkg/info", "var/lib/dpkg/updates", "var/lib/dpkg/triggers"}) {
            std::filesystem::create_directories(std::filesystem::path(root_) / part);
        }
        run({"/bin/sh", "-c", fmt::format("touch '{}/var/lib/dpkg/status'", root_)});
    }
    static void TearDownTestSuite() { folder_.reset(); }

    static std::string field(const std::string& package, const std::string& name) {
        return run({"dpkg-deb", "-f", package, name}).out;
    }
    /// As dpkg does where it may (its dependencies are not in this root), unpacked otherwise.
    static void install(const std::string& package) {
        const Finished finished =
            ::geteuid() == 0
                ? run({"dpkg", "--root=" + root_, "--force-depends", "--force-not-root", "-i", package}, {}, patience)
                : run({"dpkg-deb", "-x", package, root_}, {}, patience);
        ASSERT_EQ(finished.status, 0) << finished.out << finished.err;
    }
    static std::string in_root(const std::string& path) { return root_ + "/usr/" + path; }

    static std::unique_ptr<TemporaryFolder> folder_;
    static std::string program_;
    static std::string development_;
    static std::string root_;
};

std::unique_ptr<TemporaryFolder> Packages::folder_;
std::string Packages::program_;
std::string Packages::development_;
std::string Packages::root_;

TEST_F(Packages, SayWhatTheyAreAndNeed) {
    EXPECT_EQ(field(program_, "Version"), GATEPROOF_VERSION "\n");
    EXPECT_THAT(field(program_, "Depends"),
                AllOf(HasSubstr("libssl3"), HasSubstr("libcurl4"), HasSubstr("libc6 (>="), HasSubstr("libarchive13"),
                      HasSubstr("libxml2"), Not(HasSubstr("-dev"))));
    EXPECT_THAT(field(development_, "Depends"),
                AllOf(HasSubstr("gateproof (= " GATEPROOF_VERSION ")"), HasSubstr("libssl-dev"),
                      HasSubstr("libarchive-dev"), HasSubstr("libxml2-dev"), HasSubstr("libyaml-cpp-dev")));
    const std::string files = run({"dpkg-deb", "-c", program_}).out;
    for (const char* file :
         {"/usr/bin/gateproof", "/usr/share/man/man1/gateproof.1.gz", "/usr/bin/gateproof-client",
          "/usr/share/man/man1/gateproof-client.1.gz", "/usr/share/bash-completion/completions/gateproof",
          "/usr/share/gateproof/profiles/cloud-test.json", "/usr/share/gateproof/profiles/profile.schema.json",
          "/usr/share/gateproof/profiles/known.schema.json", "/usr/share/gateproof/profiles/service.schema.json",
          "/usr/share/gateproof/profiles/services/gst.json", "/usr/share/gateproof/profiles/attestations.schema.json",
          "/usr/share/gateproof/report.schema.json", "/usr/share/doc/gateproof/copyright",
          "/usr/share/doc/gateproof/changelog.gz"}) {
        EXPECT_THAT(files, HasSubstr(file));
    }
    EXPECT_THAT(files, AllOf(Not(HasSubstr(".hpp")), Not(HasSubstr(".a\n"))));
}

TEST_F(Packages, LintianFindsNoError) {
    const std::string lintian = find_program("lintian");
    if (lintian.empty()) {
        GTEST_SKIP() << "needs lintian";
    }
    const Finished finished = run({lintian, "--tag-display-limit", "0", program_, development_}, {}, patience);
    EXPECT_THAT(finished.out, AllOf(Not(HasSubstr("E: ")), Not(HasSubstr("W: ")))) << finished.err;
}

TEST_F(Packages, AreInstalledIntoACleanRootAndRun) {
    install(program_);
    EXPECT_EQ(run({in_root("bin/gateproof"), "--version"}).out, "gateproof " GATEPROOF_VERSION "\n");
    ProcessOptions quiet;
    quiet.environment["NO_COLOR"] = "1";
    const std::string out = (folder_->path() / "out").string();
    const Finished judged = run({in_root("bin/gateproof"), "run", "--suite", "port,rotation", "--out", out}, quiet);
    EXPECT_EQ(judged.status, 0) << judged.out << judged.err;
    const Finished profile = run({in_root("bin/gateproof"), "profile", "validate", "--no-secrets",
                                  in_root("share/gateproof/profiles/embedded-cloud.json")});
    EXPECT_EQ(profile.status, 0) << profile.err;
}

TEST_F(Packages, ThePackagedClientIsJudgedByThePackagedProgram) {
    install(program_);
    const std::string file = (folder_->path() / "try.json").string();
    const auto judged = [&](std::vector<std::string> client) {
        std::vector<std::string> words{in_root("bin/gateproof"), "client", "init", file, "--force", "--"};
        words.insert(words.end(), client.begin(), client.end());
        EXPECT_EQ(run(words).status, 0);
        return run({in_root("bin/gateproof"), "run", file, "--suite", "client-trust", "--quick", "--out",
                    (folder_->path() / "try").string()});
    };
    const Finished sound = judged({in_root("bin/gateproof-client"), "read"});
    EXPECT_EQ(sound.status, 0) << sound.out << sound.err;
    const Finished broken = judged({in_root("bin/gateproof-client"), "--fault", "skips-host-name", "read"});
    EXPECT_EQ(broken.status, 1) << broken.out << broken.err;
    EXPECT_THAT(broken.out, HasSubstr("host"));
}

TEST_F(Packages, ASuiteOfOnesOwnIsBuiltOnThem) {
    install(program_);
    install(development_);
    const std::string build = (folder_->path() / "own-suite").string();
    const Finished configured =
        run({GATEPROOF_CMAKE, "-S", GATEPROOF_SOURCE "/examples/own-suite", "-B", build,
             "-DCMAKE_PREFIX_PATH=" + in_root(""), "-DCMAKE_CXX_COMPILER=" GATEPROOF_CXX, "-DCMAKE_BUILD_TYPE=Debug"},
            {}, patience);
    ASSERT_EQ(configured.status, 0) << configured.out << configured.err;
    const Finished built = run({GATEPROOF_CMAKE, "--build", build}, {}, patience);
    ASSERT_EQ(built.status, 0) << built.out << built.err;
    EXPECT_THAT(built.out + built.err, Not(HasSubstr("warning:")));
    const Finished judged = run({"/bin/sh", "-c", fmt::format("cd '{0}' && '{0}/own-suite'", build)});
    EXPECT_EQ(judged.status, 0) << judged.out << judged.err;
    EXPECT_THAT(judged.out, AllOf(HasSubstr("embedded-cloud house.no-server-version"), HasSubstr("names no version"),
                                  HasSubstr("embedded-desktop port.open")));
    const Finished report = run({in_root("bin/gateproof"), "report", build + "/own-suite.jsonl", "--format", "junit"});
    EXPECT_THAT(report.out, HasSubstr("house.no-server-version"));
}

/// Of what the image's own documents name, in a layout that was unpacked into a folder.
nlohmann::json blob_of(const std::string& layout, const nlohmann::json& descriptor) {
    const std::string digest = descriptor.at("digest").get<std::string>().substr(std::string("sha256:").size());
    const std::string path = layout + "/blobs/sha256/" + digest;
    EXPECT_EQ(run({"sha256sum", path}).out, fmt::format("{}  {}\n", digest, path));
    EXPECT_EQ(std::filesystem::file_size(path), descriptor.at("size").get<std::uintmax_t>());
    std::ifstream file(path);
    return nlohmann::json::parse(file, nullptr, false);
}

/// The image as podman runs it, in a store of its own. Where it is not permitted it says why.
class Podman {
public:
    Podman(const std::filesystem::path& folder, const std::string& image)
        : store_((folder / "podman").string()), run_((folder / "podman-run").string()) {
        if (find_program("podman").empty()) {
            why_not_ = "there is no podman";
            return;
        }
        const Finished loaded = call({"load", "-q", "-i", image});
        if (loaded.status != 0) {
            why_not_ = "podman load: " + loaded.err;
            return;
        }
        EXPECT_THAT(loaded.out, HasSubstr(name));
        const Finished tried = inside({"--version"});
        why_not_ = tried.status == 0 ? "" : "podman run: " + tried.err;
    }
    [[nodiscard]] bool permitted() const { return why_not_.empty(); }
    [[nodiscard]] const std::string& why_not() const { return why_not_; }
    [[nodiscard]] Finished inside(const std::vector<std::string>& arguments) const {
        std::vector<std::string> words{"run",
                                       "--rm",
                                       "--network=none",
                                       "--cgroups=disabled",
                                       "--ulimit=nofile=1024:1024",
                                       "--ulimit=nproc=1024:1024",
                                       name};
        words.insert(words.end(), arguments.begin(), arguments.end());
        return call(words);
    }

private:
    static constexpr const char* name = "localhost/gateproof:" GATEPROOF_VERSION;

    [[nodiscard]] Finished call(const std::vector<std::string>& words) const {
        // What it mounts goes with it; and crun does not start where cgroups of both kinds are mounted.
        const char* const apart =
            "umount -l /sys/fs/cgroup/unified 2>/dev/null; exec podman --events-backend=none --storage-driver=vfs \"$@\"";
        std::vector<std::string> all;
        if (::geteuid() == 0) {
            all = {"unshare", "--mount", "/bin/sh", "-c", apart, "podman"};
        } else {
            all = {"podman", "--events-backend=none", "--storage-driver=vfs"};
        }
        all.insert(all.end(), {"--root", store_, "--runroot", run_});
        all.insert(all.end(), words.begin(), words.end());
        return run(all, {}, patience);
    }

    std::string store_;
    std::string run_;
    std::string why_not_;
};

/// What is run in the image: both sides.
const std::vector<std::string> judging{"run", "embedded-cloud", "embedded-client-cloud", "--suite",
                                       "port,client-trust"};

TEST_F(Packages, AnImageIsMadeOfThemAndRuns) {
    for (const char* program : {"mmdebstrap", "python3", "unshare"}) {
        if (find_program(program).empty()) {
            GTEST_SKIP() << "needs " << program;
        }
    }
    const std::string image = (folder_->path() / "image.tar").string();
    const Finished made = run({GATEPROOF_SOURCE "/deploy/container/image.sh", program_, image}, {}, patience);
    constexpr int unreachable = 75;
    if (made.status == unreachable) {
        GTEST_SKIP() << made.err;
    }
    ASSERT_EQ(made.status, 0) << made.out << made.err;
    const std::string layout = (folder_->path() / "layout").string();
    const std::string root = (folder_->path() / "image-root").string();
    std::filesystem::create_directory(layout);
    std::filesystem::create_directory(root);
    ASSERT_EQ(run({"tar", "-xf", image, "-C", layout}).status, 0);
    std::ifstream index(layout + "/index.json");
    const nlohmann::json described = nlohmann::json::parse(index).at("manifests").at(0);
    EXPECT_EQ(described.at("digest").get<std::string>() + "\n", made.out);
    const nlohmann::json manifest = blob_of(layout, described);
    const nlohmann::json config = blob_of(layout, manifest.at("config"));
    EXPECT_EQ(config.at("config").at("User"), "65532:65532");
    EXPECT_EQ(config.at("config").at("Entrypoint"), nlohmann::json({"/usr/bin/gateproof"}));
    const std::string folder = config.at("config").at("WorkingDir");
    const nlohmann::json& layer = manifest.at("layers").at(0);
    blob_of(layout, layer);
    if (const std::string skopeo = find_program("skopeo"); !skopeo.empty()) {  // what others make of it
        for (const char* form : {"oci-archive:", "docker-archive:"}) {
            const Finished seen = run({skopeo, "inspect", "--config", form + image}, {}, patience);
            EXPECT_EQ(seen.status, 0) << seen.err;
            EXPECT_THAT(seen.out, HasSubstr(config.at("rootfs").at("diff_ids").at(0).get<std::string>()));
        }
    }
    const Podman podman(folder_->path(), image);
    if (podman.permitted()) {
        std::cout << "run by podman\n";
        EXPECT_EQ(podman.inside({"--version"}).out, "gateproof " GATEPROOF_VERSION "\n");
        const Finished judged = podman.inside(judging);
        EXPECT_EQ(judged.status, 0) << judged.out << judged.err;
        EXPECT_THAT(judged.out, HasSubstr("journal: gateproof-out/run.jsonl"));
        return;
    }
    std::cout << "run by unshare: " << podman.why_not() << "\n";
    if (run({"unshare", "--user", "--map-user=65532", "true"}).status != 0) {
        GTEST_SKIP() << "needs podman, or leave to make user namespaces (kernel.unprivileged_userns_clone)";
    }
    // Unpacked and run by its user, in a namespace of its own. Devices are the runtime's, and nobody else may make
    // them.
    const std::string blob = layout + "/blobs/sha256/" + layer.at("digest").get<std::string>().substr(7);
    const Finished unpacked =
        run({"tar", "-xzf", blob, "-C", root, "--no-same-owner", "--exclude=./dev/*"}, {}, patience);
    ASSERT_EQ(unpacked.status, 0) << unpacked.err;
    const auto inside = [&](std::vector<std::string> arguments) {
        std::vector<std::string> words{"unshare",           "--user",         "--map-user=65532",
                                       "--map-group=65532", "--root=" + root, "--wd=" + folder};
        words.push_back(config.at("config").at("Entrypoint").at(0));
        words.insert(words.end(), arguments.begin(), arguments.end());
        return run(words, {}, patience);
    };
    EXPECT_EQ(inside({"--version"}).out, "gateproof " GATEPROOF_VERSION "\n");
    const Finished judged = inside(judging);
    EXPECT_EQ(judged.status, 0) << judged.out << judged.err;
    EXPECT_TRUE(std::filesystem::exists(root + folder + "/gateproof-out/run.jsonl"));
}

}  // namespace
}  // namespace gateproof::test
