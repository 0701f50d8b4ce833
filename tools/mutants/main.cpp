/* SPDX-License-Identifier: MIT */
/*
 * itsim-mutants - how good are the tests? Makes small mistakes in copies of the model's sources, one at
 * a time, and counts how many of them the fast part of the tests notices.
 */
#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fcntl.h>
#include <filesystem>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <sys/file.h>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "sites.h"
#include "workshop.h"

namespace fs = std::filesystem;
using namespace mutants;

namespace {

constexpr double WANTED_PERCENT = 92;

struct options {
    fs::path source;
    fs::path scratch;
    std::size_t count = 0;
    std::uint64_t seed = 1;
    std::vector<std::string> at;
    unsigned jobs = std::max(1u, std::thread::hardware_concurrency());
    bool list = false;
};

struct mutant {
    site change;
    trial tried{outcome::no_code, ""};
    bool done = false;
    std::string explained; /* why nobody can tell it from the original */
};

[[noreturn]] void fail(const std::string &why)
{
    throw std::runtime_error(why);
}

/* --- lines, as people compare them ------------------------------------------------------------- */

std::string trimmed(const std::string &line)
{
    std::size_t first = line.find_first_not_of(" \t\n");
    return first == std::string::npos
               ? ""
               : line.substr(first, line.find_last_not_of(" \t\n") - first + 1);
}

std::string on_one_line(const std::string &text)
{
    std::istringstream in(text);
    std::string all;
    std::string line;
    while (std::getline(in, line))
        all += (all.empty() ? "" : " ") + trimmed(line);
    return all;
}

/*
 * The lines that `change` touches, before and after, on one line each. With the lines above as far as
 * it takes to be found in the file once.
 */
std::pair<std::string, std::string> before_after(const site &change, const std::string &source)
{
    std::size_t first = source.rfind('\n', change.begin) + 1;
    std::size_t last = std::min(source.find('\n', change.end), source.size());
    auto lines = [&] { return source.substr(first, last - first); };
    while (first > 0 && source.find(lines()) != source.rfind(lines()))
        first = first == 1 ? 0 : source.rfind('\n', first - 2) + 1;
    std::string after = lines();
    after.replace(change.begin - first, change.end - change.begin, change.text);
    return {on_one_line(lines()), on_one_line(after)};
}

/*
 * Mutants that no test can tell from the original: paragraphs of four lines, FILE, "- before",
 * "+ after", "= why".
 */
std::map<std::string, std::string> read_equivalent(const fs::path &path)
{
    std::map<std::string, std::string> all;
    std::istringstream in(read_file(path));
    std::string line;
    std::string key;
    while (std::getline(in, line)) {
        if (line.rfind("= ", 0) == 0) {
            all[key] = line.substr(2);
            key.clear();
        } else if (!line.empty() && line[0] != '#') {
            key += line + "\n";
        }
    }
    if (!key.empty())
        fail(path.string() + ": the last paragraph has no reason");
    return all;
}

/* --- which mutants ------------------------------------------------------------------------------ */

bool selected(const site &s, const std::vector<std::string> &at)
{
    return at.empty() || std::any_of(at.begin(), at.end(), [&](const std::string &place) {
               return place == s.file || place == s.file + ":" + std::to_string(s.line);
           });
}

/* In the order in which they are tried; a shuffle of our own, the same with every C++ library. */
std::vector<mutant> choose(const options &o)
{
    std::vector<fs::path> files;
    for (const char *room : {"arch", "its", "gic", "gic500"})
        for (const auto &e : fs::directory_iterator(o.source / "model" / room))
            if (e.path().extension() == ".c" || e.path().extension() == ".h" ||
                e.path().extension() == ".def")
                files.push_back(e.path());
    std::sort(files.begin(), files.end());

    std::map<std::string, std::string> equivalent =
        read_equivalent(o.source / "tools/mutants/equivalent.txt");
    std::set<std::string> unused;
    for (const auto &[key, why] : equivalent)
        unused.insert(key);
    std::vector<mutant> all;
    for (const fs::path &file : files) {
        std::string source = read_file(file);
        std::string name = fs::relative(file, o.source).string();
        for (site &s : find_sites(name, source, file.extension() == ".def")) {
            if (!selected(s, o.at))
                continue;
            auto [before, after] = before_after(s, source);
            auto known = equivalent.find(name + "\n- " + before + "\n+ " + after + "\n");
            mutant m{s, {outcome::no_code, ""}, false, ""};
            if (known != equivalent.end()) {
                m.explained = known->second;
                unused.erase(known->first);
            }
            all.push_back(m);
        }
    }
    if (o.at.empty() && !unused.empty())
        fail("tools/mutants/equivalent.txt explains what is no mutant (any more):\n" +
             *unused.begin());
    std::mt19937_64 random(o.seed);
    for (std::size_t i = all.size(); i > 1; i--)
        std::swap(all[i - 1], all[random() % i]);
    if (!o.at.empty())
        return all;

    /* One a line. */
    std::map<std::string, bool> taken;
    std::vector<mutant> one_a_line;
    for (mutant &m : all) {
        bool &line = taken[m.change.file + ":" + std::to_string(m.change.line)];
        if (!line)
            one_a_line.push_back(m);
        line = true;
    }
    return one_a_line;
}

/* --- trying them --------------------------------------------------------------------------------- */

bool counts(const trial &t)
{
    return t.result <= outcome::survived;
}

std::string verdict(const mutant &m)
{
    switch (m.tried.result) {
    case outcome::caught:
        return "caught by " + m.tried.by;
    case outcome::caught_by_time:
        return "caught by the time limit of " + m.tried.by;
    case outcome::survived:
        return m.explained.empty() ? "SURVIVED" : "equivalent: " + m.explained;
    case outcome::same_code:
        return "same machine code";
    case outcome::no_code:
        return "does not compile";
    }
    return "";
}

void print_row(const mutant &m)
{
    std::string place = m.change.file + ":" + std::to_string(m.change.line);
    std::printf("%-32s %-34s %s\n", place.c_str(), m.change.what.c_str(), verdict(m).c_str());
}

/* Hands out mutants in order until `count` of them count, however many threads ask. */
class queue {
public:
    queue(std::vector<mutant> &all, std::size_t count) : all_(all), count_(count) {}

