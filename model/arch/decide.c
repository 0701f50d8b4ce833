/* SPDX-License-Identifier: MIT */
/*
 * Checks stand in the order of the architecture's pseudocode (IHI 0069, chapter "ITS commands"),
 * except that ranges known without memory come before the first lookup. A function that returns
 * bool returns true when what its name says holds; when it returns false, the verdict is written.
 */
#include "arch/decide.h"

#include "arch/bits.h"

#define FIRST_LPI 8192u

/* A translated MSI is the hot path: it is to be one straight run, apart from the commands. */
#if defined(__GNUC__)
#define HOT __attribute__((always_inline)) static inline
#define APART __attribute__((noinline)) static
#else
#define HOT static inline
#define APART static
#endif

typedef struct {
    const its_facts *facts;
    const its_profile *profile;
    const its_cmd *cmd;
    const its_operands *known;
    its_verdict *out;
    uint32_t event;
    bool msi;
} ask;

/* A collection in the part it plays for a command, with the errors it can cause there. */
typedef struct {
    uint32_t icid;
    uint8_t entry;  /* operand */
    uint8_t level1; /* operand */
    uint8_t out_of_range;
    uint8_t unmapped;
    uint8_t no_target;
} collection;

/* --- verdicts --------------------------------------------------------------------------------- */

static bool fail(ask *a, its_drop drop, uint8_t reason)
{
    if (a->msi) {
        a->out->kind = ITS_VERDICT_DROP;
        a->out->drop = (uint8_t)drop;
    } else {
        a->out->kind = ITS_VERDICT_ERROR;
        a->out->code = its_error_code(a->cmd->opcode, reason);
    }
    return false;
}

static bool fault(ask *a, its_operand operand)
{
    a->out->kind = a->msi ? ITS_VERDICT_DROP : ITS_VERDICT_FAULT;
    a->out->drop = a->msi ? ITS_DROP_TABLE_FAULT : ITS_DROP_NONE;
    a->out->operand = (uint8_t)operand;
    a->out->address = a->known->address[operand];
    return false;
}

static bool need(ask *a, its_operand operand, its_entry_kind what, uint32_t event)
{
    a->out->kind = ITS_VERDICT_NEED;
    a->out->operand = (uint8_t)operand;
    a->out->what = (uint8_t)what;
    a->out->event = event;
    if (what == ITS_ENTRY_DEVICE_L1 || what == ITS_ENTRY_DTE || what == ITS_ENTRY_ITE)
        a->out->device = a->cmd->device;
    return false;
}

static bool need_at(ask *a, its_operand operand, its_entry_kind what, uint32_t event,
                    uint64_t address)
{
    a->out->fetch = true;
    a->out->address = address;
    return need(a, operand, what, event);
}

static void send(ask *a, its_rd_message message, uint16_t rd, uint32_t intid)
{
    a->out->kind = ITS_VERDICT_DO;
    a->out->message = (uint8_t)message;
    a->out->rd = rd;
    a->out->intid = intid;
    a->out->device = a->cmd->device;
    a->out->event = a->event;
}

static void write_entry(ask *a, its_entry_kind what, uint32_t event, uint64_t address,
                        const its_entry *entry)
{
    a->out->kind = ITS_VERDICT_DO;
    a->out->write = true;
    a->out->what = (uint8_t)what;
    a->out->device = a->cmd->device;
    a->out->event = event;
    a->out->address = address;
    a->out->entry = *entry;
}

/* --- devices and events ----------------------------------------------------------------------- */

HOT bool device_in_range(ask *a)
{
    const its_table *t = &a->facts->device;
    uint32_t device = a->cmd->device;
    if (t->valid && (uint64_t)device >> a->profile->devid_bits == 0 && device < t->entries)
        return true;
    return fail(a, ITS_DROP_DEVICE_OOR, ITS_ERR_DEVICE_OOR);
}

