// SPDX-License-Identifier: MIT
// Where the DeviceID of an MSI, and the security of an access, come from.
#include "rig.h"

namespace {

using namespace rig;

// Extensions of the shapes other libraries have.
template <class T>
struct foreign : tlm::tlm_extension<T> {
    tlm::tlm_extension_base *clone() const override { return new T(static_cast<const T &>(*this)); }
    void copy_from(const tlm::tlm_extension_base &o) override
    {
        static_cast<T &>(*this) = static_cast<const T &>(o);
    }
};
struct with_master_id : foreign<with_master_id> {
    unsigned get_master_id() { return 5; }
    bool get_secure() { return true; }
};
struct with_cpuid : foreign<with_cpuid> {
    int cpuid = 6;
};
struct with_user : foreign<with_user> {
    unsigned long long get_user() const { return 7; }
    bool is_non_secure() const { return false; }
    bool is_privileged() const { return true; }
};
struct with_bufferable : foreign<with_bufferable> {
    bool is_bufferable() const { return true; }
};
struct with_path : foreign<with_path>, std::vector<int> {};

class requester_rig : public rig::soc<> {
public:
    // Sends event 0 with this extension; returns the device of the MSI accepted, or -1.
    int64_t device_of(tlm::tlm_extension_base *ext, unsigned index)
    {
        transfer a(true, at(ITS_FRAME_TRANSLATION, 0x40), 4, 0);
        if (ext)
            a.trans.set_extension(index, ext);
        events.clear();
        transport(a);
        settle();
        for (const its_event &e : events)
            if (e.kind == ITS_EV_MSI_ACCEPT)
                return static_cast<int64_t>(e.a);
        return -1;
    }
    template <class EXT>
    int64_t device_of(EXT *ext)
    {
        return device_of(ext, EXT::ID);
    }
    int64_t device_of_nobody() { return device_of(nullptr, 0); }
};

TEST(Requester, TheOwnExtensionNamesTheDevice)
{
    requester_rig s;
    s.simulate([&] {
        s.boot();
        EXPECT_EQ(s.device_of(new its::device_id_ext(0x12345)), 0x12345);
        EXPECT_EQ(s.device_of(new its::device_id_ext(0)), 0);
    });
}

TEST(Requester, AWriteWithoutADeviceIdIsAnErrorAndIsReported)
{
    requester_rig s;
    expect_report("/its/slv", 3);
    s.simulate([&] {
        s.boot();
        EXPECT_EQ(s.device_of_nobody(), -1);
        transfer a(true, s.at(ITS_FRAME_TRANSLATION, 0x40), 4, 0);
        EXPECT_EQ(s.transport(a), tlm::TLM_GENERIC_ERROR_RESPONSE);
        EXPECT_EQ(s.device_of(new with_cpuid), -1); // nobody was told of this one
    });
}

TEST(Requester, AMissingDeviceIdIsAnErrorInTheFastFaceToo)
{
    requester_rig s;
    expect_report("/its/slv");
    s.gic.set_face("fast");
    s.simulate([&] {
        s.boot();
        transfer a(true, s.at(ITS_FRAME_TRANSLATION, 0x40), 4, 0);
        EXPECT_EQ(s.transport(a), tlm::TLM_GENERIC_ERROR_RESPONSE);
        EXPECT_EQ(s.device_of(new its::device_id_ext(3)), 3);
    });
}

TEST(Requester, ADefaultDeviceIdStandsInWhenNothingElseAnswers)
{
    requester_rig s;
    s.gic.set_default_device_id(9);
    s.simulate([&] {
        s.boot();
        EXPECT_EQ(s.device_of_nobody(), 9);
        EXPECT_EQ(s.device_of(new its::device_id_ext(3)), 3);
    });
}

TEST(Requester, ForeignExtensionsAreReadByTheirShape)
{
    requester_rig s;
    s.gic.add_device_resolver(its::device_id_from<with_master_id>());
    s.gic.add_device_resolver(its::device_id_from<with_cpuid>());
    s.gic.add_device_resolver(its::device_id_from<with_user>());
    s.gic.add_device_resolver(its::device_id_from<with_path>());
    s.gic.set_default_device_id(1);
    s.simulate([&] {
        s.boot();
        EXPECT_EQ(s.device_of(new with_master_id), 5);
        EXPECT_EQ(s.device_of(new with_cpuid), 6);
        EXPECT_EQ(s.device_of(new with_user), 7);
        auto *path = new with_path;
        path->assign({8, 2, 3});
        EXPECT_EQ(s.device_of(path), 8);
        EXPECT_EQ(s.device_of(new with_path), 1); // an empty path says nothing
    });
}

TEST(Requester, ResolversAreAskedInTheOrderTheyWereAdded)
{
    requester_rig s;
    s.gic.add_device_resolver([](const tlm::tlm_generic_payload &t, uint32_t &device) {
        device = 0x111;
        return t.get_extension<with_cpuid>() != nullptr;
    });
    s.gic.add_device_resolver(its::device_id_from<with_cpuid>());
    s.simulate([&] {
        s.boot();
        EXPECT_EQ(s.device_of(new with_cpuid), 0x111);
    });
}

TEST(Requester, TheAddressWindowNamesTheDevice)
{
    requester_rig s;
    s.gic.set("device_window", "1");
    s.gic.set("devid_bits", "16");
    s.simulate([&] {
        s.boot();
        uint64_t window = its_map_window_base(&s.gic.profile(), true);
        for (uint32_t device : {0u, 1u, 0x1234u, 0xffffu}) {
            transfer a(true, window + 4 * device, 4, 3);
            s.events.clear();
            EXPECT_EQ(s.transport(a), tlm::TLM_OK_RESPONSE);
            ASSERT_EQ(s.count(ITS_EV_MSI_ACCEPT), 1u);
            s.settle();
            for (const its_event &e : s.events)
                if (e.kind == ITS_EV_MSI_ACCEPT) {
                    EXPECT_EQ(e.a, device);
                    EXPECT_EQ(e.b, 3u);
                }
        }
    });
}

TEST(Requester, Msi64NamesTheDeviceInItsUpperHalf)
{
    rig::soc<64> s;
    s.gic.set("msi64", "1");
    s.simulate([&] {
        s.boot();
        transfer a(true, s.at(ITS_FRAME_TRANSLATION, 0x40), 8, UINT64_C(0x4321) << 32 | 7);
        s.events.clear();
        EXPECT_EQ(s.transport(a), tlm::TLM_OK_RESPONSE);
        ASSERT_EQ(s.count(ITS_EV_MSI_ACCEPT), 1u);
        for (const its_event &e : s.events)
            if (e.kind == ITS_EV_MSI_ACCEPT) {
                EXPECT_EQ(e.a, 0x4321u);
                EXPECT_EQ(e.b, 7u);
            }
    });
}

TEST(Requester, AccessesAreNonSecureUnlessTheySayOtherwise)
{
    requester_rig s;
    s.gic.set("security", "1");
    s.gic.add_attribute_resolver(its::attributes_from<with_master_id>());
    s.gic.add_attribute_resolver(its::attributes_from<with_user>());
    s.simulate([&] {
        auto group0 = [&](tlm::tlm_extension_base *ext, unsigned index, uint32_t value) {
            transfer a(true, s.at(ITS_FRAME_GICD, 0), 4, value);
            if (ext)
                a.trans.set_extension(index, ext);
            EXPECT_EQ(s.transport(a), tlm::TLM_OK_RESPONSE);
            transfer read(false, s.at(ITS_FRAME_GICD, 0), 4);
            EXPECT_EQ(s.bus->transport_dbg(read.trans), 4u); // the Secure view
            return read.value() & 1u;
        };
        auto secure = new its::attributes_ext({false, true});
        EXPECT_EQ(group0(nullptr, 0, 1), 0u); // EnableGrp0 is for Secure accesses only
        EXPECT_EQ(group0(secure, its::attributes_ext::ID, 1), 1u);
        EXPECT_EQ(group0(new with_master_id, with_master_id::ID, 0), 0u);
        EXPECT_EQ(group0(new with_user, with_user::ID, 1), 1u);
        EXPECT_EQ(group0(new with_cpuid, with_cpuid::ID, 0), 1u);
    });
}

TEST(Requester, AForeignExtensionSaysThatAnMsiIsBufferable)
{
    requester_rig s;
    s.gic.add_attribute_resolver(its::attributes_from<with_bufferable>());
    s.gic.set_default_device_id(1);
    s.simulate([&] {
        auto time_of = [&](bool bufferable) {
            transfer a(true, s.at(ITS_FRAME_TRANSLATION, 0x40), 4, 0);
            if (bufferable)
                a.trans.set_extension(new with_bufferable);
            sc_time before = sc_core::sc_time_stamp();
            EXPECT_EQ(s.transport(a), tlm::TLM_OK_RESPONSE);
            return sc_core::sc_time_stamp() - before;
        };
        EXPECT_GE(time_of(false), 3 * ns);
        EXPECT_EQ(time_of(true), SC_ZERO_TIME);
    });
}

TEST(Requester, ExtensionsCanBeClonedAndCopied)
{
    its::device_id_ext device(4), other;
    other.copy_from(device);
    EXPECT_EQ(other.device_id, 4u);
    std::unique_ptr<its::device_id_ext> clone(static_cast<its::device_id_ext *>(device.clone()));
    EXPECT_EQ(clone->device_id, 4u);
    its::axi_id_ext id(11), id2;
    id2.copy_from(id);
    EXPECT_EQ(id2.id, 11u);
    its::attributes_ext a({false, true, true}), b;
    b.copy_from(a);
    EXPECT_FALSE(b.attributes.nonsecure);
    EXPECT_TRUE(b.attributes.privileged);
    EXPECT_TRUE(b.attributes.bufferable);
}

} // namespace
