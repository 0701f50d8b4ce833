/* SPDX-License-Identifier: MIT */
/*
 * text.h - the text trace: one event, one line.
 *
 *   cycle unit KIND key=value ... [cmd=place | msi=number]
 *
 * Keys and formats come from wire/event.def. A line is a function of the event alone: no host
 * addresses, no wall time, so traces can be kept as golden files and compared with diff.
 */
#ifndef ITSIM_WATCH_TEXT_H
#define ITSIM_WATCH_TEXT_H

#include <stddef.h>

#include "wire/event.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes that hold every line, with its terminating zero. */
#define ITS_TEXT_BYTES 256u

/*
 * Writes the line (no newline, zero-terminated) to `text` and returns its length. A line longer
 * than bytes - 1 is cut; bytes 0 writes nothing and returns 0. Values outside their enumeration
 * print as "?" and the number. What the event does not know is left out: `device` of a write that
 * carried none (NO_DEVICE_ID), `op` of a command that could not be fetched (CMD_FAULT).
 */
size_t its_text_event(const its_event *event, char *text, size_t bytes);

/*
 * A sink for its_probe: `file` is a FILE * of the caller, which buffers. Write errors stay in the
 * stream: ask ferror() or the result of fclose().
 */
void its_text_sink(void *file, const its_event *event);

/* "MSI_SEND" and "xlat" for numbers of event.h; NULL outside the enumeration. */
const char *its_text_kind(unsigned kind);
const char *its_text_unit(unsigned unit);

#ifdef __cplusplus
}
#endif

#endif