    mutant *next()
    {
        std::unique_lock<std::mutex> lock(mutex_);
        changed_.wait(lock, [&] { return done_ + under_way_ < count_ || done_ >= count_; });
        if (done_ >= count_ || at_ == all_.size() || interrupted())
            return nullptr;
        under_way_++;
        return &all_[at_++];
    }

    void finished(mutant *m, const trial &t)
    {
        std::lock_guard<std::mutex> lock(mutex_);
        under_way_--;
        if (!interrupted()) {
            m->tried = t;
            m->done = true;
            if (counts(t))
                done_++;
            std::printf("%4zu/%zu  ", done_, std::min(count_, all_.size()));
            print_row(*m);
            std::fflush(stdout);
        }
        changed_.notify_all();
    }

private:
    std::vector<mutant> &all_;
    std::size_t count_;
    std::size_t done_ = 0;
    std::size_t under_way_ = 0;
    std::size_t at_ = 0;
    std::mutex mutex_;
    std::condition_variable changed_;
};

/* An explained mutant is not run: it would only cost time. */
trial attempt(workshop &place, const mutant &m)
{
    return m.explained.empty() ? place.attempt(m.change) : trial{outcome::survived, ""};
}

void try_all(const options &o, std::vector<mutant> &all)
{
    queue work(all, o.count ? o.count : all.size());
    std::exception_ptr broken;
    std::mutex broken_mutex;
    auto worker = [&](unsigned number) {
        try {
            workshop place(o.source, o.scratch / std::to_string(number));
            place.prepare();
            while (mutant *m = work.next())
                work.finished(m, attempt(place, *m));
        } catch (...) {
            std::lock_guard<std::mutex> lock(broken_mutex);
            broken = std::current_exception();
        }
    };
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < o.jobs; i++)
        threads.emplace_back(worker, i);
    for (std::thread &t : threads)
        t.join();
    if (broken)
        std::rethrow_exception(broken);
}

/* --- what came out ------------------------------------------------------------------------------ */

