/* SPDX-License-Identifier: MIT */
/*
 * vcd.h - writes waveforms as Value Change Dump (IEEE 1364, clause "Value change dump files").
 *
 *   its_vcd_open(&vcd, file, 1000);          // one cycle is 1000 ps
 *   its_vcd_scope(&vcd, "its");
 *   unsigned ready = its_vcd_signal(&vcd, "ready", 1);
 *   its_vcd_upscope(&vcd);
 *   its_vcd_cycle(&vcd, 0);                  // ends the declarations
 *   its_vcd_set(&vcd, ready, 1);
 *   its_vcd_close(&vcd, 100);
 *
 * Only values that change are written, and no date, so equal runs give equal files. The stream
 * stays the caller's, who buffers it, asks ferror() and closes it.
 */
#ifndef ITSIM_WATCH_VCD_H
#define ITSIM_WATCH_VCD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "wire/axi.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { ITS_VCD_SIGNALS = 256 };

typedef struct its_vcd {
    FILE *file;
    uint64_t period; /* ps a cycle */
    uint64_t cycle;  /* of the changes being set */
    uint64_t value[ITS_VCD_SIGNALS];
    uint8_t width[ITS_VCD_SIGNALS];
    bool known[ITS_VCD_SIGNALS]; /* written at least once */
    unsigned count;
    unsigned depth;    /* open scopes */
    bool declared;     /* declarations are over */
    bool time_written; /* the time of `cycle` is in the file */
} its_vcd;

/* Begins a file. `period_ps` 0 counts as 1. */
void its_vcd_open(its_vcd *u, FILE *file, uint64_t period_ps);

/* Names must be free of white space. Without effect once the declarations are over. */
void its_vcd_scope(its_vcd *u, const char *name);
void its_vcd_upscope(its_vcd *u);

/*
 * Declares a signal of 1..64 bits in the open scope and returns its number. ITS_VCD_SIGNALS (a
 * number its_vcd_set() ignores) when the table is full, the width is another or the declarations
 * are over.
 */
unsigned its_vcd_signal(its_vcd *u, const char *name, unsigned width);

/* Values set from now on belong to this cycle. Time does not run backwards: a smaller one is
 * ignored. */
void its_vcd_cycle(its_vcd *u, uint64_t cycle);

/* Writes the value if it is new; bits above the width are cut. Without effect before
 * its_vcd_cycle(). */
void its_vcd_set(its_vcd *u, unsigned signal, uint64_t value);

/* Ends the file at this cycle, so that viewers show the last values that long. */
void its_vcd_close(its_vcd *u, uint64_t cycle);

/* --- AXI ports
 * --------------------------------------------------------------------------------- */

/* The signals of one AXI port: valid, ready, address, ID, data, ... of five channels. */
typedef struct its_vcd_axi {
    unsigned first; /* number of its first signal */
} its_vcd_axi;

/* Declares them in a scope of this name; data_bits 32 or 64. */
its_vcd_axi its_vcd_port(its_vcd *u, const char *name, unsigned data_bits);

/* Sets them from the wires. Payloads are followed only while valid: they mean nothing otherwise. */
void its_vcd_port_set(its_vcd *u, its_vcd_axi signals, const its_axi *port);

#ifdef __cplusplus
}
#endif

#endif
