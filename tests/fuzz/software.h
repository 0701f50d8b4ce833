/* SPDX-License-Identifier: MIT */
/*
 * software.h - what hangs on the slave port: software and devices. Bursts wait in a line, up to
 * `depth` are under way; data goes with, before or after its address. Answers are taken at once or
 * not always. Bursts themselves may break every rule of AXI; how they are offered does not.
 *
 * A value: copying it keeps all that is in flight.
 */
#ifndef ITSIM_TESTS_FUZZ_SOFTWARE_H
#define ITSIM_TESTS_FUZZ_SOFTWARE_H

#include <cstdint>

#include "bus.h"
#include "wire/axi.h"

namespace fuzz {

struct burst {
    its_axi_address a;
    uint64_t data; /* of the first beat; each beat adds data_step */
    uint64_t data_step;
    uint8_t strb;    /* of every beat, before the lanes of the bus cut it */
    uint8_t aw_late; /* edges its address comes after the first edge, */
    uint8_t w_late;  /* and its data */
    bool write;
};

class software {
public:
    uint8_t ready_mask = 0; /* takes answers when (dice & mask) is 0 */
    uint8_t depth = 4;      /* accesses under way at most */
    unsigned bus_bytes = 4;
    dice luck;

    uint64_t read_data = 0; /* of the last beat read, on its lanes */
    uint8_t resp = 0;

    bool quiet() const { return !count_ && !open_; }
    bool room() const { return count_ < LINE; }
    bool offering() const { return aw_ || w_ || ar_; }

    /* A burst that finds no room is forgotten. */
    void push(const burst &b)
    {
        if (room())
            line_[count_++] = b;
    }

    void forget()
    {
        count_ = open_ = 0;
        aw_ = w_ = ar_ = false;
    }

    void drive(its_axi &p, bool mute)
    {
        if (!aw_ && !w_ && !ar_ && !mute && count_ && open_ < depth)
            begin();
        p.aw.valid = aw_ && age_ >= now_.aw_late;
        p.aw.d = now_.a;
        p.ar.valid = ar_;
        p.ar.d = now_.a;
        p.w.valid = w_ && age_ >= now_.w_late;
        p.w.d.data = now_.data + beat_ * now_.data_step;
        p.w.d.strb = uint8_t(now_.strb & ((1u << bus_bytes) - 1u));
        p.w.d.last = beat_ == now_.a.len;
        bool ready = !(luck.roll() & ready_mask);
        p.b.ready = ready;
        p.r.ready = ready;
    }

    void clock(const its_axi &p)
    {
        age_++;
        if (its_fire(&p.aw))
            aw_ = false;
        if (its_fire(&p.ar))
            ar_ = false;
        if (its_fire(&p.w))
            w_ = beat_++ != now_.a.len;
        if (its_fire(&p.b)) {
            open_--;
            resp = p.b.d.resp;
        }
        if (its_fire(&p.r)) {
            read_data = p.r.d.data;
            resp = p.r.d.resp;
            open_ -= p.r.d.last;
        }
    }

private:
    static constexpr unsigned LINE = 24;

    void begin()
    {
        now_ = line_[0];
        count_--;
        for (unsigned i = 0; i < count_; i++)
            line_[i] = line_[i + 1];
        aw_ = w_ = now_.write;
        ar_ = !now_.write;
        beat_ = age_ = 0;
        open_++;
    }

    burst line_[LINE] = {};
    burst now_ = {};
    unsigned count_ = 0, open_ = 0, beat_ = 0, age_ = 0;
    bool aw_ = false, w_ = false, ar_ = false;
};

} // namespace fuzz

#endif
