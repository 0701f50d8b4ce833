/* SPDX-License-Identifier: MIT */
/* wbuf.c - write buffer. */
#include "its/wbuf.h"

#include <string.h>

void its_wbuf_push(its_wbuf *u, const its_name *name, const its_entry *value, uint32_t ref)
{
    u->line[u->used++] = (its_wbuf_line){.name = *name, .value = *value, .ref = ref};
}

const its_wbuf_line *its_wbuf_find(const its_wbuf *u, const its_name *name)
{
    for (unsigned i = u->used; i-- > 0;)
        if (its_same_name(&u->line[i].name, name))
            return &u->line[i];
    return NULL;
}

static bool overlaps(const its_wbuf_line *l, uint64_t address, unsigned bytes)
{
    return l->name.address < address + bytes && address < l->name.address + 8u;
}

bool its_wbuf_overlaps(const its_wbuf *u, uint64_t address, unsigned bytes)
{
    for (unsigned i = 0; i < u->used; i++)
        if (overlaps(&u->line[i], address, bytes))
            return true;
    return false;
}

bool its_wbuf_has_events(const its_wbuf *u, uint32_t device)
{
    for (unsigned i = 0; i < u->used; i++)
        if (u->line[i].name.what == ITS_ENTRY_ITE && u->line[i].name.device == device)
            return true;
    return false;
}

its_wbuf_line *its_wbuf_next(its_wbuf *u)
{
    for (unsigned i = 0; i < u->used; i++) {
        bool older = false;
        if (u->line[i].issued)
            continue;
        for (unsigned k = 0; k < i && !older; k++)
            older = u->line[k].name.address == u->line[i].name.address;
        if (!older)
            return &u->line[i];
    }
    return NULL;
}

its_wbuf_line *its_wbuf_issued(its_wbuf *u, uint8_t id)
{
    for (unsigned i = 0; i < u->used; i++)
        if (u->line[i].issued && u->line[i].id == id)
            return &u->line[i];
    return NULL;
}

void its_wbuf_remove(its_wbuf *u, its_wbuf_line *line)
{
    size_t after = (size_t)(&u->line[u->used] - (line + 1));
    memmove(line, line + 1, after * sizeof *line);
    u->used--;
    u->line[u->used] = (its_wbuf_line){.issued = false};
}
