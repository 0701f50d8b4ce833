/* SPDX-License-Identifier: MIT */
/*
 * What commands mean, and their errors. Checks stand in the order of the architecture's pseudocode
 * (IHI 0069, chapter "ITS commands"), except that ranges known without memory come before the first
 * lookup.
 */
#include "arch/bits.h"
#include "arch/decide_walk.h"

#define FIRST_LPI 8192u

/* The compiler is not to put the commands into the way of a translated MSI. */
#if defined(__GNUC__)
#define APART __attribute__((noinline))
#else
#define APART
#endif

static void write_entry(its_walk *w, its_entry_kind what, uint32_t event, uint64_t address,
                        const its_entry *entry)
{
    w->out->kind = ITS_VERDICT_DO;
    w->out->write = true;
    w->out->what = (uint8_t)what;
    w->out->device = w->cmd->device;
    w->out->event = event;
    w->out->address = address;
    w->out->entry = *entry;
}

/* The collection that the command names. */
static its_walk_collection named_collection(const its_walk *w)
{
    return (its_walk_collection){w->cmd->icid,
                                 ITS_OPERAND_CTE,
                                 ITS_OPERAND_COLLECTION_L1,
                                 ITS_ERR_COLLECTION_OOR,
                                 ITS_ERR_UNMAPPED_COLLECTION,
                                 ITS_ERR_TGT_OOR};
}

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

static void do_mapd(its_walk *w)
{
    const its_cmd *cmd = w->cmd;
    uint64_t address;
    its_entry dte = {0};

    if (!device_in_range(w) || !its_walk_dte_located(w, &address))
        return;
    if (cmd->valid) {
        if (cmd->size >= w->profile->eventid_bits) {
            its_walk_fail(w, ITS_DROP_NONE, ITS_ERR_ITTSIZE_OOR);
            return;
        }
        dte.valid = true;
        dte.size = cmd->size;
        dte.address = cmd->itt & its_mask(8, w->profile->pa_bits - 8u);
    }
    /* The old ITT still belongs to the ITS when the device is mapped anew, so what only a cache
     * knows goes there; after V=0 software may free it. */
    w->out->scan = cmd->valid ? ITS_SCAN_WRITE_BACK : ITS_SCAN_DROP;
    write_entry(w, ITS_ENTRY_DTE, 0, address, &dte);
}

static void do_mapc(its_walk *w)
{
    its_walk_collection c = named_collection(w);
    uint64_t address;
    its_entry cte = {.valid = w->cmd->valid};

    if (!collection_fits(w, &c) || !its_walk_cte_located(w, &c, &address))
        return;
    if (w->cmd->valid && !find_target(w->profile, w->cmd->rdbase, &cte.target)) {
        its_walk_fail(w, ITS_DROP_NONE, ITS_ERR_PROCNUM_OOR);
        return;
    }
    if (w->profile->table_layout && cte.valid)
        cte.intid = c.icid;
    write_entry(w, ITS_ENTRY_CTE, c.icid, address, &cte);
}

/* The event is not mapped yet, or the profile lets MAPTI overwrite it. */
static bool event_may_be_mapped(its_walk *w)
{
    if (w->profile->mapti_mapped == 0)
        return true;
    if (!ite_held(w))
        return false;
    if (!w->known->value[ITS_OPERAND_ITE].valid)
        return true;
    if (w->profile->mapti_mapped == 2)
        return its_walk_fail(w, ITS_DROP_NONE, ITS_ERR_MAPTI_MAPPED);
    w->out->kind = ITS_VERDICT_DO; /* the old mapping stays: nothing to do */
    return false;
}

static void do_mapti(its_walk *w)
{
    its_walk_collection c = named_collection(w);
    uint64_t cte, dte;
    uint32_t intid = w->cmd->intid;
    its_entry ite = {.valid = true, .intid = intid, .target = w->cmd->icid};

    /* The collection must exist, but need not be mapped yet. */
    if (!device_in_range(w) || !its_walk_dte_located(w, &dte) || !collection_fits(w, &c) ||
        !its_walk_dte_held(w) || !its_walk_cte_located(w, &c, &cte) || !its_walk_event_in_itt(w))
        return;
    if (intid < FIRST_LPI || intid >> w->profile->intid_bits != 0) {
        its_walk_fail(w, ITS_DROP_NONE, ITS_ERR_PHYSICALID_OOR);
        return;
    }
    if (event_may_be_mapped(w))
        write_entry(w, ITS_ENTRY_ITE, w->event, ite_address(w), &ite);
}