/* True when enough were caught. */
bool report(const options &o, std::vector<mutant> &all)
{
    std::map<outcome, std::size_t> sum;
    std::size_t explained = 0;

    all.erase(std::remove_if(all.begin(), all.end(), [](const mutant &m) { return !m.done; }),
              all.end());
    std::sort(all.begin(), all.end(), [](const mutant &a, const mutant &b) {
        return std::tie(a.change.file, a.change.line, a.change.begin, a.change.what) <
               std::tie(b.change.file, b.change.line, b.change.begin, b.change.what);
    });
    std::puts("\nplace                            change                             result");
    for (const mutant &m : all) {
        sum[m.tried.result]++;
        explained += m.tried.result == outcome::survived && !m.explained.empty();
        if (counts(m.tried))
            print_row(m);
    }
    for (const mutant &m : all) {
        if (m.tried.result != outcome::survived || !m.explained.empty())
            continue;
        auto [before, after] = before_after(m.change, read_file(o.source / m.change.file));
        std::printf("\n%s\n- %s\n+ %s\n", m.change.file.c_str(), before.c_str(), after.c_str());
    }
    std::size_t caught = sum[outcome::caught] + sum[outcome::caught_by_time];
    std::size_t tried = caught + sum[outcome::survived];
    double percent = tried ? 100.0 * static_cast<double>(caught) / static_cast<double>(tried) : 0;
    std::printf(
        "\n%zu mutants, seed %llu: %zu caught (%zu of them by the time limit), %zu equivalent "
        "and explained, %zu survived: %.1f %% caught\n"
        "not counted: %zu of the same machine code, %zu that do not compile\n",
        tried, static_cast<unsigned long long>(o.seed), caught, sum[outcome::caught_by_time],
        explained, sum[outcome::survived] - explained, percent, sum[outcome::same_code],
        sum[outcome::no_code]);
    return percent >= WANTED_PERCENT;
}

int run_all(const options &o)
{
    std::vector<mutant> all = choose(o);
    if (all.empty())
        fail("nothing to change at the places of --at, which are like model/its/xlat.c:40");
    if (o.list) {
        all.resize(std::min(all.size(), o.count ? o.count : all.size()));
        for (const mutant &m : all) {
            auto [before, after] = before_after(m.change, read_file(o.source / m.change.file));
            std::printf("%s:%u  %s\n- %s\n+ %s\n", m.change.file.c_str(), m.change.line,
                        m.change.what.c_str(), before.c_str(), after.c_str());
        }
        return 0;
    }
    fs::create_directories(o.scratch);
    int lock = open((o.scratch / "lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0666);
    if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) != 0)
        fail(o.scratch.string() + " is in use, or cannot be written");
    std::printf("%zu places to choose from; building copies in %s ...\n", all.size(),
                o.scratch.c_str());
    std::fflush(stdout);
    try_all(o, all);
    return report(o, all) ? 0 : 1;
}

int run(int argc, char **argv)
{
    options o;
    CLI::App app{"Makes small mistakes in copies of the model's sources, one at a time, and tells "
                 "how many of them the fast part of the tests notices.\n"
                 "Exit code 0: at least 92 % were caught; 1: fewer; 2: a bad option or file."};

    app.add_option("SOURCE", o.source, "the source tree")->required();
    app.add_option("SCRATCH", o.scratch, "a folder for the copies")->required();
    app.add_option("N", o.count, "how many mutants to try; 0: all there are")->required();
    app.add_option("--seed", o.seed, "which ones")->capture_default_str();
    app.add_option("--at", o.at, "only of this FILE or FILE:LINE, and then every mutant of a line")
        ->allow_extra_args(false);
    app.add_option("--jobs", o.jobs, "so many at a time, each in a copy of its own")
        ->capture_default_str()
        ->check(CLI::Range(1u, 1000u));
    app.add_flag("--list", o.list, "only print them, as lines before and after");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError &e) {
        return app.exit(e) ? 2 : 0;
    }
    o.source = fs::absolute(o.source);
    o.scratch = fs::absolute(o.scratch);
    return run_all(o);
}

} // namespace

int main(int argc, char **argv)
{
    try {
        return run(argc, argv);
    } catch (const std::exception &e) {
        std::fprintf(stderr, "itsim-mutants: %s\n", e.what());
        return 2;
    }
}
