/* SPDX-License-Identifier: MIT */
/* The ITS alone behind its pins, with redistributors played by the test: messages and what they
 * hold up. */
#include <deque>

#include "itsim/its.h"
#include "machines.h"

namespace {

using laws::machine;

/* An its_block with memory, software on its slave port, and redistributors that keep pending sets. */
class alone {
public:
    static constexpr uint64_t QUEUE = 0x40000000, DEVICES = 0x41000000, COLLECTIONS = 0x42000000,
                              ITT = 0x48000000;
    its_profile profile{};
    its_pins pins{};
    bench::axi_memory mem;
    std::vector<std::set<uint32_t>> pending;
    std::vector<its_rd_out> messages; /* taken, in order */
    std::function<bool(unsigned rd)> takes = [](unsigned) { return true; };
    std::function<bool(unsigned rd)> acknowledges = [](unsigned) { return true; };
    unsigned withdrawn = 0, most_unacknowledged = 0;
    std::function<void()> each_edge = [] {};

    explicit alone(const machine &m, const laws::settings &more = {})
    {
        its_profile_preset(&profile, m.preset);
        laws::settings set = m.set;
        set.insert(set.end(), more.begin(), more.end());
        for (auto &[k, v] : set)
            if (!its_profile_set(&profile, k, v, nullptr, 0))
                throw std::invalid_argument(k);
        pending.resize(profile.redistributors);
        unacked_.resize(profile.redistributors);
        size_t n = its_size(&profile);
        store_.reset(static_cast<uint8_t *>(::operator new(n, std::align_val_t(16))),
                     [](uint8_t *p) { ::operator delete(p, std::align_val_t(16)); });
        its_ = its_create(store_.get(), n, &profile, nullptr);
        if (!its_)
            throw std::invalid_argument("its_create");
        pins.resetn = true;
    }
    its_block *get() { return its_; }
    uint64_t cycle() const { return its_cycle(its_); }

    void tick(uint64_t n = 1)
    {
        while (n--) {
            its_drive(its_, &pins);
            mem.drive(pins.m_axi, cycle());
            drive_host();
            drive_rds();
            uint64_t now = cycle();
            its_clock(its_, &pins);
            mem.clock(pins.m_axi, now);
            clock_host();
            clock_rds();
            each_edge();
        }
    }
    uint64_t bus(uint64_t addr, bool write, uint64_t value, int64_t device = -1)
    {
        its_axi_address a{};
        a.addr = addr;
        a.size = 2;
        a.burst = ITS_AXI_INCR;
        a.prot = ITS_AXI_NONSECURE;
        a.has_device = device >= 0;
        a.device = uint32_t(device);
        unsigned lane = unsigned(addr & (profile.bus_bytes - 1));
        aw_ = w_ = write;
        ar_ = !write;
        busy_ = true;
        address_ = a;
        w_beat_ = its_axi_w{value << (8 * lane), uint8_t(0xf << lane), true};
        for (int i = 0; busy_; i++) {
            if (i > 100000)
                throw bench::timeout("bus access not answered");
            tick();
        }
        return (r_ >> (8 * lane)) & 0xffffffff;
    }
    void write64(uint32_t off, uint64_t v)
    {
        bus(off, true, v & 0xffffffff);
        bus(off + 4, true, v >> 32);
    }
    void msi(uint32_t device, uint32_t event) { bus(0x10040, true, event, device); }
    uint32_t creadr() { return uint32_t(bus(0x90, false, 0)); }
    uint32_t ctlr() { return uint32_t(bus(0, false, 0)); }