/* Where the DTE lies. A DTE that is held proves its level-1 entry, and was found without it. */
static bool dte_located(ask *a, uint64_t *address)
{
    const its_table *t = &a->facts->device;
    uint32_t device = a->cmd->device;

    if (a->known->state[ITS_OPERAND_DTE] == ITS_HELD) {
        *address = a->known->address[ITS_OPERAND_DTE];
        return true;
    }
    if (!t->indirect) {
        *address = t->base + (uint64_t)device * t->stride;
        return true;
    }
    if (a->known->state[ITS_OPERAND_DTE] == ITS_UNASKED)
        return need(a, ITS_OPERAND_DTE, ITS_ENTRY_DTE, 0);

    const its_entry *level1 = &a->known->value[ITS_OPERAND_DEVICE_L1];
    switch (a->known->state[ITS_OPERAND_DEVICE_L1]) {
    case ITS_HELD:
        if (!level1->valid)
            return fail(a, ITS_DROP_DEVICE_OOR, ITS_ERR_DEVICE_OOR);
        *address = its_table_page(t, level1->address) + device % t->per_page * t->stride;
        return true;
    case ITS_FAULT:
        return fault(a, ITS_OPERAND_DEVICE_L1);
    default:
        return need_at(a, ITS_OPERAND_DEVICE_L1, ITS_ENTRY_DEVICE_L1, 0,
                       t->base + device / t->per_page * 8u);
    }
}

static bool dte_held(ask *a)
{
    uint64_t address;
    switch (a->known->state[ITS_OPERAND_DTE]) {
    case ITS_HELD:
        return true;
    case ITS_FAULT:
        return fault(a, ITS_OPERAND_DTE);
    default:
        return dte_located(a, &address) && need_at(a, ITS_OPERAND_DTE, ITS_ENTRY_DTE, 0, address);
    }
}

/* Bits above eventid_bits lie in no ITT, whatever a DTE from spoilt memory says. */
HOT bool event_has_width(const ask *a)
{
    return (uint64_t)a->event >> a->profile->eventid_bits == 0;
}

/*
 * The ITE is asked for by key before anything else, as its address takes a DTE that a hit does not
 * need. True: the ITE or the DTE is held.
 */
static bool ite_or_dte_held(ask *a)
{
    uint8_t ite = a->known->state[ITS_OPERAND_ITE];
    if (ite == ITS_HELD)
        return true;
    if (ite == ITS_FAULT)
        return fault(a, ITS_OPERAND_ITE);
    if (ite == ITS_UNASKED && a->known->state[ITS_OPERAND_DTE] == ITS_UNASKED && event_has_width(a))
        return need(a, ITS_OPERAND_ITE, ITS_ENTRY_ITE, a->event);
    return dte_held(a);
}

/* The DTE can be located, or an ITE of the device is known, which proves it. */
static bool device_located(ask *a)
{
    uint64_t address;
    uint8_t ite = a->known->state[ITS_OPERAND_ITE];
    if (ite == ITS_HELD || ite == ITS_FAULT)
        return true;
    if (ite == ITS_UNASKED && a->known->state[ITS_OPERAND_DTE] == ITS_UNASKED && event_has_width(a))
        return need(a, ITS_OPERAND_ITE, ITS_ENTRY_ITE, a->event);
    return dte_located(a, &address);
}

/* With the DTE held: the device is mapped and the event lies in its ITT. */
static bool event_in_itt(ask *a)
{
    const its_entry *dte = &a->known->value[ITS_OPERAND_DTE];
    if (!dte->valid)
        return fail(a, ITS_DROP_DEVICE_UNMAPPED, ITS_ERR_UNMAPPED_DEVICE);
    if (!event_has_width(a) || (uint64_t)a->event >> (dte->size + 1u) != 0)
        return fail(a, ITS_DROP_EVENT_OOR, ITS_ERR_ID_OOR);
    return true;
}

static uint64_t ite_address(const ask *a)
{
    return a->known->value[ITS_OPERAND_DTE].address + (uint64_t)a->event * a->profile->ite_bytes;
}

/* Not held: find out where it lies. */
static bool find_ite(ask *a)
{
    return ite_or_dte_held(a) && event_in_itt(a) &&
           need_at(a, ITS_OPERAND_ITE, ITS_ENTRY_ITE, a->event, ite_address(a));
}

/* An ITE that is held needs no check of its device: caches drop a device's lines on MAPD. */
HOT bool ite_held(ask *a)
{
    return a->known->state[ITS_OPERAND_ITE] == ITS_HELD || find_ite(a);
}

HOT bool event_mapped(ask *a)
{
    if (!ite_held(a))
        return false;
    if (a->known->value[ITS_OPERAND_ITE].valid)
        return true;
    return fail(a, ITS_DROP_EVENT_UNMAPPED, ITS_ERR_UNMAPPED_INTERRUPT);
}

