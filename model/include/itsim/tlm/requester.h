// SPDX-License-Identifier: MIT
// requester.h - who makes a bus access and how: the DeviceID, security, privilege and bufferable, as
// they travel with TLM-2.0 transactions.
//
// A device that writes GITS_TRANSLATER is known by its DeviceID. Modules of this library look for it
// in device_id_ext; platforms whose initiators carry their own extension add a resolver made from the
// shape of that extension, so that no foreign header is included here:
//
//   gic.add_device_resolver(its::device_id_from<their_extension>());
#ifndef ITSIM_TLM_REQUESTER_H
#define ITSIM_TLM_REQUESTER_H

#include <cstdint>
#include <functional>
#include <iterator>
#include <tlm>
#include <type_traits>
#include <utility>

namespace its {

// DeviceID of the requester. Ignorable.
class device_id_ext : public tlm::tlm_extension<device_id_ext> {
public:
    explicit device_id_ext(uint32_t id = 0) : device_id(id) {}

    tlm::tlm_extension_base *clone() const override { return new device_id_ext(device_id); }
    void copy_from(const tlm::tlm_extension_base &other) override
    {
        device_id = static_cast<const device_id_ext &>(other).device_id;
    }

    uint32_t device_id;
};

// Security and privilege of an access, as AxPROT has them, and whether a write is bufferable (AxCACHE):
// its response may come before it has arrived.
struct access_attributes {
    bool nonsecure = true;
    bool privileged = false;
    bool bufferable = false;
};

// The same as an extension. Ignorable; without it an access is Non-secure, unprivileged, not bufferable.
class attributes_ext : public tlm::tlm_extension<attributes_ext> {
public:
    explicit attributes_ext(const access_attributes &a = {}) : attributes(a) {}

    tlm::tlm_extension_base *clone() const override { return new attributes_ext(attributes); }
    void copy_from(const tlm::tlm_extension_base &other) override
    {
        attributes = static_cast<const attributes_ext &>(other).attributes;
    }

    access_attributes attributes;
};

// AXI ID of an access on m_axi: below ITS_ID_RD (wire/mem.h) it is the ITS's, else a
// redistributor's. Ignorable.
class axi_id_ext : public tlm::tlm_extension<axi_id_ext> {
public:
    explicit axi_id_ext(unsigned i = 0) : id(i) {}

    tlm::tlm_extension_base *clone() const override { return new axi_id_ext(id); }
    void copy_from(const tlm::tlm_extension_base &other) override
    {
        id = static_cast<const axi_id_ext &>(other).id;
    }

    unsigned id;
};

// Fills in what the transaction says and returns true, or returns false and leaves it alone.
using device_resolver = std::function<bool(const tlm::tlm_generic_payload &, uint32_t &device)>;
using attribute_resolver =
    std::function<bool(const tlm::tlm_generic_payload &, access_attributes &)>;

namespace shape {

template <class T, class = void>
struct has_get_master_id : std::false_type {};
template <class T>
struct has_get_master_id<T, std::void_t<decltype(std::declval<T &>().get_master_id())>>
    : std::true_type {};

template <class T, class = void>
struct has_cpuid : std::false_type {};
template <class T>
struct has_cpuid<T, std::void_t<decltype(static_cast<uint32_t>(std::declval<T &>().cpuid))>>
    : std::true_type {};

template <class T, class = void>
struct has_get_user : std::false_type {};
template <class T>
struct has_get_user<T, std::void_t<decltype(std::declval<T &>().get_user())>> : std::true_type {};

template <class T, class = void>
struct is_path : std::false_type {};
template <class T>
struct is_path<T, std::void_t<decltype(static_cast<uint32_t>(*std::begin(std::declval<T &>()))),
                              decltype(std::end(std::declval<T &>()))>> : std::true_type {};

template <class T, class = void>
struct has_get_secure : std::false_type {};
template <class T>
struct has_get_secure<T, std::void_t<decltype(std::declval<T &>().get_secure())>> : std::true_type {
};

template <class T, class = void>
struct has_is_non_secure : std::false_type {};
template <class T>
struct has_is_non_secure<T, std::void_t<decltype(std::declval<T &>().is_non_secure())>>
    : std::true_type {};

template <class T, class = void>
struct has_is_privileged : std::false_type {};
template <class T>
struct has_is_privileged<T, std::void_t<decltype(std::declval<T &>().is_privileged())>>
    : std::true_type {};

template <class T, class = void>
struct has_is_bufferable : std::false_type {};
template <class T>
struct has_is_bufferable<T, std::void_t<decltype(std::declval<T &>().is_bufferable())>>
    : std::true_type {};

// Getters of foreign extensions are not always const.
template <class EXT>
EXT *find(const tlm::tlm_generic_payload &trans)
{
    EXT *ext = nullptr;
    trans.get_extension(ext);
    return ext;
}

} // namespace shape

// DeviceID from a foreign extension: its get_master_id(), its member cpuid, its get_user(), or, when
// it is a sequence of numbers (a path that grows from the initiator on), its first element.
template <class EXT>
device_resolver device_id_from()
{
    static_assert(shape::has_get_master_id<EXT>::value || shape::has_cpuid<EXT>::value ||
                      shape::has_get_user<EXT>::value || shape::is_path<EXT>::value,
                  "no get_master_id(), cpuid, get_user() or sequence: write a device_resolver");
    return [](const tlm::tlm_generic_payload &trans, uint32_t &device) {
        EXT *ext = shape::find<EXT>(trans);
        if (!ext)
            return false;
        if constexpr (shape::has_get_master_id<EXT>::value) {
            device = static_cast<uint32_t>(ext->get_master_id());
        } else if constexpr (shape::has_cpuid<EXT>::value) {
            device = static_cast<uint32_t>(ext->cpuid);
        } else if constexpr (shape::has_get_user<EXT>::value) {
            device = static_cast<uint32_t>(ext->get_user());
        } else {
            if (std::begin(*ext) == std::end(*ext))
                return false;
            device = static_cast<uint32_t>(*std::begin(*ext));
        }
        return true;
    };
}

// Attributes from a foreign extension: get_secure() or is_non_secure(), is_privileged(),
// is_bufferable() (then MSIs are posted, block.h).
template <class EXT>
attribute_resolver attributes_from()
{
    static_assert(shape::has_get_secure<EXT>::value || shape::has_is_non_secure<EXT>::value ||
                      shape::has_is_privileged<EXT>::value || shape::has_is_bufferable<EXT>::value,
                  "no get_secure(), is_non_secure(), is_privileged() or is_bufferable(): write a "
                  "resolver");
    return [](const tlm::tlm_generic_payload &trans, access_attributes &a) {
        EXT *ext = shape::find<EXT>(trans);
        if (!ext)
            return false;
        if constexpr (shape::has_get_secure<EXT>::value)
            a.nonsecure = !ext->get_secure();
        else if constexpr (shape::has_is_non_secure<EXT>::value)
            a.nonsecure = ext->is_non_secure();
        if constexpr (shape::has_is_privileged<EXT>::value)
            a.privileged = ext->is_privileged();
        if constexpr (shape::has_is_bufferable<EXT>::value)
            a.bufferable = ext->is_bufferable();
        return true;
    };
}

} // namespace its

#endif
