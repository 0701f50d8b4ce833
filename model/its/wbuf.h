/* SPDX-License-Identifier: MIT */
/*
 * wbuf.h - write buffer: lines on their way to memory.
 *
 * A line stays until its write response has come, and every lookup and fetch looks here first, so
 * memory that is behind is never believed. Entries are kept in order of arrival; writes to one
 * address go out in that order, one at a time. Plain data structure; store.c gives it time.
 */
#ifndef ITSIM_ITS_WBUF_H
#define ITSIM_ITS_WBUF_H

#include "its/wires.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ITS_WBUF_MAX 16u

typedef struct its_wbuf_line {
    its_name name;
    its_entry value;
    uint32_t ref;
    uint8_t id;        /* AXI ID while issued */
    bool issued;       /* on the bus: waiting for the response */
    uint8_t unused[2]; /* states compare as bytes: no padding */
} its_wbuf_line;

typedef struct its_wbuf {
    its_wbuf_line line[ITS_WBUF_MAX]; /* oldest first */
    uint8_t used;
} its_wbuf;

/* Appends a line; the caller has checked that used is below the profile's write_buffer. */
void its_wbuf_push(its_wbuf *u, const its_name *name, const its_entry *value, uint32_t ref);

/* Newest line of this name, or NULL. */
const its_wbuf_line *its_wbuf_find(const its_wbuf *u, const its_name *name);

/* Does a waiting line touch any of these bytes? Lines are at most 8 bytes. */
bool its_wbuf_overlaps(const its_wbuf *u, uint64_t address, unsigned bytes);

/* Is an event of this device waiting? */
bool its_wbuf_has_events(const its_wbuf *u, uint32_t device);

/* Oldest line that may be issued now (no older line for the same place is waiting), or NULL. */
its_wbuf_line *its_wbuf_next(its_wbuf *u);

/* The issued line with this AXI ID, or NULL. */
its_wbuf_line *its_wbuf_issued(its_wbuf *u, uint8_t id);

/* Removes a line. */
void its_wbuf_remove(its_wbuf *u, its_wbuf_line *line);

#ifdef __cplusplus
}
#endif

#endif
