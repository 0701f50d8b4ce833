// SPDX-License-Identifier: MIT
// main.cpp - itsim-replay: reads all traces, then plays each in a process of its own, since SystemC
// elaborates once a process.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <sys/wait.h>
#include <systemc>
#include <unistd.h>
#include <vector>

#include "options.h"
#include "outputs.h"
#include "session.h"
#include "trace.h"

namespace {

using namespace replay;

constexpr int failed = 1;
constexpr int invalid = 2;

struct job {
    trace what;
    its_profile profile;
};

// Every trace that is valid and fits the configuration; the others are named. `code` is the exit code.
std::vector<job> read_jobs(const options &o, int &code)
{
    std::vector<job> jobs;
    for (const std::string &name : o.traces) {
        std::string why;
        job j;
        try {
            j.what = read_trace(name);
        } catch (const trace_error &e) {
            std::fprintf(stderr, "%s\n", e.what());
            code = invalid;
            continue;
        }
        if (!make_profile(o, j.what.begin, j.profile, why)) {
            std::fprintf(stderr, "%s: cannot be played: %s\n", name.c_str(), why.c_str());
            code = invalid;
            continue;
        }
        jobs.push_back(std::move(j));
    }
    return jobs;
}

outcome play_here(const job &j, const options &o, const outputs &files)
{
    try {
        return play(j.what, j.profile, o, files);
    } catch (const std::exception &e) {
        std::fprintf(stderr, "%s: %s\n", j.what.file.c_str(), e.what());
        return {failed, ""};
    }
}

[[noreturn]] void child(const job &j, const options &o, const outputs &files, int out)
{
    outcome result = play_here(j, o, files);
    FILE *pipe = fdopen(out, "w");
    bool written = pipe && std::fputs(result.json.c_str(), pipe) >= 0;
    written = pipe && std::fclose(pipe) == 0 && written;
    std::fflush(nullptr);
    _exit(written ? result.exit_code : failed);
}

outcome play_apart(const job &j, const options &o, const outputs &files)
{
    int ends[2];
    outcome result{failed, ""};

    std::fflush(stdout);
    if (pipe(ends) != 0) {
        std::perror("pipe");
        return result;
    }
    pid_t pid = fork();
    if (pid < 0) {
        std::perror("fork");
        close(ends[0]);
        close(ends[1]);
        return result;
    }
    if (pid == 0) {
        close(ends[0]);
        child(j, o, files, ends[1]);
    }
    close(ends[1]);
    char text[4096];
    for (ssize_t n; (n = read(ends[0], text, sizeof text)) > 0;)
        result.json.append(text, static_cast<size_t>(n));
    close(ends[0]);
    int status = 0;
    waitpid(pid, &status, 0);
    if (WIFEXITED(status))
        result.exit_code = WEXITSTATUS(status);
    else
        std::fprintf(stderr, "%s: the player was ended by signal %d\n", j.what.file.c_str(),
                     WTERMSIG(status));
    return result;
}

bool write_json(const output &to, const std::vector<outcome> &outcomes)
{
    if (!to.file())
        return true;
    std::string text = "{\"runs\": [";
    bool first = true;
    for (const outcome &o : outcomes) {
        if (o.json.empty())
            continue;
        text += (first ? "\n" : ",\n") + o.json;
        first = false;
    }
    text += "\n]}\n";
    std::fputs(text.c_str(), to.file());
    return to.flush();
}

int run(int argc, char **argv)
{
    options o;
    outputs files;
    int code = 0;

    if (auto end = read_options(argc, argv, o))
        return *end;
    std::vector<job> jobs = read_jobs(o, code);
    if (!files.json.open(o.json) || !files.trace.open(o.trace) || !files.waves.open(o.waves))
        return invalid;
    if (o.json == "-" || o.trace == "-" || o.waves == "-")
        files.report = stderr;
    std::vector<outcome> outcomes;
    for (const job &j : jobs) {
        outcomes.push_back(jobs.size() == 1 ? play_here(j, o, files) : play_apart(j, o, files));
        code = std::max(code, outcomes.back().exit_code);
    }
    if (!write_json(files.json, outcomes))
        code = invalid;
    return code;
}

} // namespace

int sc_main(int argc, char **argv)
{
    return run(argc, argv);
}

int main(int argc, char **argv)
{
    // No banner on the output of a command-line tool.
    setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
    return sc_core::sc_elab_and_sim(argc, argv);
}