/* --- collections ------------------------------------------------------------------------------ */

HOT bool collection_fits(ask *a, const collection *c)
{
    const its_table *t = &a->facts->collection;
    uint64_t limit = a->profile->hcc;
    if (t->valid)
        limit = a->profile->cct ? limit + t->entries : t->entries;
    if (c->icid >> a->profile->icid_bits == 0 && c->icid < limit)
        return true;
    return fail(a, ITS_DROP_COLLECTION_OOR, c->out_of_range);
}

/*
 * Where the CTE lies; 0 for a hardware collection. Two-level: this is where a collection without a
 * valid level-1 entry turns out to be out of range, unless its CTE is held, which proves the entry.
 */
static bool cte_located(ask *a, const collection *c, uint64_t *address)
{
    const its_table *t = &a->facts->collection;
    uint32_t index = c->icid - (a->profile->cct ? a->profile->hcc : 0);

    if (its_collection_in_hardware(a->facts, c->icid)) {
        *address = 0;
        return true;
    }
    if (!t->indirect) {
        *address = t->base + (uint64_t)index * t->stride;
        return true;
    }
    if (a->known->state[c->entry] == ITS_HELD) {
        *address = a->known->address[c->entry];
        return true;
    }
    if (a->known->state[c->entry] == ITS_UNASKED)
        return need(a, (its_operand)c->entry, ITS_ENTRY_CTE, c->icid);

    const its_entry *level1 = &a->known->value[c->level1];
    switch (a->known->state[c->level1]) {
    case ITS_HELD:
        if (!level1->valid)
            return fail(a, ITS_DROP_COLLECTION_OOR, c->out_of_range);
        *address = its_table_page(t, level1->address) + index % t->per_page * t->stride;
        return true;
    case ITS_FAULT:
        return fault(a, (its_operand)c->level1);
    default:
        return need_at(a, (its_operand)c->level1, ITS_ENTRY_COLLECTION_L1, c->icid,
                       t->base + index / t->per_page * 8u);
    }
}

/* Not held: find out where it lies. */
static bool find_cte(ask *a, const collection *c)
{
    uint64_t address;
    if (a->known->state[c->entry] == ITS_FAULT)
        return fault(a, (its_operand)c->entry);
    if (its_collection_in_hardware(a->facts, c->icid))
        return need(a, (its_operand)c->entry, ITS_ENTRY_CTE, c->icid);
    return cte_located(a, c, &address) &&
           need_at(a, (its_operand)c->entry, ITS_ENTRY_CTE, c->icid, address);
}

HOT bool collection_mapped(ask *a, const collection *c)
{
    const its_entry *cte = &a->known->value[c->entry];
    if (a->known->state[c->entry] != ITS_HELD)
        return find_cte(a, c);
    if (!cte->valid)
        return fail(a, ITS_DROP_COLLECTION_UNMAPPED, c->unmapped);
    if (cte->target >= a->profile->redistributors)
        return fail(a, ITS_DROP_TARGET_OOR, c->no_target);
    return true;
}

/* The collection that the command names. */
static collection named_collection(const ask *a)
{
    return (collection){a->cmd->icid,
                        ITS_OPERAND_CTE,
                        ITS_OPERAND_COLLECTION_L1,
                        ITS_ERR_COLLECTION_OOR,
                        ITS_ERR_UNMAPPED_COLLECTION,
                        ITS_ERR_TGT_OOR};
}

/* The collection that a valid ITE names: whatever is wrong with it makes the ITE unusable. */
HOT bool event_routed(ask *a)
{
    collection c = {a->known->value[ITS_OPERAND_ITE].target,
                    ITS_OPERAND_CTE,
                    ITS_OPERAND_COLLECTION_L1,
                    ITS_ERR_ITE_INVALID,
                    ITS_ERR_ITE_INVALID,
                    ITS_ERR_TGT_OOR};
    return collection_fits(a, &c) && collection_mapped(a, &c);
}

/* --- redistributors --------------------------------------------------------------------------- */

