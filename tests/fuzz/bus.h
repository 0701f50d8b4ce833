/* SPDX-License-Identifier: MIT */
/*
 * bus.h - what hangs on the master port: memory that takes every liberty AXI4 gives it. Answers come
 * late, out of order, interleaved, not at all for some IDs, or as errors; a write lands when its data
 * comes or only with its answer; a read sees memory when asked or when answered.
 *
 * A value: copying it keeps all that is in flight.
 */
#ifndef ITSIM_TESTS_FUZZ_BUS_H
#define ITSIM_TESTS_FUZZ_BUS_H

#include <cstdint>

#include "ram.h"
#include "wire/axi.h"
#include "wire/mem.h"

namespace fuzz {

/* xorshift32: legal freedom, not a source of input. */
struct dice {
    uint32_t s = 1;
    uint32_t roll()
    {
        s ^= s << 13;
        s ^= s >> 17;
        s ^= s << 5;
        return s;
    }
};

struct fault_window {
    uint64_t base, bytes;
    bool reads, writes;
};

class bus {
public:
    static constexpr unsigned WINDOWS = 4;

    /* how it behaves */
    uint16_t latency = 0;
    uint8_t jitter = 0;       /* more edges, at most */
    uint8_t ready_mask = 0;   /* ready when (dice & mask) is 0 */
    bool interleave = false;  /* beats of different reads may alternate */
    bool shuffle = false;     /* answers in any order */
    bool late_land = false;   /* writes land with their answer */
    bool early_read = false;  /* reads see memory as it was when asked */
    bool fault_lands = false; /* a write answered with an error lands all the same */
    uint16_t hold_reads = 0;  /* IDs whose answers do not come */
    uint16_t hold_writes = 0;
    fault_window window[WINDOWS] = {};
    dice luck;

    /* what it saw */
    uint64_t packet[8] = {};      /* the last burst read on ITS_ID_QUEUE */
    uint64_t its_accesses = 0;    /* addresses taken for the ITS, not its redistributors */
    bool its_write_error = false; /* the ITS got an error for a write */
    bool rd_error = false;        /* a redistributor got an error */

    bool quiet() const { return !reads_ && !writes_ && !beats_; }
    bool offering() const { return r_open_ || b_open_; }

    bool faulty(uint64_t a, unsigned bytes, bool write) const
    {
        for (const fault_window &f : window)
            if (f.bytes && (write ? f.writes : f.reads) && a < f.base + f.bytes &&
                f.base < a + bytes)
                return true;
        return false;
    }

    /* `mute`: offers nothing new at this edge. */
    void drive(its_axi &p, const ram &m, uint64_t now, bool mute)
    {
        bool ready = !(luck.roll() & ready_mask);
        p.ar.ready = ready && reads_ < DEPTH;
        p.aw.ready = (ready_mask ? !(luck.roll() & ready_mask) : true) && writes_ < DEPTH;
        p.w.ready = (ready_mask ? !(luck.roll() & ready_mask) : true) && beats_ < DEPTH;
        if (!r_open_ && !mute)
            r_open_ = pick(read_, reads_, hold_reads, false, now, r_);
        if (!b_open_ && !mute)
            b_open_ = pick(write_, writes_, hold_writes, true, now, b_);
        p.r.valid = r_open_;
        if (r_open_)
            offer_beat(p, m);
        p.b.valid = b_open_;
        if (b_open_) {
            p.b.d.id = write_[b_].a.id;
            p.b.d.resp = write_[b_].fault ? error() : uint8_t(ITS_AXI_OKAY);
        }
    }

    void clock(const its_axi &p, ram &m, uint64_t now)
    {
        if (its_fire(&p.r))
            take_beat(p);
        if (b_open_ && !write_[b_].landed)
            land(m, write_[b_]); /* the answer can be seen: so can the data */
        if (its_fire(&p.b)) {
            note_error(write_[b_], true);
            drop(write_, writes_, b_);
            b_open_ = false;
        }
        if (its_fire(&p.ar))
            add_read(p.ar.d, m, now);
        if (its_fire(&p.aw))
            add_write(p.aw.d, now);
        if (its_fire(&p.w))
            beat_[beats_++] = p.w.d;
        join(m);
    }

private:
    static constexpr unsigned DEPTH = 36; /* one a direction and ID, and what resetn left behind */

    struct txn {
        its_axi_address a;
        its_axi_w w;
        uint64_t due;
        uint64_t data[8];
        uint8_t beat;
        uint8_t bad_beat;
        bool fault, full, landed, sampled;
    };

