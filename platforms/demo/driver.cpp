// SPDX-License-Identifier: MIT
// driver.cpp - see the header. Register names and bits: Arm GIC Architecture Specification (IHI 0069).
#include "driver.h"

#include "arch/bits.h"

namespace demo {

namespace {

constexpr replay::reg gits_ctlr{ITS_FRAME_GITS, 0x0000};
constexpr replay::reg gits_cbaser{ITS_FRAME_GITS, 0x0080};
constexpr replay::reg gits_cwriter{ITS_FRAME_GITS, 0x0088};
constexpr replay::reg gits_creadr{ITS_FRAME_GITS, 0x0090};
constexpr replay::reg gits_baser0{ITS_FRAME_GITS, 0x0100};
constexpr replay::reg gicd_ctlr{ITS_FRAME_GICD, 0x0000};
constexpr uint32_t quiescent = UINT32_C(1) << 31;
constexpr unsigned polls = 100000;

replay::reg gicr(unsigned rd, uint32_t offset)
{
    return {ITS_FRAME_GICR, offset, rd};
}

its_cmd command(its_opcode op)
{
    its_cmd c{};
    c.opcode = static_cast<uint8_t>(op);
    return c;
}

} // namespace

void driver::put(const its_cmd &c)
{
    queued_.push_back(c);
}

void driver::mapd(uint32_t device, unsigned event_bits, uint64_t itt)
{
    its_cmd c = command(ITS_CMD_MAPD);
    c.device = device;
    c.size = static_cast<uint8_t>(event_bits - 1);
    c.itt = itt;
    c.valid = true;
    put(c);
}

void driver::mapti(uint32_t device, uint32_t event, uint32_t intid, uint16_t icid)
{
    its_cmd c = command(ITS_CMD_MAPTI);
    c.device = device;
    c.event = event;
    c.intid = intid;
    c.icid = icid;
    put(c);
}

void driver::mapc(uint16_t icid, unsigned rd)
{
    its_cmd c = command(ITS_CMD_MAPC);
    c.icid = icid;
    c.rdbase = rd;
    c.valid = true;
    put(c);
}

void driver::inv(uint32_t device, uint32_t event)
{
    its_cmd c = command(ITS_CMD_INV);
    c.device = device;
    c.event = event;
    put(c);
}

void driver::invall(uint16_t icid)
{
    its_cmd c = command(ITS_CMD_INVALL);
    c.icid = icid;
    put(c);
}

void driver::sync(unsigned rd)
{
    its_cmd c = command(ITS_CMD_SYNC);
    c.rdbase = rd;
    put(c);
}

void driver::wait_for(const replay::reg &at, uint64_t mask, uint64_t value, const char *what)
{
    for (unsigned i = 0; i < polls; i++)
        if ((bench_.read(at) & mask) == value)
            return;
    throw failure(std::string("timed out waiting for ") + what);
}

void driver::post()
{
    uint64_t cbaser = bench_.read(gits_cbaser, 8);
    uint64_t base = cbaser & its_mask(16, 36);
    uint64_t bytes = 4096 * ((cbaser & 0xff) + 1);
    uint64_t cwriter = bench_.read(gits_cwriter);

    for (const its_cmd &c : queued_) {
        uint64_t dw[ITS_CMD_WORDS];
        uint8_t raw[ITS_CMD_BYTES];
        its_cmd_pack(&c, dw);
        for (unsigned i = 0; i < ITS_CMD_WORDS; i++)
            its_store_le(raw + 8 * i, 8, dw[i]);
        bench_.ram().store(base + cwriter, raw, sizeof raw);
        cwriter = (cwriter + ITS_CMD_BYTES) % bytes;
    }
    queued_.clear();
    bench_.write(gits_cwriter, cwriter);
    wait_for(gits_creadr, 0xffffffff, cwriter, "GITS_CREADR to reach GITS_CWRITER");
}

unsigned driver::redistributors() const
{
    return bench_.gic().profile().redistributors;
}

saved_registers driver::save()
{
    saved_registers s;
    s.cbaser = bench_.read(gits_cbaser, 8);
    s.baser0 = bench_.read(gits_baser0, 8);
    s.gicd_ctlr = static_cast<uint32_t>(bench_.read(gicd_ctlr));
    for (unsigned rd = 0; rd < redistributors(); rd++)
        s.redistributors.push_back(
            {bench_.read(gicr(rd, 0x70), 8), bench_.read(gicr(rd, 0x78), 8)});
    return s;
}

unsigned driver::disable()
{
    unsigned zeros = 0;
    bench_.write(gits_ctlr, 0);
    while (!(bench_.read(gits_ctlr) & quiescent))
        if (++zeros == polls)
            throw failure("GITS_CTLR.Quiescent stays 0");
    return zeros;
}

void driver::resume(const saved_registers &s)
{
    if (bench_.read(gits_ctlr) != quiescent)
        throw failure("GITS_CTLR must read disabled and quiescent before a resume");
    bench_.write(gicd_ctlr, s.gicd_ctlr);
    for (unsigned rd = 0; rd < redistributors(); rd++) {
        bench_.write(gicr(rd, 0x14), 0);
        wait_for(gicr(rd, 0x14), 4, 0, "GICR_WAKER.ChildrenAsleep to fall");
        bench_.write(gicr(rd, 0x70), s.redistributors[rd].propbaser, 8);
        bench_.write(gicr(rd, 0x78), s.redistributors[rd].pendbaser, 8);
        bench_.write(gicr(rd, 0x00), 1);
    }
    bench_.write(gits_cbaser, s.cbaser, 8);
    bench_.write(gits_cwriter, 0, 8);
    bench_.write(gits_baser0, s.baser0, 8);
    bench_.write(gits_ctlr, 1);
    for (unsigned rd = 0; rd < redistributors(); rd++) {
        mapc(static_cast<uint16_t>(rd), rd);
        sync(rd);
        invall(static_cast<uint16_t>(rd));
        sync(rd);
    }
    post();
}

} // namespace demo