/* RDbase of a command to a redistributor number; false when there is none such. */
static bool find_target(const its_profile *p, uint64_t rdbase, uint16_t *rd)
{
    uint64_t number = rdbase & 0xffffu; /* [51:32] of the doubleword are RES0 with PTA 0 */
    if (p->pta) {
        if (rdbase < p->rd_base || (rdbase - p->rd_base) % p->rd_stride != 0)
            return false;
        number = (rdbase - p->rd_base) / p->rd_stride;
    }
    *rd = (uint16_t)number;
    return number < p->redistributors;
}

/* --- one function a command ------------------------------------------------------------------- */

static void do_mapd(ask *a)
{
    const its_cmd *cmd = a->cmd;
    uint64_t address;
    its_entry dte = {0};

    if (!device_in_range(a) || !dte_located(a, &address))
        return;
    if (cmd->valid) {
        if (cmd->size >= a->profile->eventid_bits) {
            fail(a, ITS_DROP_NONE, ITS_ERR_ITTSIZE_OOR);
            return;
        }
        dte.valid = true;
        dte.size = cmd->size;
        dte.address = cmd->itt & its_mask(8, a->profile->pa_bits - 8u);
    }
    /* The old ITT still belongs to the ITS when the device is mapped anew, so what only a cache
     * knows goes there; after V=0 software may free it. */
    a->out->scan = cmd->valid ? ITS_SCAN_WRITE_BACK : ITS_SCAN_DROP;
    write_entry(a, ITS_ENTRY_DTE, 0, address, &dte);
}

static void do_mapc(ask *a)
{
    collection c = named_collection(a);
    uint64_t address;
    its_entry cte = {.valid = a->cmd->valid};

    if (!collection_fits(a, &c) || !cte_located(a, &c, &address))
        return;
    if (a->cmd->valid && !find_target(a->profile, a->cmd->rdbase, &cte.target)) {
        fail(a, ITS_DROP_NONE, ITS_ERR_PROCNUM_OOR);
        return;
    }
    if (a->profile->table_layout && cte.valid)
        cte.intid = c.icid;
    write_entry(a, ITS_ENTRY_CTE, c.icid, address, &cte);
}

/* The event is not mapped yet, or the profile lets MAPTI overwrite it. */
static bool event_may_be_mapped(ask *a)
{
    if (a->profile->mapti_mapped == 0)
        return true;
    if (!ite_held(a))
        return false;
    if (!a->known->value[ITS_OPERAND_ITE].valid)
        return true;
    if (a->profile->mapti_mapped == 2)
        return fail(a, ITS_DROP_NONE, ITS_ERR_MAPTI_MAPPED);
    a->out->kind = ITS_VERDICT_DO; /* the old mapping stays: nothing to do */
    return false;
}

static void do_mapti(ask *a)
{
    collection c = named_collection(a);
    uint64_t cte, dte;
    uint32_t intid = a->cmd->intid;
    its_entry ite = {.valid = true, .intid = intid, .target = a->cmd->icid};

    /* The collection must exist, but need not be mapped yet. */
    if (!device_in_range(a) || !dte_located(a, &dte) || !collection_fits(a, &c) || !dte_held(a) ||
        !cte_located(a, &c, &cte) || !event_in_itt(a))
        return;
    if (intid < FIRST_LPI || intid >> a->profile->intid_bits != 0) {
        fail(a, ITS_DROP_NONE, ITS_ERR_PHYSICALID_OOR);
        return;
    }
    if (event_may_be_mapped(a))
        write_entry(a, ITS_ENTRY_ITE, a->event, ite_address(a), &ite);
}

static void do_movi(ask *a)
{
    uint64_t cte;
    collection to = named_collection(a);
    to.entry = ITS_OPERAND_CTE2;
    to.level1 = ITS_OPERAND_COLLECTION_L12;
    to.no_target = ITS_ERR_DST_TGT_OOR;

    if (!device_in_range(a) || !device_located(a) || !collection_fits(a, &to) ||
        !ite_or_dte_held(a) || !cte_located(a, &to, &cte) || !event_mapped(a))
        return;

    its_entry ite = a->known->value[ITS_OPERAND_ITE];
    collection from = named_collection(a);
    from.icid = ite.target;
    from.out_of_range = ITS_ERR_UNMAPPED_COLLECTION;
    if (!collection_fits(a, &from) || !collection_mapped(a, &from) || !collection_mapped(a, &to))
        return;

    uint16_t rd = a->known->value[ITS_OPERAND_CTE].target;
    uint16_t rd2 = a->known->value[ITS_OPERAND_CTE2].target;
    if (rd != rd2) {
        send(a, ITS_RD_MOVE, rd, ite.intid);
        a->out->rd2 = rd2;
    }
    ite.target = a->cmd->icid;
    write_entry(a, ITS_ENTRY_ITE, a->event, a->known->address[ITS_OPERAND_ITE], &ite);
}

