/* SPDX-License-Identifier: MIT */
/*
 * finale.h - the end of an input: everything answers, all comes to rest, the ITS is disabled and
 * silent, and after it is enabled again, it and a fresh one over the same memory find for every MSI
 * what memory says.
 */
#ifndef ITSIM_TESTS_FUZZ_FINALE_H
#define ITSIM_TESTS_FUZZ_FINALE_H

#include "machine.h"
#include "program.h"

namespace fuzz {

/* Outputs of two instances. */
bool same_pins(const gic500_pins &a, const gic500_pins &b);

class finale {
public:
    finale(machine &m, uint64_t baser0, uint64_t baser1, uint64_t cbaser)
        : m_(m), baser0_(baser0), baser1_(baser1), cbaser_(cbaser)
    {}
    void run(report &r);

private:
    bool quiesce();
    bool enable();
    void probe();
    void probe_fresh();
    void expect(uint32_t device, uint32_t event, const outcome &is, const char *who);

    machine &m_;
    uint64_t baser0_, baser1_, cbaser_;
};

} // namespace fuzz

#endif
