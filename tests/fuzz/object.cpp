/* SPDX-License-Identifier: MIT */
/* object.cpp - what a host does with the model: faces, copies, skipped edges, questions. */
#include <cstring>

#include "finale.h"
#include "operations.h"

namespace fuzz {

/* a[0] which face, a[1] whether software waits first. */
void program::op_face(const op &o)
{
    if (o.a[1] & 1u)
        m_.wait_quiet(500);
    if (gic500_set_face(m_.get(), o.a[0] & 1u ? ITS_FACE_FAST : ITS_FACE_CLOCKED) != ITS_OK)
        throw violation("gic500_set_face refuses a face");
    m_.run(1u + o.a[2] % 64u);
}

/* Throws when the states of two instances differ, and says where in a save. */
static void same_state(const machine::twin &t, gic500 *g, const char *what)
{
    size_t bytes = gic500_size(gic500_profile(g));
    std::vector<uint8_t> a(bytes), b(bytes);

    gic500_save(t.g, a.data());
    gic500_save(g, b.data());
    if (std::memcmp(a.data(), b.data(), bytes) == 0)
        return;
    size_t at = 0;
    while (a[at] == b[at])
        at++;
    fail("%s: the saves differ from byte %zu on", what, at);
}

/* Loaded elsewhere it is the same, and goes on the same when the same happens to it. */
void program::op_twin(const op &o)
{
    machine::twin t = m_.copy();
    gic500_pins pins;

    same_state(t, m_.get(), "loaded elsewhere");
    if (m_.fast())
        return;
    for (unsigned i = 0; i <= o.a[0] % 64u; i++) {
        m_.edge();
        pins = m_.s.pins;
        gic500_drive(t.g, &pins);
        if (!same_pins(pins, m_.s.pins))
            throw violation("loaded elsewhere it drives its pins otherwise");
        gic500_clock(t.g, &pins);
    }
    same_state(t, m_.get(), "loaded elsewhere, some edges on");
}

/* Edges that change nothing may be skipped. */
void program::op_skip(const op &o)
{
    gic500_pins &p = m_.s.pins;

    if (m_.fast() || m_.s.cpu.offering() || m_.s.memory_bus.offering())
        return m_.run(1);
    gic500_drive(m_.get(), &p);
    if (p.s_axi.b.valid || p.s_axi.r.valid)
        return m_.run(1);
    machine::twin t = m_.copy();
    gic500_pins quiet = p;
    quiet.s_axi.aw.valid = quiet.s_axi.w.valid = quiet.s_axi.ar.valid = false;
    quiet.m_axi.r.valid = quiet.m_axi.b.valid = false;
    gic500_drive(t.g, &quiet);
    uint64_t wake = gic500_wake(m_.get());
    uint64_t n = o.a[0] % 64u + 1u;
    n = n < wake ? n : wake;
    if (wake < UINT64_MAX && gic500_skip(t.g, wake + 1) != ITS_E_BUSY)
        throw violation("gic500_skip allows more than gic500_wake");
    for (uint64_t i = 0; i < n; i++)
        m_.edge(true);
    if (gic500_skip(t.g, n) != ITS_OK)
        throw violation("gic500_skip refuses what gic500_wake of a twin allows");
    same_state(t, m_.get(), "idle edges skipped or clocked");
}

/* Questions of hosts change nothing. The digest tells, when it is its turn. */
void program::op_ask(const op &o)
{
    gic500 *g = m_.get();
    bool digest = o.a[6] % 8u == 0;
    uint64_t before = digest ? gic500_digest(g) : 0;
    its_memory memory = m_.plain_memory();

    gic500_peek(g, its_frame(o.a[0] % 7u), o.a[1] & 7u, o.u16(2), o.a[4] % 10u);
    gic500_pending(g, o.a[1], intid(o.a[5]), &memory);
    gic500_pending(g, o.a[1] & 3u, o.u16(2), &memory);
    gic500_look(g);
    gic500_wake(g);
    if (digest && gic500_digest(g) != before)
        throw violation("a question changed the state");
}

void program::op_rewind_save()
{
    kept_.emplace();
    kept_->s = m_.s;
    m_.save(kept_->model);
}

void program::op_rewind_load()
{
    if (!kept_)
        return;
    m_.s = kept_->s;
    m_.load(kept_->model);
}

} // namespace fuzz