    void boot()
    {
        write64(0x100, 1ull << 63 | DEVICES | 2u << 8);
        if (profile.collection_table)
            write64(0x108, 1ull << 63 | COLLECTIONS | 2u << 8);
        write64(0x80, 1ull << 63 | QUEUE | 15);
        write64(0x88, 0);
        cwriter_ = 0;
        bus(0, true, 1);
        for (uint16_t c = 0; c < 4; c++)
            map(ITS_CMD_MAPC, 0, 0, c, c);
        for (uint32_t d = 0; d < 4; d++) {
            map(ITS_CMD_MAPD, d, 0, 0);
            for (uint32_t e = 0; e < 16; e++)
                map(ITS_CMD_MAPTI, d, e, uint16_t(d));
        }
        publish();
        wait_queue();
    }
    void map(uint8_t op, uint32_t device, uint32_t event, uint16_t icid, uint32_t rd = 0,
             bool valid = true)
    {
        its_cmd c{};
        c.opcode = op;
        c.device = device;
        c.event = event;
        c.icid = icid;
        c.rdbase = rd;
        c.intid = 8192 + device * 16 + event;
        c.size = 3;
        c.itt = ITT + device * 0x1000ull;
        c.valid = valid;
        command(c);
    }
    void movall(uint32_t from, uint32_t to)
    {
        its_cmd c{};
        c.opcode = ITS_CMD_MOVALL;
        c.rdbase = from;
        c.rdbase2 = to;
        command(c);
    }
    void command(const its_cmd &c)
    {
        uint64_t dw[4];
        its_cmd_pack(&c, dw);
        for (int i = 0; i < 4; i++)
            mem.data.store(QUEUE + cwriter_ + 8 * i, dw[i], 8);
        cwriter_ += 32;
    }
    void publish() { bus(0x88, true, cwriter_); }
    void wait_queue(int limit = 5000)
    {
        for (int i = 0; creadr() != cwriter_; i++)
            if (i > limit)
                throw bench::timeout("CREADR does not reach CWRITER");
    }
    uint32_t cwriter() const { return cwriter_; }
    unsigned unacknowledged(unsigned rd) const { return unsigned(unacked_[rd].size()); }

private:
    void drive_host()
    {
        pins.s_axi.aw = {address_, aw_, pins.s_axi.aw.ready};
        pins.s_axi.ar = {address_, ar_, pins.s_axi.ar.ready};
        pins.s_axi.w = {w_beat_, w_, pins.s_axi.w.ready};
        pins.s_axi.b.ready = pins.s_axi.r.ready = true;
    }
    void clock_host()
    {
        aw_ = aw_ && !its_fire(&pins.s_axi.aw);
        w_ = w_ && !its_fire(&pins.s_axi.w);
        ar_ = ar_ && !its_fire(&pins.s_axi.ar);
        if (its_fire(&pins.s_axi.r))
            r_ = pins.s_axi.r.d.data;
        if (its_fire(&pins.s_axi.b) || its_fire(&pins.s_axi.r))
            busy_ = false;
    }
    void drive_rds()
    {
        const auto &m = pins.rd_message;
        if (offered_)
            withdrawn += !m.valid || std::memcmp(&m.d, &offer_, sizeof offer_) != 0;
        pins.rd_message.ready = m.valid && takes(m.d.rd);
        offered_ = m.valid && !m.ready;
        offer_ = m.d;
        if (ack_on_)
            return; /* stays until it is taken */
        pins.rd_ack.valid = false;
        for (unsigned rd = 0; rd < unacked_.size(); rd++)
            if (!unacked_[rd].empty() && acknowledges(rd)) {
                pins.rd_ack.valid = ack_on_ = true;
                pins.rd_ack.d.rd = uint16_t(rd);
                answer(rd, unacked_[rd].front(), pins.rd_ack.d.ack);
                return;
            }
    }
    void answer(unsigned rd, const its_rdmsg &m, its_rdack &a)
    {
        auto &p = pending[rd];
        a = its_rdack{};
        a.intid = m.intid;
        a.ref = m.ref;
        a.kind = m.kind;
        switch (its_rd_kind(m.kind)) {
        case RD_SET:
            p.insert(m.intid);
            break;
        case RD_TAKE:
        case RD_CLEAR:
        case RD_DISCARD:
            a.pending = p.erase(m.intid) > 0;
            break;
        case RD_HAND_OVER:
            a.more = !p.empty();
            if (a.more) {
                a.intid = *p.begin();
                p.erase(p.begin());
            }
            break;
        case RD_INV:
        case RD_INVALL:
        case RD_SYNC:
            break;
        }
    }
    void clock_rds()
    {
        if (its_fire(&pins.rd_message)) {
            messages.push_back(pins.rd_message.d);
            auto &q = unacked_[pins.rd_message.d.rd];
            q.push_back(pins.rd_message.d.msg);
            most_unacknowledged = std::max(most_unacknowledged, unsigned(q.size()));
        }
        if (its_fire(&pins.rd_ack)) {
            ack_on_ = false;
            if (!pins.rd_ack.d.ack.more)
                unacked_[pins.rd_ack.d.rd].pop_front();
        }
    }

