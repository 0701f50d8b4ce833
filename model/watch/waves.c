/* SPDX-License-Identifier: MIT */
#include "watch/waves.h"

#include "arch/entry.h"

/* Their numbers in the file: they are declared first, in this order. */
enum {
    RESETN,
    ENABLED,
    QUIESCENT,
    DRAIN,
    CREADR,
    CWRITER,
    STALLED,
    MSI_QUEUE,
    TRANSLATIONS,
    DIRTY_DTE,
    DIRTY_ITE,
    DIRTY_CTE,
    READS_OWED,
    WRITES_OWED,
    IDLE,
    SIGNALS
};

static const struct {
    const char *name;
    unsigned width;
} signals[SIGNALS] = {
    [RESETN] = {"resetn", 1},
    [ENABLED] = {"gits_ctlr_enabled", 1},
    [QUIESCENT] = {"gits_ctlr_quiescent", 1},
    [DRAIN] = {"drain", 2},
    [CREADR] = {"gits_creadr", 20},
    [CWRITER] = {"gits_cwriter", 20},
    [STALLED] = {"stalled", 1},
    [MSI_QUEUE] = {"msi_queue", 8},
    [TRANSLATIONS] = {"translations", 8},
    [DIRTY_DTE] = {"dirty_dte", 16},
    [DIRTY_ITE] = {"dirty_ite", 16},
    [DIRTY_CTE] = {"dirty_cte", 16},
    [READS_OWED] = {"reads_owed", 8},
    [WRITES_OWED] = {"writes_owed", 8},
    [IDLE] = {"idle", 1},
};

/* A vector has at most 64 bits; its_vcd_signal() takes a width of 0 for no signal. */
static void declare_bits(its_vcd *u, unsigned signal[2], const char *low, const char *high,
                         unsigned bits)
{
    signal[0] = its_vcd_signal(u, low, bits < 64 ? bits : 64);
    signal[1] = its_vcd_signal(u, high, bits > 64 ? bits - 64 : 0);
}

void its_waves_open(its_waves *u, FILE *file, const its_profile *profile, uint64_t period_ps)
{
    its_vcd_open(&u->vcd, file, period_ps);
    its_vcd_scope(&u->vcd, "gic500");
    for (unsigned i = 0; i < SIGNALS; i++)
        its_vcd_signal(&u->vcd, signals[i].name, signals[i].width);
    declare_bits(&u->vcd, u->lpi, "lpi", "lpi_64_up", profile->redistributors);
    declare_bits(&u->vcd, u->wake, "wake_request", "wake_request_64_up", profile->redistributors);
    u->s_axi = its_vcd_port(&u->vcd, "s_axi", 8 * profile->bus_bytes);
    u->m_axi = its_vcd_port(&u->vcd, "m_axi", 64);
}

void its_waves_set(its_waves *u, const gic500_pins *pins, const gic500_status *status)
{
    const uint64_t values[SIGNALS] = {
        [RESETN] = pins->resetn,
        [ENABLED] = status->enabled,
        [QUIESCENT] = status->quiescent,
        [DRAIN] = status->drain,
        [CREADR] = status->creadr,
        [CWRITER] = status->cwriter,
        [STALLED] = status->stalled,
        [MSI_QUEUE] = status->msi_queue,
        [TRANSLATIONS] = status->translations,
        [DIRTY_DTE] = status->dirty[ITS_ENTRY_DTE],
        [DIRTY_ITE] = status->dirty[ITS_ENTRY_ITE],
        [DIRTY_CTE] = status->dirty[ITS_ENTRY_CTE],
        [READS_OWED] = status->reads_owed,
        [WRITES_OWED] = status->writes_owed,
        [IDLE] = status->idle,
    };
    its_vcd_cycle(&u->vcd, status->cycle);
    for (unsigned i = 0; i < SIGNALS; i++)
        its_vcd_set(&u->vcd, i, values[i]);
    for (unsigned i = 0; i < 2; i++) {
        its_vcd_set(&u->vcd, u->lpi[i], pins->lpi[i]);
        its_vcd_set(&u->vcd, u->wake[i], pins->wake_request[i]);
    }
    its_vcd_port_set(&u->vcd, u->s_axi, &pins->s_axi);
    its_vcd_port_set(&u->vcd, u->m_axi, &pins->m_axi);
}

void its_waves_close(its_waves *u, uint64_t cycle)
{
    its_vcd_close(&u->vcd, cycle);
}
