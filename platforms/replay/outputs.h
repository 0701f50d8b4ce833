// SPDX-License-Identifier: MIT
// outputs.h - the files itsim-replay writes, opened before anything is played and kept open. The name
// "-" is standard output; what is said about the traces then goes to standard error.
#ifndef ITSIM_REPLAY_OUTPUTS_H
#define ITSIM_REPLAY_OUTPUTS_H

#include <cstdio>
#include <memory>
#include <string>

namespace replay {

class output {
public:
    // Nothing for an empty name. False: it cannot be written; standard error has a line about it.
    bool open(const std::string &name);
    // To write to; nullptr when nothing is to be written.
    std::FILE *file() const { return file_.get(); }
    // False: what was written so far is not all in the file; standard error has a line about it.
    bool flush() const;

private:
    struct closed {
        void operator()(std::FILE *f) const;
    };
    std::unique_ptr<std::FILE, closed> file_;
    std::string name_;
};

struct outputs {
    output json;
    output trace;
    output waves;
    std::FILE *report = stdout;
};

} // namespace replay

#endif