    std::shared_ptr<uint8_t> store_;
    its_block *its_ = nullptr;
    std::vector<std::deque<its_rdmsg>> unacked_;
    its_axi_address address_{};
    its_axi_w w_beat_{};
    its_rd_out offer_{};
    uint64_t r_ = 0;
    uint32_t cwriter_ = 0;
    bool aw_ = false, w_ = false, ar_ = false, busy_ = false, offered_ = false, ack_on_ = false;
};

class ItsAlone : public testing::TestWithParam<machine> {};

INSTANTIATE_TEST_SUITE_P(
    Machines, ItsAlone,
    testing::Values(machine{"gic500", "gic500", {}, false}, machine{"flat", "flat", {}, false},
                    machine{"flat_back_2", "flat", laws::caches("2", 2), false}),
    laws::machine_name);

TEST_P(ItsAlone, TellsTheRightRedistributorAboutEachMsi)
{
    alone a(GetParam());
    a.boot();
    for (uint32_t d = 0; d < 4; d++)
        for (uint32_t e = 0; e < 16; e += 3)
            a.msi(d, e);
    a.tick(200);
    for (uint32_t d = 0; d < 4; d++) {
        EXPECT_EQ(a.pending[d].size(), 6u);
        for (uint32_t e = 0; e < 16; e += 3)
            EXPECT_EQ(a.pending[d].count(8192 + d * 16 + e), 1u);
    }
    EXPECT_EQ(a.withdrawn, 0u);
}

TEST_P(ItsAlone, NeverWithdrawsAnOfferedMessageWhateverIsUnmapped)
{
    for (unsigned distance = 0; distance < 40; distance++) {
        alone a(GetParam());
        a.boot();
        bool deaf = true;
        a.takes = [&](unsigned) { return !deaf; };
        size_t before = a.messages.size();
        a.msi(1, 2);
        a.tick(distance);
        a.map(ITS_CMD_MAPTI, 1, 2, 3);
        a.map(ITS_CMD_MAPC, 0, 0, 1, 2);
        a.map(ITS_CMD_MAPD, 1, 0, 0, 0, false);
        a.publish();
        a.tick(150);
        EXPECT_EQ(a.creadr(), a.cwriter()) << "none of these waits for a redistributor";
        deaf = false;
        a.tick(50);
        EXPECT_EQ(a.withdrawn, 0u);
        ASSERT_EQ(a.messages.size(), before + 1) << distance;
        EXPECT_EQ(a.messages[before].msg.intid, 8192u + 18);
    }
}

TEST_P(ItsAlone, NeverHasMoreMessagesUnacknowledgedThanThereAreCredits)
{
    for (const char *credits : {"1", "3"}) {
        alone a(GetParam(), {{"rd_credits", credits}});
        a.boot();
        bool silent = true;
        a.acknowledges = [&](unsigned rd) { return !silent || rd != 2; };
        for (uint32_t e = 0; e < 10; e++)
            a.msi(2, e);
        for (uint32_t e = 0; e < 10; e++)
            a.msi(3, e);
        a.tick(300);
        EXPECT_EQ(a.unacknowledged(2), unsigned(credits[0] - '0'));
        EXPECT_EQ(a.pending[3].size(), 10u) << "the other one goes on";
        silent = false;
        a.tick(300);
        EXPECT_EQ(a.pending[2].size(), 10u);
        EXPECT_EQ(a.most_unacknowledged, unsigned(credits[0] - '0'));
    }
}

TEST_P(ItsAlone, KeepsCreadrOnASyncUntilItsRedistributorAcknowledged)
{
    alone a(GetParam());
    a.boot();
    bool silent = true;
    a.acknowledges = [&](unsigned rd) { return !silent || rd != 1; };
    a.msi(1, 0);
    a.map(ITS_CMD_SYNC, 0, 0, 0, 2);
    uint32_t at = a.cwriter();
    a.map(ITS_CMD_SYNC, 0, 0, 0, 1);
    a.map(ITS_CMD_MAPC, 0, 0, 0, 3);
    a.publish();
    a.tick(3000);
    EXPECT_EQ(a.creadr(), at);
    silent = false;
    a.wait_queue();
    EXPECT_EQ(a.pending[1].size(), 1u);
}

TEST_P(ItsAlone, MovesPendingInterruptsByMessages)
{
    alone a(GetParam());
    a.boot();
    for (uint32_t e = 0; e < 9; e++)
        a.msi(0, e);
    a.tick(200);
    a.map(ITS_CMD_MOVI, 0, 0, 2);
    a.map(ITS_CMD_MOVI, 0, 12, 2); /* not pending: nothing is set */
    a.movall(0, 3);
    a.map(ITS_CMD_SYNC, 0, 0, 0, 0);
    a.map(ITS_CMD_SYNC, 0, 0, 0, 3);
    a.publish();
    a.wait_queue();
    EXPECT_TRUE(a.pending[0].empty());
    EXPECT_EQ(a.pending[2], std::set<uint32_t>{8192});
    EXPECT_EQ(a.pending[3].size(), 8u);
}

TEST_P(ItsAlone, LaterCommandMessagesWaitBehindAMoveAndMsisDoNot)
{
    alone a(GetParam());
    a.boot();
    a.msi(0, 0);
    a.tick(100);
    bool silent = true;
    a.acknowledges = [&](unsigned rd) { return !silent || rd != 0; };
    a.map(ITS_CMD_MOVI, 0, 0, 2);
    a.map(ITS_CMD_INV, 3, 0, 0);
    a.publish();
    a.tick(300);
    size_t before = a.messages.size();
    a.msi(1, 5);
    a.tick(100);
    ASSERT_EQ(a.messages.size(), before + 1);
    EXPECT_EQ(a.messages.back().msg.kind, RD_SET);
    silent = false;
    a.tick(300);
    ASSERT_GE(a.messages.size(), before + 3);
    EXPECT_EQ(a.messages[before + 1].msg.kind, RD_SET) << "the second half of the move";
    EXPECT_EQ(a.messages[before + 2].msg.kind, RD_INV);
    EXPECT_EQ(a.creadr(), a.cwriter());
}

TEST_P(ItsAlone, IsQuiescentOnlyWhenEveryRedistributorHasAcknowledged)
{
    alone a(GetParam());
    a.boot();
    bool silent = true;
    a.acknowledges = [&](unsigned) { return !silent; };
    a.msi(1, 0);
    a.bus(0, true, 0);
    a.tick(2000);
    EXPECT_EQ(a.ctlr(), 0u);
    silent = false;
    a.tick(1000);
    EXPECT_EQ(a.ctlr(), 0x80000000u);
    EXPECT_EQ(a.pending[1].size(), 1u);
    EXPECT_EQ(a.mem.data.load(alone::DEVICES, 8) & 1, 1u);
}

TEST_P(ItsAlone, SkipsIdleEdgesOnlyAndForgetsEverythingAtReset)
{
    alone a(GetParam());
    a.boot();
    a.tick(200);
    uint64_t now = a.cycle();
    ASSERT_EQ(its_wake(a.get()), UINT64_MAX);
    EXPECT_EQ(its_skip(a.get(), 1000), ITS_OK);
    EXPECT_EQ(a.cycle(), now + 1000);
    a.msi(1, 1);
    EXPECT_EQ(its_skip(a.get(), 1000), ITS_E_BUSY);
    a.tick(100);
    EXPECT_EQ(a.pending[1].size(), 1u);
    uint64_t writes = a.mem.writes;
    a.pins.resetn = false;
    a.tick(2);
    a.pins.resetn = true;
    a.tick(50);
    EXPECT_EQ(a.mem.writes, writes);
    EXPECT_EQ(a.ctlr(), 0x80000000u);
    a.msi(1, 2);
    a.tick(100);
    EXPECT_EQ(a.pending[1].size(), 1u);
}

/* Whoever is saved and loaded at every edge goes on like one that never was. */
TEST_P(ItsAlone, IsSavedAndLoadedAtAnyEdge)
{
    std::vector<uint64_t> digests[2];
    for (bool reloads : {false, true}) {
        alone a(GetParam(), {{"rd_cycles", "3"}});
        a.mem.latency = 5;
        std::vector<uint8_t> bytes(its_size(&a.profile));
        a.each_edge = [&] {
            digests[reloads].push_back(its_digest(a.get()));
            if (!reloads)
                return;
            its_save(a.get(), bytes.data());
            ASSERT_EQ(its_load(a.get(), bytes.data(), bytes.size()), ITS_OK);
        };
        a.boot();
        for (uint32_t i = 0; i < 40; i++)
            a.msi(i % 5, i % 7);
        a.movall(1, 2);
        a.publish();
        a.tick(300);
    }
    ASSERT_EQ(digests[0].size(), digests[1].size());
    EXPECT_TRUE(digests[0] == digests[1]);
}

TEST_P(ItsAlone, LoadsNothingOfAnotherProfile)
{
    alone a(GetParam()), b(GetParam(), {{"rd_cycles", "9"}});
    std::vector<uint8_t> bytes(its_size(&a.profile));
    its_save(a.get(), bytes.data());
    uint64_t before = its_digest(b.get());
    EXPECT_EQ(its_load(b.get(), bytes.data(), bytes.size()), ITS_E_VERSION);
    EXPECT_EQ(its_load(b.get(), nullptr, 0), ITS_E_ARGUMENT);
    EXPECT_EQ(its_digest(b.get()), before);
}

/* An image ends where its owner says; what is behind is somebody else's. */
TEST_P(ItsAlone, LoadsNothingThatWasCutShortOrAltered)
{
    alone a(GetParam()), b(GetParam());
    a.boot();
    std::vector<uint8_t> whole(its_size(&a.profile));
    its_save(a.get(), whole.data());
    uint64_t before = its_digest(b.get());
    size_t used = whole.size();
    while (whole[used - 1] == 0)
        used--;
    for (size_t size : {size_t(0), size_t(1), size_t(16), size_t(200), used / 2, used - 1}) {
        std::vector<uint8_t> cut(whole.begin(), whole.begin() + long(size));
        EXPECT_NE(its_load(b.get(), cut.data() ? cut.data() : whole.data(), size), ITS_OK) << size;
    }
    for (size_t at = 0; at < used; at += at < 400 ? 1 : 61) {
        std::vector<uint8_t> altered = whole;
        altered[at] ^= uint8_t(1u << at % 8);
        ASSERT_NE(its_load(b.get(), altered.data(), altered.size()), ITS_OK) << at;
        ASSERT_EQ(its_digest(b.get()), before) << at;
    }
    std::vector<uint8_t> zeros(whole.size()), ones(whole.size(), 0xff);
    EXPECT_EQ(its_load(b.get(), zeros.data(), zeros.size()), ITS_E_VERSION);
    EXPECT_EQ(its_load(b.get(), ones.data(), ones.size()), ITS_E_VERSION);
    EXPECT_EQ(its_load(b.get(), whole.data(), whole.size()), ITS_OK);
    EXPECT_EQ(its_digest(b.get()), its_digest(a.get()));
}

TEST_P(ItsAlone, AnswersBeyondItsTwoFramesWithZeroAndGoesOn)
{
    alone a(GetParam());
    a.boot();
    uint64_t beyond = a.profile.device_window ? its_map_bytes(&a.profile, false) : 0x20000;
    for (int i = 0; i < 3; i++) {
        EXPECT_EQ(a.bus(beyond, false, 0), 0u);
        a.bus(beyond + 0x80, true, 0xffffffff);
        EXPECT_NE(its_wake(a.get()), 0u) << "it is asleep again";
        EXPECT_EQ(a.creadr(), a.cwriter());
    }
    a.msi(1, 2);
    a.tick(1000);
    EXPECT_EQ(a.pending[1].count(8192 + 16 + 2), 1u);
}

TEST_P(ItsAlone, APeekReadsWhatTheBusReadsAndChangesNothing)
{
    alone a(GetParam());
    a.boot();
    for (uint32_t off : {0x0u, 0x4u, 0x8u, 0x80u, 0x84u, 0x88u, 0x90u, 0x100u, 0x104u, 0xffe8u}) {
        uint64_t digest = its_digest(a.get());
        uint64_t peeked = its_peek(a.get(), off, 4);
        EXPECT_EQ(its_digest(a.get()), digest);
        EXPECT_EQ(peeked, a.bus(off, false, 0)) << std::hex << off;
    }
    EXPECT_EQ(its_peek(a.get(), 0x90, 8), a.creadr());
}

} // namespace
