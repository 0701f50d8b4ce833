// SPDX-License-Identifier: MIT
// outputs.cpp - see the header.
#include "outputs.h"

namespace replay {

void output::closed::operator()(std::FILE *f) const
{
    if (f != stdout)
        std::fclose(f);
}

bool output::open(const std::string &name)
{
    if (name.empty())
        return true;
    name_ = name;
    file_.reset(name == "-" ? stdout : std::fopen(name.c_str(), "w"));
    if (!file_)
        std::fprintf(stderr, "%s: cannot be written\n", name.c_str());
    return !!file_;
}

bool output::flush() const
{
    if (!file_ || (std::fflush(file_.get()) == 0 && !std::ferror(file_.get())))
        return true;
    std::fprintf(stderr, "%s: cannot be written to the end\n",
                 name_ == "-" ? "standard output" : name_.c_str());
    return false;
}

} // namespace replay
