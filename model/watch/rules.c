/* SPDX-License-Identifier: MIT */
#include "watch/rules.h"

#include <string.h>

#include "its/wires.h"

void its_rules_reset(its_rules *u, unsigned bus_bytes)
{
    memset(u, 0, sizeof *u);
    u->s_axi.place = ITS_AT_S_AXI;
    u->s_axi.bytes = (uint8_t)bus_bytes;
    u->m_axi.place = ITS_AT_M_AXI;
    u->m_axi.bytes = 8;
    u->off = true;
    u->m_axi.was_off = true;
}

void its_rules_edge(its_rules *u, uint64_t cycle, const its_axi *s_axi, const its_axi *m_axi,
                    bool resetn)
{
    u->log.cycle = cycle;
    if (s_axi)
        its_rules_axi_edge(&u->s_axi, &u->log, s_axi, resetn, u->off);
    if (m_axi)
        its_rules_axi_edge(&u->m_axi, &u->log, m_axi, resetn, u->off);
    if (!resetn)
        its_rules_off(u, true);
}

void its_rules_sink(void *rules, const its_event *event)
{
    its_rules *u = rules;
    u->log.cycle = event->cycle;
    if (event->kind == ITS_EV_STATE)
        its_rules_off(u, event->c == ITS_OFF);
    its_rules_order_event(&u->order, &u->log, event);
}

void its_rules_creadr(its_rules *u, uint32_t creadr)
{
    its_rules_order_creadr(&u->order, &u->log, creadr);
}

void its_rules_off(its_rules *u, bool off)
{
    u->off = off;
}