    uint8_t error() const { return fault_lands ? ITS_AXI_DECERR : ITS_AXI_SLVERR; }
    static unsigned bytes_of(const its_axi_address &a) { return (a.len + 1u) << a.size; }

    uint64_t due(uint64_t now)
    {
        return now + 1 + latency + (jitter ? luck.roll() % (jitter + 1u) : 0);
    }
    void add_read(const its_axi_address &a, const ram &m, uint64_t now)
    {
        txn t{};
        t.a = a;
        t.due = due(now);
        t.fault = faulty(a.addr, bytes_of(a), false);
        t.bad_beat = uint8_t(luck.roll() % (a.len + 1u));
        if (early_read)
            sample(t, m);
        its_accesses += a.id < ITS_ID_RD;
        read_[reads_++] = t;
    }
    void add_write(const its_axi_address &a, uint64_t now)
    {
        txn t{};
        t.a = a;
        t.due = due(now);
        t.fault = faulty(a.addr, bytes_of(a), true);
        its_accesses += a.id < ITS_ID_RD;
        write_[writes_++] = t;
    }
    void join(ram &m)
    {
        for (unsigned i = 0; i < writes_ && beats_; i++) {
            if (write_[i].full)
                continue;
            write_[i].w = beat_[0];
            write_[i].full = true;
            beats_--;
            for (unsigned k = 0; k < beats_; k++)
                beat_[k] = beat_[k + 1];
            if (!late_land)
                land(m, write_[i]);
        }
    }
    void land(ram &m, txn &t)
    {
        t.landed = true;
        if (t.fault && !fault_lands)
            return;
        uint64_t base = t.a.addr & ~uint64_t(7);
        for (unsigned i = 0; i < 8; i++)
            if ((t.w.strb >> i) & 1)
                m.put(base + i, uint8_t(t.w.data >> (8 * i)));
    }
    static uint64_t beat_address(const txn &t, unsigned beat)
    {
        return t.a.addr + (uint64_t(beat) << t.a.size);
    }
    static void sample(txn &t, const ram &m)
    {
        for (unsigned i = 0; i <= t.a.len && i < 8; i++)
            t.data[i] = m.load(beat_address(t, i), 1u << t.a.size);
        t.sampled = true;
    }
    bool pick(txn *list, unsigned count, uint16_t held, bool write, uint64_t now, unsigned &chosen)
    {
        unsigned from = shuffle && count ? luck.roll() % count : 0;
        for (unsigned k = 0; k < count; k++) {
            unsigned i = (from + k) % count;
            const txn &t = list[i];
            if (t.due > now || ((held >> (t.a.id % ITS_IDS)) & 1) || (write && !t.full) ||
                !oldest_of_id(list, i))
                continue;
            chosen = i;
            return true;
        }
        return false;
    }
    static bool oldest_of_id(const txn *list, unsigned i)
    {
        for (unsigned k = 0; k < i; k++)
            if (list[k].a.id == list[i].a.id)
                return false;
        return true;
    }
    void offer_beat(its_axi &p, const ram &m)
    {
        txn &t = read_[r_];
        if (!t.sampled)
            sample(t, m);
        bool bad = t.fault && t.beat == t.bad_beat;
        p.r.d.id = t.a.id;
        p.r.d.data = t.data[t.beat % 8] << (8 * (beat_address(t, t.beat) & 7));
        p.r.d.resp = bad ? error() : uint8_t(ITS_AXI_OKAY);
        p.r.d.last = t.beat == t.a.len;
    }
    void take_beat(const its_axi &p)
    {
        txn &t = read_[r_];
        if (t.a.id == ITS_ID_QUEUE)
            packet[t.beat % 8] = p.r.d.data;
        t.beat++;
        if (p.r.d.last) {
            note_error(t, false);
            drop(read_, reads_, r_);
            r_open_ = false;
        } else if (interleave) {
            r_open_ = false;
        }
    }
    void note_error(const txn &t, bool write)
    {
        if (!t.fault)
            return;
        if (t.a.id >= ITS_ID_RD)
            rd_error = true;
        else if (write)
            its_write_error = true;
    }
    /* Keeps the order of the others. */
    static void drop(txn *list, unsigned &count, unsigned i)
    {
        count--;
        for (unsigned k = i; k < count; k++)
            list[k] = list[k + 1];
    }

    txn read_[DEPTH] = {}, write_[DEPTH] = {};
    its_axi_w beat_[DEPTH] = {};
    unsigned reads_ = 0, writes_ = 0, beats_ = 0;
    unsigned r_ = 0, b_ = 0;
    bool r_open_ = false, b_open_ = false;
};

} // namespace fuzz

#endif
