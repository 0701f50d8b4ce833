/* SPDX-License-Identifier: MIT */
#include "decide_world.h"

#include <sstream>

namespace decide_test {

its_entry dte(uint64_t itt, uint8_t size)
{
    its_entry e{};
    e.address = itt;
    e.size = size;
    e.valid = true;
    return e;
}

its_entry ite(uint32_t intid, uint16_t icid)
{
    its_entry e{};
    e.intid = intid;
    e.target = icid;
    e.valid = true;
    return e;
}

its_entry cte(uint16_t rd)
{
    its_entry e{};
    e.target = rd;
    e.valid = true;
    return e;
}

its_entry invalid()
{
    return its_entry{};
}

its_request raw(uint8_t opcode)
{
    its_request r{};
    r.cmd.opcode = opcode;
    return r;
}

its_request event_command(its_opcode opcode, uint32_t device, uint32_t event)
{
    its_request r = raw(opcode);
    r.cmd.device = device;
    r.cmd.event = event;
    return r;
}

its_request mapd(uint32_t device, uint8_t size, uint64_t itt, bool valid)
{
    its_request r = event_command(ITS_CMD_MAPD, device, 0);
    r.cmd.size = size;
    r.cmd.itt = itt;
    r.cmd.valid = valid;
    return r;
}

its_request mapc(uint16_t icid, uint64_t rdbase, bool valid)
{
    its_request r = raw(ITS_CMD_MAPC);
    r.cmd.icid = icid;
    r.cmd.rdbase = rdbase;
    r.cmd.valid = valid;
    return r;
}

its_request mapti(uint32_t device, uint32_t event, uint32_t intid, uint16_t icid)
{
    its_request r = event_command(ITS_CMD_MAPTI, device, event);
    r.cmd.intid = intid;
    r.cmd.icid = icid;
    return r;
}

its_request mapi(uint32_t device, uint32_t event, uint16_t icid)
{
    its_request r = event_command(ITS_CMD_MAPI, device, event);
    r.cmd.intid = event;
    r.cmd.icid = icid;
    return r;
}

its_request movi(uint32_t device, uint32_t event, uint16_t icid)
{
    its_request r = event_command(ITS_CMD_MOVI, device, event);
    r.cmd.icid = icid;
    return r;
}

its_request movall(uint64_t from, uint64_t to)
{
    its_request r = raw(ITS_CMD_MOVALL);
    r.cmd.rdbase = from;
    r.cmd.rdbase2 = to;
    return r;
}

its_request invall(uint16_t icid)
{
    its_request r = raw(ITS_CMD_INVALL);
    r.cmd.icid = icid;
    return r;
}

its_request sync(uint64_t rdbase)
{
    its_request r = raw(ITS_CMD_SYNC);
    r.cmd.rdbase = rdbase;
    return r;
}

its_request msi(uint32_t device, uint32_t event)
{
    its_request r{};
    r.msi = true;
    r.cmd.device = device;
    r.cmd.event = event;
    return r;
}

Expect done()
{
    return Expect{};
}

Expect error(uint32_t code)
{
    Expect e;
    e.kind = ITS_VERDICT_ERROR;
    e.code = code;
    return e;
}

Expect fault()
{
    Expect e;
    e.kind = ITS_VERDICT_FAULT;
    return e;
}

Expect drop(its_drop reason)
{
    Expect e;
    e.kind = ITS_VERDICT_DROP;
    e.drop = reason;
    return e;
}

Expect Expect::scans(its_scan how, uint32_t of_device) const
{
    Expect e = *this;
    e.scan = how;
    e.device = of_device;
    return e;
}

Expect Expect::sends(its_rd_message text, uint16_t to, uint32_t about, uint16_t second) const
{
    Expect e = *this;
    e.message = text;
    e.rd = to;
    e.intid = about;
    e.rd2 = second;
    return e;
}

Expect Expect::writes_dte(std::optional<uint64_t> at, uint32_t of_device, its_entry value) const
{
    Expect e = *this;
    e.write = true;
    e.what = ITS_ENTRY_DTE;
    e.address = at;
    e.device = of_device;
    e.entry = value;
    return e;
}

Expect Expect::writes_ite(std::optional<uint64_t> at, uint32_t of_device, uint32_t of_event,
                          its_entry value) const
{
    Expect e = writes_dte(at, of_device, value);
    e.what = ITS_ENTRY_ITE;
    e.event = of_event;
    return e;
}

Expect Expect::writes_cte(std::optional<uint64_t> at, uint16_t icid, its_entry value) const
{
    Expect e = writes_dte(at, 0, value);
    e.what = ITS_ENTRY_CTE;
    e.event = icid;
    return e;
}

static bool names_intid(unsigned message)
{
    return message == ITS_RD_SET || message == ITS_RD_CLEAR || message == ITS_RD_DISCARD ||
           message == ITS_RD_INV || message == ITS_RD_MOVE;
}

static bool names_second(unsigned message)
{
    return message == ITS_RD_MOVE || message == ITS_RD_MOVE_ALL;
}

static void describe_effects(std::ostringstream &text, const its_verdict &v)
{
    if (v.scan != ITS_SCAN_NONE)
        text << " scan " << unsigned(v.scan) << " of device 0x" << v.device;
    if (v.message != ITS_RD_NONE)
        text << " " << its_rd_message_name(its_rd_message(v.message)) << " to rd 0x" << v.rd;
    if (names_intid(v.message))
        text << " intid 0x" << v.intid;
    if (names_second(v.message))
        text << " second rd 0x" << v.rd2;
    if (!v.write)
        return;
    text << " write " << its_entry_name(its_entry_kind(v.what));
    if (v.what != ITS_ENTRY_CTE)
        text << " device 0x" << v.device;
    if (v.what != ITS_ENTRY_DTE)
        text << " event 0x" << v.event;
    text << " at 0x" << v.address << " valid " << v.entry.valid;
    if (v.entry.valid)
        text << " address 0x" << v.entry.address << " intid 0x" << v.entry.intid << " target 0x"
             << v.entry.target << " size 0x" << unsigned(v.entry.size);
}

std::string describe(const its_verdict &v)
{
    std::ostringstream text;
    char name[40];
    text << std::hex;
    switch (v.kind) {
    case ITS_VERDICT_NEED:
        text << "NEED operand " << unsigned(v.operand) << " ("
             << its_entry_name(its_entry_kind(v.what)) << ")";
        if (v.what == ITS_ENTRY_DEVICE_L1 || v.what == ITS_ENTRY_DTE || v.what == ITS_ENTRY_ITE)
            text << " device 0x" << v.device;
        if (v.what != ITS_ENTRY_DEVICE_L1 && v.what != ITS_ENTRY_DTE)
            text << " event 0x" << v.event;
        if (v.fetch)
            text << " at 0x" << v.address;
        break;
    case ITS_VERDICT_DO:
        text << "DO";
        describe_effects(text, v);
        break;
    case ITS_VERDICT_DROP:
        text << "DROP " << its_drop_name(its_drop(v.drop));
        break;
    case ITS_VERDICT_ERROR:
        its_error_name(v.code, name, sizeof name);
        text << "ERROR 0x" << v.code << " " << name;
        break;
    case ITS_VERDICT_FAULT:
        text << "FAULT";
        break;
    default:
        text << "kind " << unsigned(v.kind);
    }
    return text.str();
}

std::string difference(const Expect &e, const its_verdict &v)
{
    its_verdict want = v; /* keeps what is not compared */
    want.kind = uint8_t(e.kind);
    want.code = e.code;
    want.drop = uint8_t(e.drop);
    if (e.kind == ITS_VERDICT_DO) {
        want.scan = uint8_t(e.scan);
        want.message = uint8_t(e.message);
        want.intid = e.intid;
        want.rd = e.rd;
        want.rd2 = e.rd2;
        want.write = e.write;
        want.what = uint8_t(e.what);
        want.device = e.device;
        want.event = e.event;
        want.entry = e.entry;
        if (e.address)
            want.address = *e.address;
    }
    std::string expected = describe(want);
    std::string actual = describe(v);
    return expected == actual ? "" : "expected " + expected + "\n  but got " + actual;
}

} // namespace decide_test
