/* SPDX-License-Identifier: MIT */
#include "watch/vcd.h"

#include <inttypes.h>
#include <string.h>

#include "arch/bits.h"

void its_vcd_open(its_vcd *u, FILE *file, uint64_t period_ps)
{
    memset(u, 0, sizeof *u);
    u->file = file;
    u->period = period_ps ? period_ps : 1;
    fputs("$version itsim $end\n$timescale 1ps $end\n", file);
}

void its_vcd_scope(its_vcd *u, const char *name)
{
    if (u->declared)
        return;
    u->depth++;
    fprintf(u->file, "$scope module %s $end\n", name);
}

void its_vcd_upscope(its_vcd *u)
{
    if (u->declared || !u->depth)
        return;
    u->depth--;
    fputs("$upscope $end\n", u->file);
}

/* Identifier codes are one or two printable characters, '!' to '~'. */
static void put_code(its_vcd *u, unsigned signal)
{
    enum { FIRST = '!', CODES = '~' - '!' + 1 };
    if (signal >= CODES)
        putc(FIRST + (int)(signal / CODES) - 1, u->file);
    putc(FIRST + (int)(signal % CODES), u->file);
}

unsigned its_vcd_signal(its_vcd *u, const char *name, unsigned width)
{
    if (u->declared || u->count == ITS_VCD_SIGNALS || width < 1 || width > 64)
        return ITS_VCD_SIGNALS;
    unsigned signal = u->count++;
    u->width[signal] = (uint8_t)width;
    fprintf(u->file, "$var wire %u ", width);
    put_code(u, signal);
    if (width > 1)
        fprintf(u->file, " %s [%u:0] $end\n", name, width - 1);
    else
        fprintf(u->file, " %s $end\n", name);
    return signal;
}

void its_vcd_cycle(its_vcd *u, uint64_t cycle)
{
    if (!u->declared) {
        while (u->depth)
            its_vcd_upscope(u);
        fputs("$enddefinitions $end\n", u->file);
        u->declared = true;
        u->cycle = cycle;
    } else if (cycle > u->cycle) {
        u->cycle = cycle;
        u->time_written = false;
    }
}

static void put_time(its_vcd *u)
{
    if (u->time_written)
        return;
    fprintf(u->file, "#%" PRIu64 "\n", u->cycle * u->period);
    u->time_written = true;
}

/* Leading zeros are implied, so they are left out. */
static void put_vector(its_vcd *u, uint64_t value)
{
    char digits[66];
    unsigned n = sizeof digits;
    digits[--n] = ' ';
    do {
        digits[--n] = (char)('0' + (value & 1));
        value >>= 1;
    } while (value);
    putc('b', u->file);
    fwrite(digits + n, 1, sizeof digits - n, u->file);
}

void its_vcd_set(its_vcd *u, unsigned signal, uint64_t value)
{
    if (signal >= u->count || !u->declared)
        return;
    value &= its_mask(0, u->width[signal]);
    if (u->known[signal] && u->value[signal] == value)
        return;
    u->known[signal] = true;
    u->value[signal] = value;
    put_time(u);
    if (u->width[signal] > 1)
        put_vector(u, value);
    else
        putc('0' + (int)value, u->file);
    put_code(u, signal);
    putc('\n', u->file);
}

void its_vcd_close(its_vcd *u, uint64_t cycle)
{
    its_vcd_cycle(u, cycle);
    put_time(u);
}
