/* SPDX-License-Identifier: MIT */
#include "watch/text.h"

#include <stdio.h>

#include "arch/cmd.h"
#include "arch/decide.h"
#include "arch/map.h"
#include "its/wires.h"
#include "wire/rdmsg.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

static const struct {
    const char *kind;
    const char *key[3];
    char format[3];
} lines[ITS_EVENTS] = {
#define EVENT(kind, an, af, bn, bf, cn, cf, when)                                                  \
    [ITS_EV_##kind] = {#kind, {an, bn, cn}, {af, bf, cf}},
#include "wire/event.def"
#undef EVENT
};

static const char *const units[] = {
    [ITS_UNIT_SLV] = "slv",     [ITS_UNIT_REG] = "reg",   [ITS_UNIT_MSIQ] = "msiq",
    [ITS_UNIT_CMDF] = "cmdf",   [ITS_UNIT_CMDX] = "cmdx", [ITS_UNIT_XLAT] = "xlat",
    [ITS_UNIT_CACHE] = "cache", [ITS_UNIT_MST] = "mst",   [ITS_UNIT_RDLINK] = "rdlink",
    [ITS_UNIT_DRAIN] = "drain", [ITS_UNIT_GICR] = "gicr", [ITS_UNIT_GICD] = "gicd",
};

/* Entry kinds are the first bus clients, so this serves both. */
static const char *const clients[] = {
    [ITS_ENTRY_DEVICE_L1] = "DEVICE_L1",
    [ITS_ENTRY_COLLECTION_L1] = "COLLECTION_L1",
    [ITS_ENTRY_DTE] = "DTE",
    [ITS_ENTRY_ITE] = "ITE",
    [ITS_ENTRY_CTE] = "CTE",
    [ITS_CLIENT_QUEUE] = "QUEUE",
    [ITS_CLIENT_LPI_CONFIG] = "LPI_CONFIG",
    [ITS_CLIENT_LPI_PENDING] = "LPI_PENDING",
};

static const char *const frames[] = {
    [ITS_FRAME_GITS] = "GITS", [ITS_FRAME_TRANSLATION] = "TRANSLATION", [ITS_FRAME_GICD] = "GICD",
    [ITS_FRAME_GICR] = "GICR", [ITS_FRAME_GICR_SGI] = "GICR_SGI",       [ITS_FRAME_NONE] = "NONE",
};

static const char *const states[] = {
    [ITS_OFF] = "OFF",
    [ITS_ON] = "ON",
    [ITS_DRAIN] = "DRAIN",
    [ITS_WRITEBACK] = "WRITEBACK",
};

static const char *const queues[] = {
    [ITS_QUEUE_MSI] = "MSI",     [ITS_QUEUE_TRANSLATIONS] = "TRANSLATIONS",
    [ITS_QUEUE_READS] = "READS", [ITS_QUEUE_WRITE_BUFFER] = "WRITE_BUFFER",
    [ITS_QUEUE_RD] = "RD",
};

static const char *const messages[] = {
    [RD_SET] = "SET",   [RD_CLEAR] = "CLEAR",         [RD_DISCARD] = "DISCARD",
    [RD_INV] = "INV",   [RD_INVALL] = "INVALL",       [RD_SYNC] = "SYNC",
    [RD_TAKE] = "TAKE", [RD_HAND_OVER] = "HAND_OVER",
};

static const char *const outcomes[] = {
    [RD_DONE] = "DONE",     [RD_LPI_OFF] = "LPI_OFF",     [RD_INTID_OOR] = "INTID_OOR",
    [RD_ASLEEP] = "ASLEEP", [RD_NO_TARGET] = "NO_TARGET",
};

/* The printf family costs ten times as much, and a trace can have millions of lines. */
typedef struct cursor {
    char *at;
    char *end; /* the terminating zero goes here at the latest */
} cursor;

static void put_char(cursor *o, char c)
{
    if (o->at < o->end)
        *o->at++ = c;
}

static void put_text(cursor *o, const char *text)
{
    while (*text)
        put_char(o, *text++);
}

static void put_number(cursor *o, uint64_t v, unsigned base, unsigned least)
{
    char digits[20];
    unsigned n = 0;
    do {
        digits[n++] = "0123456789abcdef"[v % base];
        v /= base;
    } while (v || n < least);
    while (n)
        put_char(o, digits[--n]);
}

static void put_decimal(cursor *o, uint64_t v)
{
    put_number(o, v, 10, 1);
}

static void put_hex(cursor *o, uint64_t v)
{
    put_text(o, "0x");
    put_number(o, v, 16, 1);
}

static void put_key(cursor *o, const char *key)
{
    put_char(o, ' ');
    put_text(o, key);
    put_char(o, '=');
}

static void put_name(cursor *o, const char *const *names, size_t count, uint64_t v)
{
    if (v < count && names[v]) {
        put_text(o, names[v]);
    } else {
        put_char(o, '?');
        put_decimal(o, v);
    }
}

static void put_drop(cursor *o, uint64_t v)
{
    if (v < ITS_DROPS)
        put_text(o, its_drop_name((its_drop)v));
    else
        put_name(o, NULL, 0, v);
}

static void put_opcode(cursor *o, uint64_t v)
{
    if (v <= UINT8_MAX && its_cmd_known((uint8_t)v)) {
        put_text(o, its_cmd_name((uint8_t)v));
    } else {
        put_char(o, '?');
        put_hex(o, v);
    }
}

/* The number comes first: names of codes for unknown opcodes need not be unique. */
static void put_code(cursor *o, uint64_t v)
{
    char name[64];
    its_error_name((uint32_t)v, name, sizeof name);
    put_number(o, v, 16, 6);
    put_char(o, ':');
    put_text(o, name);
}

static void put_rd(cursor *o, uint64_t v)
{
    put_text(o, " rd=");
    put_decimal(o, (v >> 32) & 0xffffu);
}

static void put_lpi(cursor *o, uint64_t v)
{
    put_decimal(o, v & 0xffffffffu);
    put_rd(o, v);
    if (v & ITS_ACK_PENDING)
        put_text(o, " pending=1");
    if (v & ITS_ACK_MORE)
        put_text(o, " more=1");
}

static void put_value(cursor *o, char format, uint64_t v, const its_event *e)
{
    switch (format) {
    case 'X':
        put_hex(o, v);
        break;
    case 'D':
        put_decimal(o, v);
        break;
    case 'E':
    case 'B':
        put_name(o, clients, COUNT(clients), v);
        break;
    case 'R':
        put_drop(o, v);
        break;
    case 'C':
        put_code(o, v);
        break;
    case 'O':
        put_opcode(o, v);
        break;
    case 'M':
        put_name(o, messages, COUNT(messages), v);
        break;
    case 'A':
        put_name(o, outcomes, COUNT(outcomes), v);
        break;
    case 'S':
        put_name(o, states, COUNT(states), v);
        break;
    case 'F':
        put_name(o, frames, COUNT(frames), v);
        break;
    case 'Q':
        put_name(o, queues, COUNT(queues), v);
        break;
    case 'I':
        put_lpi(o, v);
        break;
    case 'G':
        put_hex(o, v & 0xffffffffu);
        if (e->c == ITS_FRAME_GICR || e->c == ITS_FRAME_GICR_SGI)
            put_rd(o, v);
        break;
    }
}

/* There is nothing to tell; a 0 would read as DeviceID 0, or as an opcode. */
static bool is_unknown(const its_event *e, unsigned field)
{
    if (e->kind == ITS_EV_MSI_DROP)
        return field == 0 && e->c == ITS_DROP_NO_DEVICE_ID;
    /* The packet could not be fetched. Opcode 0 is reserved and never gets as far as memory. */
    return e->kind == ITS_EV_CMD_FAULT && field == 2 && e->c == 0;
}

static void put_fields(cursor *o, const its_event *e)
{
    const uint64_t values[3] = {e->a, e->b, e->c};
    for (unsigned i = 0; i < 3; i++) {
        char format = lines[e->kind].format[i];
        if (format == '-' || is_unknown(e, i))
            continue;
        put_key(o, lines[e->kind].key[i]);
        put_value(o, format, values[i], e);
    }
}

static void put_ref(cursor *o, uint32_t ref)
{
    if (ref == ITS_REF_NONE)
        return;
    put_key(o, ref & ITS_REF_CMD ? "cmd" : "msi");
    put_decimal(o, ref & ~ITS_REF_CMD);
}

size_t its_text_event(const its_event *event, char *text, size_t bytes)
{
    if (!bytes)
        return 0;
    cursor o = {text, text + bytes - 1};
    put_decimal(&o, event->cycle);
    put_char(&o, ' ');
    put_name(&o, units, COUNT(units), event->unit);
    put_char(&o, ' ');
    if (event->kind < ITS_EVENTS) {
        put_text(&o, lines[event->kind].kind);
        put_fields(&o, event);
    } else {
        put_name(&o, NULL, 0, event->kind);
    }
    put_ref(&o, event->ref);
    *o.at = '\0';
    return (size_t)(o.at - text);
}

void its_text_sink(void *file, const its_event *event)
{
    char line[ITS_TEXT_BYTES];
    size_t length = its_text_event(event, line, sizeof line - 1);
    line[length] = '\n';
    fwrite(line, 1, length + 1, file);
}

const char *its_text_kind(unsigned kind)
{
    return kind < ITS_EVENTS ? lines[kind].kind : NULL;
}

const char *its_text_unit(unsigned unit)
{
    return unit < COUNT(units) ? units[unit] : NULL;
}