static void do_movi(its_walk *w)
{
    uint64_t cte;
    its_walk_collection to = named_collection(w);
    to.entry = ITS_OPERAND_CTE2;
    to.level1 = ITS_OPERAND_COLLECTION_L12;
    to.no_target = ITS_ERR_DST_TGT_OOR;

    if (!device_in_range(w) || !its_walk_device_located(w) || !collection_fits(w, &to) ||
        !its_walk_ite_or_dte_held(w) || !its_walk_cte_located(w, &to, &cte) || !event_mapped(w))
        return;

    its_entry ite = w->known->value[ITS_OPERAND_ITE];
    its_walk_collection from = named_collection(w);
    from.icid = ite.target;
    from.out_of_range = ITS_ERR_UNMAPPED_COLLECTION;
    if (!collection_fits(w, &from) || !collection_mapped(w, &from) || !collection_mapped(w, &to))
        return;

    uint16_t rd = w->known->value[ITS_OPERAND_CTE].target;
    uint16_t rd2 = w->known->value[ITS_OPERAND_CTE2].target;
    if (rd != rd2) {
        send(w, ITS_RD_MOVE, rd, ite.intid);
        w->out->rd2 = rd2;
    }
    ite.target = w->cmd->icid;
    write_entry(w, ITS_ENTRY_ITE, w->event, w->known->address[ITS_OPERAND_ITE], &ite);
}

static void do_movall(its_walk *w)
{
    uint16_t rd, rd2;
    if (!find_target(w->profile, w->cmd->rdbase, &rd)) {
        its_walk_fail(w, ITS_DROP_NONE, ITS_ERR_TGT_OOR);
        return;
    }
    if (!find_target(w->profile, w->cmd->rdbase2, &rd2)) {
        its_walk_fail(w, ITS_DROP_NONE, ITS_ERR_DST_TGT_OOR);
        return;
    }
    w->out->kind = ITS_VERDICT_DO;
    if (rd != rd2) {
        send(w, ITS_RD_MOVE_ALL, rd, 0);
        w->out->rd2 = rd2;
    }
}

/* tell_target() is inlined where it stands: once is enough for commands. */
static bool tell(its_walk *w, its_rd_message message)
{
    return tell_target(w, message);
}

static void do_discard(its_walk *w)
{
    static const its_entry unmapped = {0};
    if (tell(w, ITS_RD_DISCARD))
        write_entry(w, ITS_ENTRY_ITE, w->event, w->known->address[ITS_OPERAND_ITE], &unmapped);
}

static void do_invall(its_walk *w)
{
    its_walk_collection c = named_collection(w);
    if (collection_fits(w, &c) && collection_mapped(w, &c))
        send(w, ITS_RD_INVALL, w->known->value[ITS_OPERAND_CTE].target, 0);
}

static void do_sync(its_walk *w)
{
    uint16_t rd;
    if (find_target(w->profile, w->cmd->rdbase, &rd))
        send(w, ITS_RD_SYNC, rd, 0);
    else
        its_walk_fail(w, ITS_DROP_NONE, ITS_ERR_TGT_OOR);
}

APART void its_walk_command(its_walk *w)
{
    switch (w->cmd->opcode) {
    case ITS_CMD_MOVI:
        do_movi(w);
        break;
    case ITS_CMD_INT:
        tell(w, ITS_RD_SET);
        break;
    case ITS_CMD_CLEAR:
        tell(w, ITS_RD_CLEAR);
        break;
    case ITS_CMD_SYNC:
        do_sync(w);
        break;
    case ITS_CMD_MAPD:
        do_mapd(w);
        break;
    case ITS_CMD_MAPC:
        do_mapc(w);
        break;
    case ITS_CMD_MAPTI:
    case ITS_CMD_MAPI:
        do_mapti(w);
        break;
    case ITS_CMD_INV:
        tell(w, ITS_RD_INV);
        break;
    case ITS_CMD_INVALL:
        do_invall(w);
        break;
    case ITS_CMD_MOVALL:
        do_movall(w);
        break;
    case ITS_CMD_DISCARD:
        do_discard(w);
        break;
    default:
        its_walk_fail(w, ITS_DROP_NONE, ITS_ERR_UNSUPPORTED);
        break;
    }
}

/* --- errors, and what a command holds up ------------------------------------------------------ */

uint32_t its_error_code(uint8_t opcode, uint8_t reason)
{
    /* Every published list gives CLEAR (04) the command byte 05. */
    uint32_t command = opcode == ITS_CMD_CLEAR ? 0x05 : opcode;
    return UINT32_C(0x010000) | command << 8 | reason;
}

bool its_command_stalls(const its_profile *profile, const its_verdict *verdict)
{
    uint8_t reason = (uint8_t)verdict->code;

    if (verdict->kind == ITS_VERDICT_FAULT)
        return profile->table_error == 1;
    if (profile->command_error == 2)
        return (reason & 0xf0u) != 0x20;
    return profile->command_error == 1;
}

uint8_t its_command_report(uint8_t opcode)
{
    return opcode == ITS_CMD_INT ? ITS_REPORT_TRANSLATION : ITS_REPORT_COMMAND;
}

its_hold_kind its_cmd_holds(uint8_t opcode)
{
    switch (opcode) {
    case ITS_CMD_MAPD:
        return ITS_HOLD_DEVICE;
    case ITS_CMD_MAPTI:
    case ITS_CMD_MAPI:
    case ITS_CMD_MOVI:
    case ITS_CMD_DISCARD:
        return ITS_HOLD_EVENT;
    case ITS_CMD_MAPC:
        return ITS_HOLD_COLLECTION;
    default:
        return ITS_HOLD_NONE;
    }
}
