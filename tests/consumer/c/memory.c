/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include <string.h>

/* The 8 bytes around an address, NULL outside. Whole words: so each byte is on its lane. */
static const uint8_t *word(const struct memory *m, uint64_t address)
{
    uint64_t offset = (address - MEMORY_BASE) & ~UINT64_C(7);
    return offset < sizeof m->bytes ? m->bytes + offset : NULL;
}

void memory_drive(const struct memory *m, its_axi *port)
{
    const uint8_t *from = word(m, m->ar.addr + ((uint64_t)m->beat << m->ar.size));
    port->ar.ready = !m->reading;
    port->r.valid = m->reading;
    port->r.d = (its_axi_r){.id = m->ar.id, .last = m->beat == m->ar.len};
    if (from)
        memcpy(&port->r.d.data, from, 8); /* on a little-endian host */
    else
        port->r.d.resp = ITS_AXI_DECERR;
    port->aw.ready = !m->have_aw;
    port->w.ready = !m->have_w;
    port->b.valid = m->answering;
    port->b.d =
        (its_axi_b){.id = m->aw.id, .resp = word(m, m->aw.addr) ? ITS_AXI_OKAY : ITS_AXI_DECERR};
}

void memory_clock(struct memory *m, const its_axi *port)
{
    if (its_fire(&port->r))
        m->reading = m->beat++ != m->ar.len;
    if (its_fire(&port->ar)) {
        m->ar = port->ar.d;
        m->beat = 0;
        m->reading = true;
    }
    if (its_fire(&port->aw)) {
        m->aw = port->aw.d;
        m->have_aw = true;
    }
    if (its_fire(&port->w)) {
        m->w = port->w.d;
        m->have_w = true;
    }
    if (its_fire(&port->b)) {
        m->answering = m->have_aw = m->have_w = false;
    } else if (m->have_aw && m->have_w && !m->answering) {
        uint8_t *to = (uint8_t *)word(m, m->aw.addr);
        for (unsigned i = 0; to && i < 8; i++)
            if (m->w.strb >> i & 1)
                to[i] = (uint8_t)(m->w.data >> 8 * i);
        m->answering = true;
    }
}