static void do_movall(ask *a)
{
    uint16_t rd, rd2;
    if (!find_target(a->profile, a->cmd->rdbase, &rd)) {
        fail(a, ITS_DROP_NONE, ITS_ERR_TGT_OOR);
        return;
    }
    if (!find_target(a->profile, a->cmd->rdbase2, &rd2)) {
        fail(a, ITS_DROP_NONE, ITS_ERR_DST_TGT_OOR);
        return;
    }
    a->out->kind = ITS_VERDICT_DO;
    if (rd != rd2) {
        send(a, ITS_RD_MOVE_ALL, rd, 0);
        a->out->rd2 = rd2;
    }
}

/* INT, CLEAR, INV, DISCARD and MSIs: the interrupt of an event and the redistributor it goes to. */
HOT bool tell_target(ask *a, its_rd_message message)
{
    if (!device_in_range(a) || !event_mapped(a) || !event_routed(a))
        return false;
    send(a, message, a->known->value[ITS_OPERAND_CTE].target,
         a->known->value[ITS_OPERAND_ITE].intid);
    return true;
}

static bool tell(ask *a, its_rd_message message)
{
    return tell_target(a, message);
}

static void do_discard(ask *a)
{
    static const its_entry unmapped = {0};
    if (tell(a, ITS_RD_DISCARD))
        write_entry(a, ITS_ENTRY_ITE, a->event, a->known->address[ITS_OPERAND_ITE], &unmapped);
}

static void do_invall(ask *a)
{
    collection c = named_collection(a);
    if (collection_fits(a, &c) && collection_mapped(a, &c))
        send(a, ITS_RD_INVALL, a->known->value[ITS_OPERAND_CTE].target, 0);
}

static void do_sync(ask *a)
{
    uint16_t rd;
    if (find_target(a->profile, a->cmd->rdbase, &rd))
        send(a, ITS_RD_SYNC, rd, 0);
    else
        fail(a, ITS_DROP_NONE, ITS_ERR_TGT_OOR);
}

static void do_msi(ask *a)
{
    if (!a->facts->device.valid || (!a->facts->collection.valid && !a->profile->hcc)) {
        fail(a, ITS_DROP_BASE_INVALID, 0);
        return;
    }
    a->event = its_msi_event(a->profile, a->event);
    if (event_has_width(a))
        tell_target(a, ITS_RD_SET);
    else
        fail(a, ITS_DROP_EVENT_WIDE, 0);
}

APART void do_command(ask *a)
{
    switch (a->cmd->opcode) {
    case ITS_CMD_MOVI:
        do_movi(a);
        break;
    case ITS_CMD_INT:
        tell(a, ITS_RD_SET);
        break;
    case ITS_CMD_CLEAR:
        tell(a, ITS_RD_CLEAR);
        break;
    case ITS_CMD_SYNC:
        do_sync(a);
        break;
    case ITS_CMD_MAPD:
        do_mapd(a);
        break;
    case ITS_CMD_MAPC:
        do_mapc(a);
        break;
    case ITS_CMD_MAPTI:
    case ITS_CMD_MAPI:
        do_mapti(a);
        break;
    case ITS_CMD_INV:
        tell(a, ITS_RD_INV);
        break;
    case ITS_CMD_INVALL:
        do_invall(a);
        break;
    case ITS_CMD_MOVALL:
        do_movall(a);
        break;
    case ITS_CMD_DISCARD:
        do_discard(a);
        break;
    default:
        fail(a, ITS_DROP_NONE, ITS_ERR_UNSUPPORTED);
        break;
    }
}

void its_decide(const its_facts *facts, const its_request *rq, const its_operands *known,
                its_verdict *out)
{
    ask a = {facts, facts->profile, &rq->cmd, known, out, rq->cmd.event, rq->msi};

    *out = (its_verdict){0};
    if (rq->msi)
        do_msi(&a);
    else
        do_command(&a);
}
