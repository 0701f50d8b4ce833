/* SPDX-License-Identifier: MIT */
/*
 * operations.h - one input being run; shared by program.cpp (set-up, identifiers, the loop),
 * operations.cpp (what software and memory do) and object.cpp (what a host does with the model).
 */
#ifndef ITSIM_TESTS_FUZZ_OPERATIONS_H
#define ITSIM_TESTS_FUZZ_OPERATIONS_H

#include <optional>
#include <vector>

#include "machine.h"
#include "program.h"

namespace fuzz {

class program {
public:
    program(const uint8_t *data, size_t bytes, const watcher *w);
    report go();

private:
    void boot();
    void bases();
    void lpis_on(unsigned rd);
    void map_some();
    void step(const op &o);

    void op_reg(const op &o);
    void op_raw(const op &o);
    void op_command(const op &o);
    void op_publish(const op &o);
    void op_msi(const op &o);
    void op_poke(const op &o);
    void op_its(const op &o);
    void op_base(const op &o);
    void op_lpis(const op &o);
    void op_face(const op &o);
    void op_twin(const op &o);
    void op_skip(const op &o);
    void op_ask(const op &o);
    void op_fault(const op &o);
    void op_bus(const op &o);
    void op_control(const op &o);
    void op_rewind_save();
    void op_rewind_load();

    /* identifiers from a byte: few, so that they collide, and the edges of their ranges */
    uint32_t device(uint8_t b) const;
    uint32_t event(uint8_t b) const;
    uint32_t icid(uint8_t b) const;
    uint32_t intid(uint8_t b) const;
    uint64_t rdbase(uint8_t b) const;
    uint64_t place(const op &o) const;
    uint64_t baser(unsigned n) const;
    uint64_t cbaser() const { return 1ull << 63 | QUEUE | (h_[3] & 3u); }
    uint32_t queue_bytes() const { return 4096u * ((h_[3] & 3u) + 1u); }

    void queue(const its_cmd &c);
    void enqueue(const uint64_t dw[4]);
    void publish() { m_.registers(ITS_FRAME_GITS, 0, 0x88, true, m_.s.queue_at, 8); }
    void control(uint32_t offset, uint64_t value, unsigned bytes)
    {
        m_.registers(ITS_FRAME_GITS, 0, offset, true, value, bytes);
    }
    void redistributor(unsigned rd, uint32_t offset, uint64_t value, unsigned bytes)
    {
        m_.registers(ITS_FRAME_GICR, rd, offset, true, value, bytes);
    }

    struct kept {
        surroundings s;
        std::vector<uint8_t> model;
    };

    const uint8_t *data_;
    size_t bytes_;
    const watcher *w_;
    uint8_t h_[HEADER_BYTES] = {};
    machine m_;
    uint64_t garble_[4] = {};
    std::optional<kept> kept_;
};

} // namespace fuzz

#endif
