"""./dev with stand-ins for apt and the build: what it installs on which system, how it waits for locks, and what it says.

dev_test.py SOURCE LABELS: LABELS are those of CMake's tests, with commas between them.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(sys.argv[1])
LABELS = sys.argv[2].split(",")

# What apt-get says, word for word, when another process holds a lock; it exits with 100.
LISTS = (
    "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 4711 (apt-get)\n"
    "N: Be aware that removing the lock file is not a solution and may break your system.\n"
    "E: Unable to lock directory /var/lib/apt/lists/\n"
)
FRONTEND = (
    "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 4712 (unattended-upgr)\n"
    "N: Be aware that removing the lock file is not a solution and may break your system.\n"
    "E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?\n"
)
OLDER = "E: Could not get lock /var/lib/dpkg/lock-frontend - open (11: Resource temporarily unavailable)\n"
NO_RIGHT = "E: Could not open lock file /var/lib/apt/lists/lock - open (13: Permission denied)\n"

DEBIAN_12 = {"libboost-dev": "1.74.0.3", "libboost1.81-dev": "1.81.0-5", "clang": "1:14.0-55", "clang-14": "1:14.0.6-12",
             "clang-format-14": "1:14.0.6-12"}
DEBIAN_13 = {"libboost-dev": "1.83.0.2+b2", "libboost1.88-dev": "1.88.0-1", "clang": "1:19.0-63", "clang-17": "1:17.0.6-22",
             "clang-19": "1:19.1.7-3+b1", "clang-format-19": "1:19.1.7-3+b1"}
PRESENT = ["libcurl4-openssl-dev", "libssl-dev", "libgtest-dev", "libgmock-dev", "nlohmann-json3-dev", "libfmt-dev",
           "libcli11-dev", "libpugixml-dev", "libarchive-dev", "libxml2-dev", "libyaml-cpp-dev"]


class Tree:
    """A folder with ./dev, whose PATH starts with stand-ins: apt-get logs its arguments and fails as told."""

    def __init__(self, system, installed=(), commands=("g++", "cmake", "ninja", "ccache", "pkg-config")):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="gateproof-dev-"))
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        shutil.copy(SOURCE / "dev", self.folder / "dev")
        for name, version in system.items():
            (self.folder / f"candidate-{name}").write_text(version)
        (self.folder / "installed").write_text("".join(f"installed {name}\n" for name in installed))
        self.stand_in("dpkg-query", 'cat "$TREE/installed"')
        self.stand_in("apt-cache", 'for last; do :; done; printf "%s:\\n  Candidate: %s\\n" "$last" '
                      '"$(cat "$TREE/candidate-$last" 2>/dev/null || echo "(none)")"')
        self.stand_in("apt-get", 'echo "$*" >>"$TREE/calls"; n=$(grep -c -- "$2" "$TREE/calls"); '
                      'if [ -f "$TREE/$2-$n" ]; then cat "$TREE/$2-$n" >&2; exit 100; fi; '
                      'if [ -f "$TREE/$2-always" ]; then cat "$TREE/$2-always" >&2; exit 100; fi; echo "$2 done"')
        self.stand_in("sleep", f"exec {shutil.which('sleep')} 0.2")
        for command in commands:
            self.stand_in(command, "exit 0")
        program = self.folder / "build/quick/app/gateproof"
        program.parent.mkdir(parents=True)
        program.write_text("#!/bin/sh\necho judged\n")
        program.chmod(0o755)
        # Everything else that ./dev uses; no compiler of the machine's.
        for command in ("bash", "sh", "cat", "dirname", "grep", "sed", "tail", "tee", "mktemp", "rm", "dpkg", "nproc",
                        "mkdir", "chmod", "git", "xargs"):
            os.symlink(shutil.which(command), self.bin / command)

    def stand_in(self, name, script):
        path = self.bin / name
        path.write_text("#!/bin/sh\n" + script + "\n")
        path.chmod(0o755)

    def fails(self, verb, *messages):
        for number, message in enumerate(messages, 1):
            (self.folder / f"{verb}-{number}").write_text(message)

    def calls(self):
        path = self.folder / "calls"
        return path.read_text().splitlines() if path.exists() else []

    def run(self, *arguments, user=None, **environment):
        """As root with an empty /usr/sbin, where ./dev keeps servers from being started; or as a user, by number."""
        for path in [self.folder, *self.folder.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o777)
        if user is None:
            before = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs none /usr/sbin && exec "$@"', "sh"]
        elif os.geteuid() == 0:
            before = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
        else:
            before = []
        environment = {"PATH": str(self.bin), "TREE": str(self.folder), "HOME": "/nonexistent", **environment}
        command = [*before, "env", "-i", *(f"{name}={value}" for name, value in environment.items()), "./dev", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, cwd=self.folder)

    def remove(self):
        shutil.rmtree(self.folder)


def as_root(test):
    return unittest.skipUnless(os.geteuid() == 0, "needs root")(test)


class Dev(unittest.TestCase):
    def tree(self, *arguments, **named):
        tree = Tree(*arguments, **named)
        self.addCleanup(tree.remove)
        return tree

    def tree_with_everything(self):
        """As if all that the tests need were there."""
        return self.tree(DEBIAN_12, [*PRESENT, "libboost1.81-dev", *package_names()])

    def assert_installed(self, tree, done, *names):
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, "judged\n")
        self.assertEqual(tree.calls()[-1], "-q install -y --no-install-recommends " + " ".join(names))


class Locks(Dev):
    def lacks_curl(self):
        return self.tree(DEBIAN_12, ["libboost1.81-dev", *(name for name in PRESENT if name != "libcurl4-openssl-dev")])

    @as_root
    def test_the_lock_of_the_lists_is_waited_for(self):
        tree = self.lacks_curl()
        tree.fails("update", LISTS, LISTS)
        done = tree.run("run")
        self.assert_installed(tree, done, "libcurl4-openssl-dev")
        self.assertEqual(tree.calls().count("-q update"), 3)
        said = [line for line in done.stderr.splitlines() if "waiting for" in line]
        self.assertEqual(len(said), 1, done.stderr)
        holder = r"== waiting for /var/lib/apt/lists/lock, held by process 4711 \(apt-get\); "
        self.assertRegex(said[0], holder + r"at most (600|59\d) s more$")
        self.assertNotIn("E: ", done.stderr, "what is waited for is no error")

    @as_root
    def test_the_lock_of_dpkg_is_waited_for(self):
        for message, holder in ((FRONTEND, "process 4712 (unattended-upgr)"), (OLDER, "another process")):
            with self.subTest(holder):
                tree = self.lacks_curl()
                tree.fails("install", message)
                done = tree.run("run")
                self.assert_installed(tree, done, "libcurl4-openssl-dev")
                self.assertIn(f"waiting for /var/lib/dpkg/lock-frontend, held by {holder}; at most", done.stderr)

    def test_both_are_waited_for_through_sudo(self):
        tree = self.lacks_curl()
        tree.stand_in("sudo", '[ "$1" = -n ] && exit 0; echo "$1" >>"$TREE/sudo"; exec "$@"')
        tree.fails("update", LISTS)
        tree.fails("install", FRONTEND)
        done = tree.run("run", user=65534)
        self.assert_installed(tree, done, "libcurl4-openssl-dev")
        self.assertEqual((tree.folder / "sudo").read_text(), "bash\nbash\n")
        self.assertIn("waiting for /var/lib/apt/lists/lock, held by process 4711 (apt-get)", done.stderr)
        self.assertIn("waiting for /var/lib/dpkg/lock-frontend, held by process 4712", done.stderr)

    def test_the_wait_ends_and_says_who_holds_the_lock_and_what_to_do(self):
        tree = self.lacks_curl()
        tree.stand_in("sudo", '[ "$1" = -n ] && exit 0; exec "$@"')
        (tree.folder / "update-always").write_text(LISTS)
        done = tree.run("run", user=65534, LOCK_SECONDS="3")
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stdout, "")
        self.assertRegex(done.stderr, r"/var/lib/apt/lists/lock is still held by process 4711 \(apt-get\) after [345] s\.")
        self.assertIn("run the command again", done.stderr)
        self.assertNotIn("install", " ".join(tree.calls()))

    @as_root
    def test_nothing_else_is_waited_for(self):
        for verb, message in (("update", NO_RIGHT), ("install", "E: Unable to locate package libcurl4-openssl-dev\n")):
            with self.subTest(verb):
                tree = self.lacks_curl()
                (tree.folder / f"{verb}-always").write_text(message)
                done = tree.run("run")
                self.assertEqual(done.returncode, 2)
                self.assertIn(message, done.stderr)
                self.assertNotIn("waiting", done.stderr)
                self.assertEqual([call.split()[1] for call in tree.calls()].count(verb), 1)

    @as_root
    def test_servers_are_not_started_meanwhile(self):
        tree = self.lacks_curl()
        tree.stand_in("apt-get", '[ "$2" = update ] || cp /usr/sbin/policy-rc.d "$TREE/policy"; echo "$*" >>"$TREE/calls"')
        os.symlink(shutil.which("cp"), tree.bin / "cp")
        self.assert_installed(tree, tree.run("run"), "libcurl4-openssl-dev")
        self.assertIn("exit 101", (tree.folder / "policy").read_text())


class Packages(Dev):
    @as_root
    def test_debian_12_has_a_boost_beside_its_own(self):
        tree = self.tree(DEBIAN_12, PRESENT)
        self.assert_installed(tree, tree.run("run"), "libboost1.81-dev")

    @as_root
    def test_an_old_boost_is_not_enough(self):
        tree = self.tree(DEBIAN_12, [*PRESENT, "libboost-dev", "libboost1.74-dev"])
        self.assert_installed(tree, tree.run("run"), "libboost1.81-dev")

    @as_root
    def test_debian_13_has_its_own(self):
        tree = self.tree(DEBIAN_13, PRESENT)
        self.assert_installed(tree, tree.run("run"), "libboost-dev")

    def test_what_is_there_is_enough(self):
        for boost in ("libboost1.81-dev", "libboost1.83-dev", "libboost1.88-dev"):
            with self.subTest(boost):
                tree = self.tree({}, [*PRESENT, boost])
                done = tree.run("run", user=65534)
                self.assertEqual((done.returncode, done.stdout, tree.calls()), (0, "judged\n", []), done.stderr)

    @as_root
    def test_a_system_without_a_new_enough_boost_is_told(self):
        tree = self.tree({**DEBIAN_12, "libboost1.81-dev": "(none)"}, PRESENT)
        done = tree.run("run")
        self.assertEqual(done.returncode, 2)
        self.assertIn("no package of Boost 1.81 or newer", done.stderr)

    def test_who_may_not_install_gets_a_line_to_run(self):
        tree = self.tree(DEBIAN_13, PRESENT[1:])
        done = tree.run("run", user=65534)
        self.assertEqual(done.returncode, 2)
        self.assertIn("apt-get install -y --no-install-recommends libboost-dev libcurl4-openssl-dev\n", done.stderr)
        tree = self.tree({}, PRESENT)  # the package lists have never been read
        done = tree.run("run", user=65534)
        self.assertEqual(done.returncode, 2)
        self.assertIn("  apt-get update\nand then the same command again", done.stderr)

    @as_root
    def test_clang_is_that_of_the_system(self):
        for system, names in ((DEBIAN_12, "clang-14 libclang-rt-14-dev"), (DEBIAN_13, "clang-19 libclang-rt-19-dev")):
            with self.subTest(names):
                tree = self.tree(system, [*PRESENT, "libboost1.81-dev"])
                tree.stand_in("cmake", 'case "$*" in *fuzz*) exit 1; esac')
                done = tree.run("test", "fuzz")
                self.assertIn("cmake --preset fuzz failed", done.stderr)
                self.assertEqual(tree.calls()[-1], f"-q install -y --no-install-recommends {names}")
        tree = self.tree(DEBIAN_13, [*PRESENT, "libboost1.83-dev", "libclang-rt-17-dev", "clang-17"])
        tree.stand_in("clang++-17", "exit 0")
        tree.stand_in("cmake", "exit 1")
        self.assertIn("cmake --preset fuzz failed", tree.run("test", "fuzz", user=65534).stderr)
        self.assertEqual(tree.calls(), [], "the clang that is there")


class Format(Dev):
    def checkout(self, **files):
        tree = self.tree(DEBIAN_12)
        shutil.copy(SOURCE / ".clang-format", tree.folder)
        for name, text in files.items():
            (tree.folder / f"{name}.cpp").write_text(text)
        git = ["git", "-C", str(tree.folder), "-c", "init.defaultBranch=main"]
        subprocess.run([*git, "init", "-q"], check=True)
        subprocess.run([*git, "add", "--", *(f"{name}.cpp" for name in files)], check=True)
        return tree

    @unittest.skipUnless(shutil.which("clang-format-14"), "needs clang-format-14")
    def test_a_badly_formatted_file_is_named(self):
        tree = self.checkout(good="int main() {}\n", bad="int main( ) { }\n")
        os.symlink(shutil.which("clang-format-14"), tree.bin / "clang-format-14")
        done = tree.run("format", "--check", GIT_CONFIG_COUNT="1", GIT_CONFIG_KEY_0="safe.directory", GIT_CONFIG_VALUE_0="*",
                        user=65534)
        self.assertNotEqual(done.returncode, 0)
        self.assertNotEqual(done.returncode, 77)
        self.assertIn("bad.cpp", done.stderr)
        self.assertNotIn("good.cpp", done.stderr)

    def test_without_the_clang_format_that_decides_nothing_is_said_to_hold(self):
        tree = self.checkout(bad="int main( ) { }\n")
        done = tree.run("format", "--check", user=65534)
        self.assertEqual(done.returncode, 77)
        self.assertIn("formatting is not checked", done.stdout)


class Labels(Dev):
    def test_each_label_is_known_and_builds_its_own(self):
        for label in sorted({*LABELS} - {"page", "systems"}):
            with self.subTest(label):
                tree = self.tree_with_everything()
                tree.stand_in("cmake", 'echo "cmake $*" >>"$TREE/calls"')
                tree.stand_in("ctest", 'echo "ctest $*" >>"$TREE/calls"')
                done = tree.run("test", label, "-R", "Some", user=65534)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn(f"--target tests-{label}", tree.calls()[-2])
                self.assertRegex(tree.calls()[-1], rf"^ctest --preset quick -j \d+ -L \^{label}\$ -R Some$")

    def test_what_builds_a_tree_of_its_own_is_in_no_other_run(self):
        for label in ("page", "systems"):
            with self.subTest(label):
                tree = self.tree_with_everything()
                tree.stand_in("ctest", 'echo "ctest $*" >>"$TREE/calls"')
                done = tree.run("test", label, user=65534)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(tree.calls()[-1], f"ctest --preset quick -C {label} -L ^{label}$ --verbose")

    def test_another_label_is_refused_with_those_that_there_are(self):
        tree = self.tree(DEBIAN_12)
        done = tree.run("test", "units", user=65534)
        self.assertEqual((done.returncode, tree.calls()), (2, []))
        for label in {*LABELS, "fuzz", "page", "systems"}:
            self.assertIn(f" {label}", done.stderr)


class Help(Dev):
    def test_asking_what_a_command_does_starts_nothing(self):
        for command in ("test", "check", "proof", "sanitize", "coverage", "times", "format"):
            for option in ("--help", "-h"):
                with self.subTest(f"{command} {option}"):
                    tree = self.tree(DEBIAN_12)
                    done = tree.run(command, option, user=65534)
                    self.assertEqual((done.returncode, done.stderr, tree.calls()), (0, "", []))
                    self.assertTrue(done.stdout.startswith("Usage: ./dev COMMAND"), done.stdout)

    def test_the_program_answers_for_itself(self):
        tree = self.tree(DEBIAN_12, [*PRESENT, "libboost1.81-dev"])
        done = tree.run("run", "--help", user=65534)
        self.assertEqual((done.returncode, done.stdout.splitlines()[-1]), (0, "judged"), done.stderr)


def package_names():
    """Every word of the lists in ./dev; as good as a package when the stand-in says that it is installed."""
    text = (SOURCE / "dev").read_text()
    lists = text[text.index("packages_build=("):text.index("packages_bench=(")]
    return [re.sub(r".*\(|[:)].*", "", word) for word in lists.split()] + ["clang-14", "libclang-rt-14-dev", "clang-format-14"]


class Time(Dev):
    """The whole of ./dev test, of which everything but the clock is a stand-in."""

    def whole(self, **environment):
        tree = self.tree_with_everything()
        tree.stand_in("clang++-14", "exit 0")
        tree.stand_in("cmake", "exit 0")
        tree.stand_in("ctest", f"{shutil.which('sleep')} 1.1; cat <<'END'\n"
                      " 1/2 Test  #7: Quick ............................   Passed    0.10 sec\n"
                      " 2/2 Test #12: Slow.One .........................   Passed   90.25 sec\n\n"
                      "100% tests passed, 0 tests failed out of 2\n\nLabel Time Summary:\nunit = 90.35 sec*proc (2 tests)\nEND")
        target = tree.folder / "build/fuzz/fuzz/fuzz_text"
        target.parent.mkdir(parents=True)
        target.write_text("#!/bin/sh\necho 'stat::number_of_executed_units: 5' >&2\n")
        for command in ("find", "sort", "head", "basename", "cp"):
            os.symlink(shutil.which(command), tree.bin / command)
        return tree.run("test", user=65534, FUZZ_SECONDS="1", **environment)

    def test_it_says_where_the_time_went(self):
        done = self.whole(CI="true")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("unit = 90.35 sec*proc (2 tests)", done.stdout)
        # Seconds are counted as they begin: what takes no time may have another begin in it.
        self.assertRegex(done.stdout, r"== time: 0 min \d s \(build \d s, tests \d s, build for fuzzing \d s, fuzzing \d s\); "
                         r"slowest tests: 90\.25 s Slow\.One, 0\.10 s Quick")

    def test_in_ci_it_fails_above_its_ceiling(self):
        done = self.whole(CI="true", TEST_MINUTES="0")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r"FAILED: this took \d+ min \d+ s, longer than the 0 minutes that it may take")
        self.assertEqual(self.whole(TEST_MINUTES="0").returncode, 0, "people may wait")


class Proof(Dev):
    """./dev proof with what an earlier build left, and a build that fails or not."""

    PAGE = "above\n<!-- begin {0} -->\n\nearlier figures\n\n<!-- end {0} -->\nbelow\n"

    def proof(self, section, cmake):
        tree = self.tree(DEBIAN_12)
        tree.stand_in("dpkg-query", f"sed -nE 's/^/installed /p' {tree.folder}/all")
        names = [*PRESENT, "libboost1.81-dev", *package_names(), "gcovr"]
        (tree.folder / "all").write_text("\n".join(names) + "\n")
        tree.stand_in("cmake", 'echo "cmake $*" >>"$TREE/calls"; ' + cmake)
        tree.stand_in("ctest", "echo '100% tests passed'")
        for name in ("clang++-14", "gcovr", "python3"):
            tree.stand_in(name, "exit 0")
        for command in ("awk", "mv", "find", "sort", "basename", "cp"):
            os.symlink(shutil.which(command), tree.bin / command)
        for name in ("release/app/gateproof", "fuzz/fuzz/fuzz_text", "release/tests/hostile/hostile"):
            program = tree.folder / "build" / name
            program.parent.mkdir(parents=True)
            program.write_text("#!/bin/sh\necho judged\necho '[  PASSED  ]'\n")
        for preset in ("asan", "tsan", "coverage"):
            (tree.folder / "build" / preset).mkdir()
        page = tree.folder / "docs/proof.md"
        page.parent.mkdir()
        page.write_text(self.PAGE.format(section))
        return tree, tree.run("proof", section, user=65534, FUZZ_SECONDS="1"), page.read_text()

    def test_a_build_that_fails_leaves_the_page_as_it_was(self):
        for section in ("faults", "selftest", "soak", "hostile", "fuzz", "sanitize", "coverage"):
            with self.subTest(section):
                tree, done, page = self.proof(section, 'case "$*" in *--build*) exit 3; esac')
                self.assertNotEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertEqual(page, self.PAGE.format(section))
                self.assertEqual(len([call for call in tree.calls() if "--build" in call]), 1, "it ends there")

    def test_figures_are_those_of_the_preset_that_was_built(self):
        for section, preset in (("faults", "quick"), ("selftest", "release"), ("soak", "release"), ("hostile", "release")):
            with self.subTest(section):
                tree, done, page = self.proof(section, "exit 0")
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertNotIn("earlier figures", page)
                self.assertTrue(page.startswith("above\n") and page.endswith("below\n"), page)
                self.assertEqual([call.split()[:4] for call in tree.calls()],
                                 [["cmake", "--preset", preset], ["cmake", "--build", "--preset", preset]])


class BuildTimes(unittest.TestCase):
    """bench/build_times on a log and a trace of which the sums are known."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="gateproof-times-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def report(self):
        return subprocess.run([SOURCE / "bench/build_times", self.folder], capture_output=True, text=True, check=False)

    def test_the_last_run_of_each_step_counts_once(self):
        (self.folder / "room/CMakeFiles/room.dir").mkdir(parents=True)
        for name in ("a.o", "b.o"):
            (self.folder / "room/CMakeFiles/room.dir" / name).touch()
        for name in ("made.cpp", "made.hpp"):
            (self.folder / name).touch()
        lines = [(0, 9000, "room/CMakeFiles/room.dir/a.o", "old"), (10, 1510, "room/CMakeFiles/room.dir/a.o", "new"),
                 (0, 2000, "room/CMakeFiles/room.dir/b.o", "b"), (0, 500, "made.cpp", "both"), (0, 500, "made.hpp", "both"),
                 (0, 7000, "room/CMakeFiles/room.dir/gone.o", "gone")]
        (self.folder / ".ninja_log").write_text(
            "# ninja log v5\n" + "".join(f"{begin}\t{end}\t0\t{output}\t{step}\n" for begin, end, output, step in lines))
        (self.folder / "room/CMakeFiles/room.dir/a.json").write_text(
            '{"traceEvents": [{"name": "Total Frontend", "dur": 1200000, "args": {"count": 1}},'
            ' {"name": "Source", "dur": 700000, "args": {"detail": "big.hpp"}},'
            ' {"name": "InstantiateClass", "dur": 300000, "args": {"detail": "box<int>"}},'
            ' {"name": "InstantiateClass", "dur": 200000, "args": {"detail": "box<char>"}}]}')
        done = self.report()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("4.0 s in 3 steps", done.stdout)
        self.assertRegex(done.stdout, r"3\.5 s +2  room\n")
        self.assertRegex(done.stdout, r"1\.2 s +1  Frontend\n")
        self.assertRegex(done.stdout, r"0\.7 s +1  big\.hpp\n")
        self.assertRegex(done.stdout, r"0\.5 s +2  box<>\n")
        self.assertNotIn("gone", done.stdout)

    def test_without_a_build_it_says_so(self):
        done = self.report()
        self.assertEqual(done.returncode, 1)
        self.assertIn("build there first", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
