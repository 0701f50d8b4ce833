/* SPDX-License-Identifier: MIT */
#include "decide_world.h"

#include <sstream>

namespace decide_test {

static const its_entry_kind KIND_OF[ITS_OPERANDS] = {
    ITS_ENTRY_DEVICE_L1, ITS_ENTRY_DTE,           ITS_ENTRY_ITE,          ITS_ENTRY_CTE,
    ITS_ENTRY_CTE,       ITS_ENTRY_COLLECTION_L1, ITS_ENTRY_COLLECTION_L1};

static uint32_t event_of(const its_facts &facts, const its_request &rq)
{
    if (rq.msi && facts.profile->eventid_wide && facts.profile->eventid_bits < 32)
        return rq.cmd.event & ((UINT32_C(1) << facts.profile->eventid_bits) - 1);
    return rq.cmd.event;
}

static bool device_in_range(const its_facts &facts, uint32_t device)
{
    return facts.device.valid && uint64_t(device) >> facts.profile->devid_bits == 0 &&
           device < facts.device.entries;
}

static bool collection_in_range(const its_facts &facts, uint32_t icid)
{
    const its_profile &p = *facts.profile;
    uint64_t total = p.hcc;
    if (facts.collection.valid)
        total = p.cct ? p.hcc + facts.collection.entries : facts.collection.entries;
    return uint64_t(icid) >> p.icid_bits == 0 && icid < total;
}

static const char *need_rule(const its_facts &facts, const its_request &rq,
                             const its_operands &known, const its_verdict &v)
{
    if (v.operand >= ITS_OPERANDS)
        return "needs no such operand";
    if (known.state[v.operand] == ITS_HELD || known.state[v.operand] == ITS_FAULT)
        return "needs what is known";
    if (known.state[v.operand] == ITS_MISSED && !v.fetch)
        return "needs what was missed, but not its address";
    if (v.what != KIND_OF[v.operand])
        return "entry kind does not belong to the operand";
    if (v.what == ITS_ENTRY_DEVICE_L1 || v.what == ITS_ENTRY_DTE || v.what == ITS_ENTRY_ITE) {
        if (v.device != rq.cmd.device)
            return "needs an entry of another device";
        if (v.what == ITS_ENTRY_ITE && v.event != event_of(facts, rq))
            return "needs an entry of another event";
        return device_in_range(facts, rq.cmd.device) ? "" : "needs a device out of range";
    }
    if (!collection_in_range(facts, v.event))
        return "needs a collection out of range";
    if (v.fetch && its_collection_in_hardware(&facts, v.event))
        return "fetches a hardware collection";
    return "";
}

static bool may_send(const its_request &rq, unsigned message)
{
    if (rq.msi)
        return message == ITS_RD_SET;
    switch (rq.cmd.opcode) {
    case ITS_CMD_MOVI:
        return message == ITS_RD_NONE || message == ITS_RD_MOVE;
    case ITS_CMD_INT:
        return message == ITS_RD_SET;
    case ITS_CMD_CLEAR:
        return message == ITS_RD_CLEAR;
    case ITS_CMD_SYNC:
        return message == ITS_RD_SYNC;
    case ITS_CMD_INV:
        return message == ITS_RD_INV;
    case ITS_CMD_INVALL:
        return message == ITS_RD_INVALL;
    case ITS_CMD_MOVALL:
        return message == ITS_RD_NONE || message == ITS_RD_MOVE_ALL;
    case ITS_CMD_DISCARD:
        return message == ITS_RD_DISCARD;
    default:
        return message == ITS_RD_NONE;
    }
}

/* The kind of entry a command may write; ITS_ENTRY_KINDS: none. */
static its_entry_kind written_by(const its_request &rq)
{
    if (rq.msi)
        return ITS_ENTRY_KINDS;
    switch (rq.cmd.opcode) {
    case ITS_CMD_MAPD:
        return ITS_ENTRY_DTE;
    case ITS_CMD_MAPC:
        return ITS_ENTRY_CTE;
    case ITS_CMD_MAPTI:
    case ITS_CMD_MAPI:
    case ITS_CMD_MOVI:
    case ITS_CMD_DISCARD:
        return ITS_ENTRY_ITE;
    default:
        return ITS_ENTRY_KINDS;
    }
}

static const char *write_rule(const its_facts &facts, const its_request &rq, const its_verdict &v)
{
    const its_profile &p = *facts.profile;
    if (written_by(rq) == ITS_ENTRY_KINDS || v.what != written_by(rq))
        return "writes an entry that is none of its business";
    if (v.what == ITS_ENTRY_CTE) {
        if (v.event != rq.cmd.icid)
            return "writes another collection";
        if (v.entry.valid && v.entry.target >= p.redistributors)
            return "maps a collection to no redistributor";
        if (v.entry.valid && p.table_layout && v.entry.intid != rq.cmd.icid)
            return "a collection in KVM's format has lost its ICID";
        return v.entry.valid == rq.cmd.valid ? "" : "the V bit is lost";
    }
    if (v.device != rq.cmd.device)
        return "writes an entry of another device";
    if (v.what == ITS_ENTRY_DTE) {
        if (v.entry.valid && v.entry.size >= p.eventid_bits)
            return "maps a device with too many events";
        return v.entry.valid == rq.cmd.valid ? "" : "the V bit is lost";
    }
    if (v.event != rq.cmd.event)
        return "writes another event";
    if (v.entry.valid == (rq.cmd.opcode == ITS_CMD_DISCARD))
        return "leaves the event in the wrong state";
    if (v.entry.valid && v.entry.target != rq.cmd.icid)
        return "maps an event to another collection";
    if (v.entry.valid && rq.cmd.opcode != ITS_CMD_MOVI &&
        (v.entry.intid < 8192 || v.entry.intid >> p.intid_bits))
        return "maps an event out of the LPI range";
    return "";
}

static const char *do_rule(const its_facts &facts, const its_request &rq, const its_verdict &v)
{
    uint32_t rds = facts.profile->redistributors;
    if (v.message > ITS_RD_MOVE_ALL || !may_send(rq, v.message))
        return "sends a message that is none of its business";
    if (v.message != ITS_RD_NONE && v.rd >= rds)
        return "sends to no redistributor";
    if ((v.message == ITS_RD_MOVE || v.message == ITS_RD_MOVE_ALL) && v.rd2 >= rds)
        return "moves to no redistributor";
    if ((v.message == ITS_RD_MOVE || v.message == ITS_RD_MOVE_ALL) && v.rd2 == v.rd)
        return "moves from a redistributor to itself";
    if (v.scan > ITS_SCAN_WRITE_BACK)
        return "no such scan";
    bool is_mapd = !rq.msi && rq.cmd.opcode == ITS_CMD_MAPD;
    if (v.scan != (!is_mapd ? ITS_SCAN_NONE : rq.cmd.valid ? ITS_SCAN_WRITE_BACK : ITS_SCAN_DROP))
        return "scan does not belong to the request";
    if (v.scan != ITS_SCAN_NONE && v.device != rq.cmd.device)
        return "scans another device";
    return v.write ? write_rule(facts, rq, v) : "";
}

static bool reason_of(uint8_t opcode, unsigned reason)
{
    static const std::map<uint8_t, std::set<unsigned>> REASONS = {
        {ITS_CMD_MOVI, {1, 3, 4, 5, 7, 9, 0x10, 0x20, 0x21}},
        {ITS_CMD_INT, {1, 4, 5, 7, 0x10, 0x20}},
        {ITS_CMD_CLEAR, {1, 4, 5, 7, 0x10, 0x20}},
        {ITS_CMD_SYNC, {0x20}},
        {ITS_CMD_MAPD, {1, 2}},
        {ITS_CMD_MAPC, {2, 3}},
        {ITS_CMD_MAPTI, {1, 3, 4, 5, 6, 8}},
        {ITS_CMD_MAPI, {1, 3, 4, 5, 6, 8}},
        {ITS_CMD_INV, {1, 4, 5, 7, 0x10, 0x20}},
        {ITS_CMD_INVALL, {3, 9, 0x20}},
        {ITS_CMD_MOVALL, {0x20, 0x21}},
        {ITS_CMD_DISCARD, {1, 4, 5, 7, 0x10, 0x20}},
    };
    auto row = REASONS.find(opcode);
    return row == REASONS.end() ? reason == ITS_ERR_UNSUPPORTED : row->second.count(reason) != 0;
}

static const char *error_rule(const its_request &rq, const its_verdict &v)
{
    /* CLEAR reports itself as 05: GIC-600AE TRM and the Linux headers. */
    unsigned command = rq.cmd.opcode == ITS_CMD_CLEAR ? 0x05 : rq.cmd.opcode;
    if (rq.msi)
        return "an MSI in error";
    if (v.code >> 16 != 0x01 || (v.code >> 8 & 0xff) != command)
        return "error code of another command";
    return reason_of(rq.cmd.opcode, v.code & 0xff) ? "" : "no such reason for this command";
}

static bool any_fault(const its_operands &known)
{
    for (unsigned i = 0; i < ITS_OPERANDS; i++)
        if (known.state[i] == ITS_FAULT)
            return true;
    return false;
}

static const char *rule(const its_facts &facts, const its_request &rq, const its_operands &known,
                        const its_verdict &v)
{
    switch (v.kind) {
    case ITS_VERDICT_NEED:
        return need_rule(facts, rq, known, v);
    case ITS_VERDICT_DO:
        return do_rule(facts, rq, v);
    case ITS_VERDICT_DROP:
        if (!rq.msi || v.drop == ITS_DROP_NONE || v.drop > ITS_DROP_TABLE_FAULT)
            return "no such drop";
        return v.drop != ITS_DROP_TABLE_FAULT || any_fault(known) ? "" : "a fault nobody saw";
    case ITS_VERDICT_ERROR:
        return error_rule(rq, v);
    case ITS_VERDICT_FAULT:
        if (rq.msi || v.operand >= ITS_OPERANDS || known.state[v.operand] != ITS_FAULT)
            return "a fault nobody saw";
        return "";
    default:
        return "no such verdict";
    }
}

std::string broken_rule(const its_facts &facts, const its_request &request,
                        const its_operands &known, const its_verdict &verdict)
{
    std::string text = rule(facts, request, known, verdict);
    return text.empty() ? text : text + ": " + describe(verdict);
}

} // namespace decide_test
