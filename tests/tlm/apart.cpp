// SPDX-License-Identifier: MIT
// apart.cpp - see the header.
#include "apart.h"

#include <cstdio>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace rig {

namespace {

[[noreturn]] void child(const std::function<std::string()> &run, int out)
{
    std::string text = run();
    FILE *pipe = fdopen(out, "w");
    bool written = pipe && std::fputs(text.c_str(), pipe) >= 0 && std::fclose(pipe) == 0;
    std::fflush(stdout);
    _exit(testing::Test::HasFailure() || !written);
}

} // namespace

std::string apart(const std::function<std::string()> &run)
{
    int ends[2];
    std::string text;

    std::fflush(stdout);
    if (pipe(ends) != 0) {
        ADD_FAILURE() << "no pipe";
        return text;
    }
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        child(run, ends[1]);
    }
    close(ends[1]);
    char buffer[4096];
    for (ssize_t n; (n = read(ends[0], buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<size_t>(n));
    close(ends[0]);
    int status = -1;
    waitpid(pid, &status, 0);
    EXPECT_EQ(status, 0) << "the run apart failed";
    return text;
}

} // namespace rig
