/* SPDX-License-Identifier: MIT */
/*
 * waves.h - a waveform file of a gic500: resetn, both AXI ports, GITS_CTLR, the drain sequencer,
 * the command queue pointers, what is queued, under way, dirty or owed, and the interrupt outputs.
 *
 * After each gic500_drive() (inputs set too) call its_waves_set() with the pins and gic500_look();
 * edges that were skipped need no call.
 */
#ifndef ITSIM_WATCH_WAVES_H
#define ITSIM_WATCH_WAVES_H

#include "itsim/gic500.h"
#include "watch/vcd.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct its_waves {
    its_vcd vcd;
    its_vcd_axi s_axi;
    its_vcd_axi m_axi;
    unsigned lpi[2]; /* signals: redistributors 0 to 63, and those above if there are */
    unsigned wake[2];
} its_waves;

/* Begins the file; the stream stays the caller's. One cycle is `period_ps`. */
void its_waves_open(its_waves *u, FILE *file, const its_profile *profile, uint64_t period_ps);

void its_waves_set(its_waves *u, const gic500_pins *pins, const gic500_status *status);

/* Ends the file at this cycle. */
void its_waves_close(its_waves *u, uint64_t cycle);

#ifdef __cplusplus
}
#endif

#endif
