/* SPDX-License-Identifier: MIT */
/* workshop.cpp - copies, builds, runs and times. */
#include "workshop.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>
#include <sys/wait.h>

namespace fs = std::filesystem;

namespace mutants {
namespace {

constexpr int TIMED_OUT = 128 + SIGXCPU; /* what a shell makes of it */
const char *const MEMORY_LIMIT_KB = "8000000";

std::atomic<bool> stop{false};

double now()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

std::string quote(const fs::path &path)
{
    return "'" + path.string() + "'";
}

int shell(const std::string &command)
{
    int status = std::system(("exec 2>/dev/null; " + command).c_str());
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGINT)
        stop = true;
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (code == 128 + SIGINT)
        stop = true;
    return code;
}

void write_file(const fs::path &path, const std::string &contents)
{
    std::ofstream out(path, std::ios::binary);
    out << contents;
    if (!out.flush())
        throw std::runtime_error("cannot write " + path.string());
}

} // namespace

bool interrupted()
{
    return stop;
}

std::string read_file(const fs::path &path)
{
    std::ifstream in(path, std::ios::binary);
    if (!in)
        throw std::runtime_error("cannot read " + path.string());
    return {std::istreambuf_iterator<char>(in), {}};
}

workshop::workshop(fs::path source, fs::path place)
    : source_(std::move(source)), tree_(place / "tree"), log_(place / "log")
{}

/* Files that are the same keep their time stamp, so that a second run builds little. */
void workshop::copy_tree()
{
    std::set<fs::path> wanted;
    for (const char *part :
         {"CMakeLists.txt", "cmake", "docs", "model", "platforms", "tests", "tools"}) {
        std::vector<fs::path> files;
        if (fs::is_directory(source_ / part)) {
            for (const auto &e : fs::recursive_directory_iterator(source_ / part))
                if (e.is_regular_file())
                    files.push_back(e.path());
        } else {
            files.push_back(source_ / part);
        }
        for (const fs::path &file : files) {
            fs::path to = tree_ / fs::relative(file, source_);
            wanted.insert(to);
            fs::create_directories(to.parent_path());
            if (!fs::exists(to) || read_file(to) != read_file(file))
                fs::copy_file(file, to, fs::copy_options::overwrite_existing);
        }
    }
    std::vector<fs::path> gone;
    for (auto e = fs::recursive_directory_iterator(tree_); e != fs::end(e); ++e) {
        if (e->path() == tree_ / "build")
            e.disable_recursion_pending();
        else if (e->is_regular_file() && wanted.count(e->path()) == 0)
            gone.push_back(e->path());
    }
    for (const fs::path &file : gone)
        fs::remove(file);
}

bool workshop::build(const std::string &target) const
{
    return shell("ninja -C " + quote(tree_ / "build") + " -j1 " + target + " >" + quote(log_) +
                 " 2>&1") == 0;
}

/* Time on the processor, so that a busy machine catches nothing. Returns the exit code; `failed`
   becomes the first test that failed. */
int workshop::run(const program &what, unsigned cpu_seconds, std::string *failed) const
{
    int code = shell("cd " + quote(tree_) + " && (ulimit -c 0; ulimit -v " + MEMORY_LIMIT_KB +
                     "; ulimit -S -t " + std::to_string(cpu_seconds) + "; exec build/bin/" +
                     what.name + " --gtest_brief=1 --gtest_fail_fast) >" + quote(log_) + " 2>&1");
    if (code == 0)
        return 0;
    const std::string mark = "[  FAILED  ] ";
    std::string log = read_file(log_);
    std::size_t at = log.find(mark);
    *failed = what.name;
    if (at != std::string::npos) {
        at += mark.size();
        *failed += " " + log.substr(at, log.find_first_of(" ,\n", at) - at);
    }
    return code;
}

void workshop::prepare()
{
    fs::create_directories(tree_);
    copy_tree();
    /* Mutants that mix up types are no mutants. Optimised, so that a mutant that changes nothing
       shows in the machine code. */
    if (shell("cmake -S " + quote(tree_) + " -B " + quote(tree_ / "build") +
              " -G Ninja -DCMAKE_BUILD_TYPE=Release -DITS_TLM=OFF -DITS_BENCH=OFF -DITS_TESTS=ON"
              " -DCMAKE_C_FLAGS='-w -Werror=int-conversion -Werror=incompatible-pointer-types'"
              " -DCMAKE_CXX_FLAGS=-w"
              " -DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=gold"
              " -DCMAKE_GTEST_DISCOVER_TESTS_DISCOVERY_MODE=PRE_TEST >" +
              quote(log_) + " 2>&1") != 0 ||
        !build("all"))
        throw std::runtime_error("does not build; see " + log_.string());
    library_ = read_file(tree_ / "build/model/libitsim_core.a");

    programs_.clear();
    for (const auto &e : fs::directory_iterator(tree_ / "build/bin")) {
        program p{e.path().filename().string(), 0};
        if (p.name.rfind("unit_", 0) != 0 && p.name.rfind("laws_", 0) != 0)
            continue;
        std::string failed;
        double begin = now();
        if (!fs::exists(tree_ / "tests" / (p.name.substr(0, 4) + "/" + p.name.substr(5) + ".cpp")))
            continue; /* left over from a test that is gone */
        if (run(p, 600, &failed) != 0)
            throw std::runtime_error("fails without any change: " + failed + "; see " +
                                     log_.string());
        p.seconds = now() - begin;
        programs_.push_back(p);
    }
    std::sort(programs_.begin(), programs_.end(),
              [](const program &a, const program &b) { return a.seconds < b.seconds; });
}

/* The unit's own tests first, then the fast ones. */
std::vector<program> workshop::in_order(const std::string &file) const
{
    std::string stem = fs::path(file).stem().string();
    std::string unit = "unit_" + stem.substr(0, stem.find('_'));
    std::vector<program> order = programs_;
    std::stable_partition(order.begin(), order.end(),
                          [&](const program &p) { return p.name.rfind(unit, 0) == 0; });
    return order;
}

trial workshop::attempt(const site &change)
{
    /* Puts the file back whatever happens. */
    struct undo {
        fs::path file;
        std::string contents;
        ~undo() { std::ofstream(file, std::ios::binary) << contents; }
    } original{tree_ / change.file, read_file(tree_ / change.file)};

    std::string changed = original.contents;
    changed.replace(change.begin, change.end - change.begin, change.text);
    write_file(original.file, changed);
    if (!build("itsim_core"))
        return {outcome::no_code, ""};
    if (read_file(tree_ / "build/model/libitsim_core.a") == library_)
        return {outcome::same_code, ""};
    for (const program &p : in_order(change.file)) {
        std::string failed;
        if (interrupted() || !build(p.name))
            return {outcome::no_code, ""};
        int code = run(p, 10 + 5 * unsigned(p.seconds), &failed);
        if (code == TIMED_OUT)
            return {outcome::caught_by_time, failed};
        if (code != 0)
            return {outcome::caught, failed};
    }
    return {outcome::survived, ""};
}

} // namespace mutants
