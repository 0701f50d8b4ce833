/* SPDX-License-Identifier: MIT */
/*
 * decide_walk.h - one question on its way to a verdict, and the checks that lead it there. Internal to
 * its_decide().
 *
 * A function that returns bool returns true when what its name says holds; when it returns false, the
 * verdict is written. What a translated MSI takes when everything is held stands here and is inlined:
 * it is the hot path, and to be one straight run. The rest is in decide_walk.c.
 */
#ifndef ITSIM_ARCH_DECIDE_WALK_H
#define ITSIM_ARCH_DECIDE_WALK_H

#include "arch/decide.h"
#include "arch/seldom.h"

#if defined(__GNUC__)
#define HOT __attribute__((always_inline)) static inline
#else
#define HOT static inline
#endif

typedef struct its_walk {
    const its_facts *facts;
    const its_profile *profile;
    const its_cmd *cmd;
    const its_operands *known;
    its_verdict *out;
    uint32_t event;
    bool msi;
} its_walk;

/* A collection in the part it plays for a command, with the errors it can cause there. */
typedef struct its_walk_collection {
    uint32_t icid;
    uint8_t entry;  /* operand */
    uint8_t level1; /* operand */
    uint8_t out_of_range;
    uint8_t unmapped;
    uint8_t no_target;
} its_walk_collection;

/* --- verdicts --------------------------------------------------------------------------------- */

/* An MSI is dropped for `drop`, a command is in error for `reason`. False. */
ITS_SELDOM
bool its_walk_fail(its_walk *w, its_drop drop, uint8_t reason);

/* The operand is to be looked up by key. False. */
bool its_walk_need(its_walk *w, its_operand operand, its_entry_kind what, uint32_t event);

/* The redistributor is told about the interrupt. */
static inline void send(its_walk *w, its_rd_message message, uint16_t rd, uint32_t intid)
{
    w->out->kind = ITS_VERDICT_DO;
    w->out->message = (uint8_t)message;
    w->out->rd = rd;
    w->out->intid = intid;
    w->out->device = w->cmd->device;
    w->out->event = w->event;
}

/* --- decide_walk.c: entries that are not held ------------------------------------------------- */

/* Where the DTE lies. A DTE that is held proves its level-1 entry, and was found without it. */
bool its_walk_dte_located(its_walk *w, uint64_t *address);
bool its_walk_dte_held(its_walk *w);

/* The DTE can be located, or an ITE of the device is known, which proves it. */
bool its_walk_device_located(its_walk *w);

/*
 * The ITE is asked for by key before anything else, as its address takes a DTE that a hit does not
 * need. True: the ITE or the DTE is held.
 */
bool its_walk_ite_or_dte_held(its_walk *w);

/* With the DTE held: the device is mapped and the event lies in its ITT. */
bool its_walk_event_in_itt(its_walk *w);

/* Asks for the ITE, the CTE, which is not held. False. */
bool its_walk_find_ite(its_walk *w);
bool its_walk_find_cte(its_walk *w, const its_walk_collection *c);

/*
 * Where the CTE lies; 0 for a hardware collection. Two-level: this is where a collection without a
 * valid level-1 entry turns out to be out of range, unless its CTE is held, which proves the entry.
 */
bool its_walk_cte_located(its_walk *w, const its_walk_collection *c, uint64_t *address);

/* --- devices and events ----------------------------------------------------------------------- */

HOT bool device_in_range(its_walk *w)
{
    const its_table *t = &w->facts->device;
    uint32_t device = w->cmd->device;
    if (t->valid && (uint64_t)device >> w->profile->devid_bits == 0 && device < t->entries)
        return true;
    return its_walk_fail(w, ITS_DROP_DEVICE_OOR, ITS_ERR_DEVICE_OOR);
}

/* Bits above eventid_bits lie in no ITT, whatever a DTE from spoilt memory says. */
HOT bool event_has_width(const its_walk *w)
{
    return (uint64_t)w->event >> w->profile->eventid_bits == 0;
}

static inline uint64_t ite_address(const its_walk *w)
{
    return w->known->value[ITS_OPERAND_DTE].address + (uint64_t)w->event * w->profile->ite_bytes;
}

/* An ITE that is held needs no check of its device: caches drop a device's lines on MAPD. */
HOT bool ite_held(its_walk *w)
{
    return w->known->state[ITS_OPERAND_ITE] == ITS_HELD || its_walk_find_ite(w);
}

HOT bool event_mapped(its_walk *w)
{
    if (!ite_held(w))
        return false;
    if (w->known->value[ITS_OPERAND_ITE].valid)
        return true;
    return its_walk_fail(w, ITS_DROP_EVENT_UNMAPPED, ITS_ERR_UNMAPPED_INTERRUPT);
}

/* --- collections ------------------------------------------------------------------------------ */

HOT bool collection_fits(its_walk *w, const its_walk_collection *c)
{
    const its_table *t = &w->facts->collection;
    uint64_t limit = w->profile->hcc;
    if (t->valid)
        limit = w->profile->cct ? limit + t->entries : t->entries;
    if (c->icid >> w->profile->icid_bits == 0 && c->icid < limit)
        return true;
    return its_walk_fail(w, ITS_DROP_COLLECTION_OOR, c->out_of_range);
}

HOT bool collection_mapped(its_walk *w, const its_walk_collection *c)
{
    const its_entry *cte = &w->known->value[c->entry];
    if (w->known->state[c->entry] != ITS_HELD)
        return its_walk_find_cte(w, c);
    if (!cte->valid)
        return its_walk_fail(w, ITS_DROP_COLLECTION_UNMAPPED, c->unmapped);
    if (cte->target >= w->profile->redistributors)
        return its_walk_fail(w, ITS_DROP_TARGET_OOR, c->no_target);
    return true;
}

/* The collection that a valid ITE names: whatever is wrong with it makes the ITE unusable. */
HOT bool event_routed(its_walk *w)
{
    its_walk_collection c = {w->known->value[ITS_OPERAND_ITE].target,
                             ITS_OPERAND_CTE,
                             ITS_OPERAND_COLLECTION_L1,
                             ITS_ERR_ITE_INVALID,
                             ITS_ERR_ITE_INVALID,
                             ITS_ERR_TGT_OOR};
    return collection_fits(w, &c) && collection_mapped(w, &c);
}

/* --- interrupts ------------------------------------------------------------------------------- */

/* INT, CLEAR, INV, DISCARD and MSIs: the interrupt of an event and the redistributor it goes to. */
HOT bool tell_target(its_walk *w, its_rd_message message)
{
    if (!device_in_range(w) || !event_mapped(w) || !event_routed(w))
        return false;
    send(w, message, w->known->value[ITS_OPERAND_CTE].target,
         w->known->value[ITS_OPERAND_ITE].intid);
    return true;
}

/* decide_commands.c: the verdict on a command. */
void its_walk_command(its_walk *w);

#endif
