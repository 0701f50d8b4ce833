/* SPDX-License-Identifier: MIT */
/* Where entries lie, and what must be known first to find out. */
#include "arch/decide_walk.h"

/* --- verdicts --------------------------------------------------------------------------------- */

bool its_walk_fail(its_walk *w, its_drop drop, uint8_t reason)
{
    if (w->msi) {
        w->out->kind = ITS_VERDICT_DROP;
        w->out->drop = (uint8_t)drop;
    } else {
        w->out->kind = ITS_VERDICT_ERROR;
        w->out->code = its_error_code(w->cmd->opcode, reason);
    }
    return false;
}

static bool fault(its_walk *w, its_operand operand)
{
    w->out->kind = w->msi ? ITS_VERDICT_DROP : ITS_VERDICT_FAULT;
    w->out->drop = w->msi ? ITS_DROP_TABLE_FAULT : ITS_DROP_NONE;
    w->out->operand = (uint8_t)operand;
    w->out->address = w->known->address[operand];
    return false;
}

bool its_walk_need(its_walk *w, its_operand operand, its_entry_kind what, uint32_t event)
{
    w->out->kind = ITS_VERDICT_NEED;
    w->out->operand = (uint8_t)operand;
    w->out->what = (uint8_t)what;
    w->out->event = event;
    if (what == ITS_ENTRY_DEVICE_L1 || what == ITS_ENTRY_DTE || what == ITS_ENTRY_ITE)
        w->out->device = w->cmd->device;
    return false;
}

static bool need_at(its_walk *w, its_operand operand, its_entry_kind what, uint32_t event,
                    uint64_t address)
{
    w->out->fetch = true;
    w->out->address = address;
    return its_walk_need(w, operand, what, event);
}

/* --- devices and events ----------------------------------------------------------------------- */

bool its_walk_dte_located(its_walk *w, uint64_t *address)
{
    const its_table *t = &w->facts->device;
    uint32_t device = w->cmd->device;

    if (w->known->state[ITS_OPERAND_DTE] == ITS_HELD) {
        *address = w->known->address[ITS_OPERAND_DTE];
        return true;
    }
    if (!t->indirect) {
        *address = t->base + (uint64_t)device * t->stride;
        return true;
    }
    if (w->known->state[ITS_OPERAND_DTE] == ITS_UNASKED)
        return its_walk_need(w, ITS_OPERAND_DTE, ITS_ENTRY_DTE, 0);

    const its_entry *level1 = &w->known->value[ITS_OPERAND_DEVICE_L1];
    switch (w->known->state[ITS_OPERAND_DEVICE_L1]) {
    case ITS_HELD:
        if (!level1->valid)
            return its_walk_fail(w, ITS_DROP_DEVICE_OOR, ITS_ERR_DEVICE_OOR);
        *address = its_table_page(t, level1->address) + device % t->per_page * t->stride;
        return true;
    case ITS_FAULT:
        return fault(w, ITS_OPERAND_DEVICE_L1);
    default:
        return need_at(w, ITS_OPERAND_DEVICE_L1, ITS_ENTRY_DEVICE_L1, 0,
                       t->base + device / t->per_page * 8u);
    }
}

bool its_walk_dte_held(its_walk *w)
{
    uint64_t address;
    switch (w->known->state[ITS_OPERAND_DTE]) {
    case ITS_HELD:
        return true;
    case ITS_FAULT:
        return fault(w, ITS_OPERAND_DTE);
    default:
        return its_walk_dte_located(w, &address) &&
               need_at(w, ITS_OPERAND_DTE, ITS_ENTRY_DTE, 0, address);
    }
}

bool its_walk_ite_or_dte_held(its_walk *w)
{
    uint8_t ite = w->known->state[ITS_OPERAND_ITE];
    if (ite == ITS_HELD)
        return true;
    if (ite == ITS_FAULT)
        return fault(w, ITS_OPERAND_ITE);
    if (ite == ITS_UNASKED && w->known->state[ITS_OPERAND_DTE] == ITS_UNASKED && event_has_width(w))
        return its_walk_need(w, ITS_OPERAND_ITE, ITS_ENTRY_ITE, w->event);
    return its_walk_dte_held(w);
}

bool its_walk_device_located(its_walk *w)
{
    uint64_t address;
    uint8_t ite = w->known->state[ITS_OPERAND_ITE];
    if (ite == ITS_HELD || ite == ITS_FAULT)
        return true;
    if (ite == ITS_UNASKED && w->known->state[ITS_OPERAND_DTE] == ITS_UNASKED && event_has_width(w))
        return its_walk_need(w, ITS_OPERAND_ITE, ITS_ENTRY_ITE, w->event);
    return its_walk_dte_located(w, &address);
}

bool its_walk_event_in_itt(its_walk *w)
{
    const its_entry *dte = &w->known->value[ITS_OPERAND_DTE];
    if (!dte->valid)
        return its_walk_fail(w, ITS_DROP_DEVICE_UNMAPPED, ITS_ERR_UNMAPPED_DEVICE);
    if (!event_has_width(w) || (uint64_t)w->event >> (dte->size + 1u) != 0)
        return its_walk_fail(w, ITS_DROP_EVENT_OOR, ITS_ERR_ID_OOR);
    return true;
}

bool its_walk_find_ite(its_walk *w)
{
    return its_walk_ite_or_dte_held(w) && its_walk_event_in_itt(w) &&
           need_at(w, ITS_OPERAND_ITE, ITS_ENTRY_ITE, w->event, ite_address(w));
}

/* --- collections ------------------------------------------------------------------------------ */

bool its_walk_cte_located(its_walk *w, const its_walk_collection *c, uint64_t *address)
{
    const its_table *t = &w->facts->collection;
    uint32_t index = c->icid - (w->profile->cct ? w->profile->hcc : 0);

    if (its_collection_in_hardware(w->facts, c->icid)) {
        *address = 0;
        return true;
    }
    if (!t->indirect) {
        *address = t->base + (uint64_t)index * t->stride;
        return true;
    }
    if (w->known->state[c->entry] == ITS_HELD) {
        *address = w->known->address[c->entry];
        return true;
    }
    if (w->known->state[c->entry] == ITS_UNASKED)
        return its_walk_need(w, (its_operand)c->entry, ITS_ENTRY_CTE, c->icid);

    const its_entry *level1 = &w->known->value[c->level1];
    switch (w->known->state[c->level1]) {
    case ITS_HELD:
        if (!level1->valid)
            return its_walk_fail(w, ITS_DROP_COLLECTION_OOR, c->out_of_range);
        *address = its_table_page(t, level1->address) + index % t->per_page * t->stride;
        return true;
    case ITS_FAULT:
        return fault(w, (its_operand)c->level1);
    default:
        return need_at(w, (its_operand)c->level1, ITS_ENTRY_COLLECTION_L1, c->icid,
                       t->base + index / t->per_page * 8u);
    }
}

bool its_walk_find_cte(its_walk *w, const its_walk_collection *c)
{
    uint64_t address;
    if (w->known->state[c->entry] == ITS_FAULT)
        return fault(w, (its_operand)c->entry);
    if (its_collection_in_hardware(w->facts, c->icid))
        return its_walk_need(w, (its_operand)c->entry, ITS_ENTRY_CTE, c->icid);
    return its_walk_cte_located(w, c, &address) &&
           need_at(w, (its_operand)c->entry, ITS_ENTRY_CTE, c->icid, address);
}
