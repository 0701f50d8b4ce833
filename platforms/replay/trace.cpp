// SPDX-License-Identifier: MIT
// trace.cpp - reads and checks bus traces, one function per op.
#include "trace.h"

#include "strict_json.h"

#include <algorithm>
#include <fstream>

namespace replay {

namespace {

using nlohmann::json;

constexpr uint32_t first_lpi = 8192;
constexpr uint32_t translater_offset = 0x40;
constexpr uint32_t frame_bytes = 0x10000;

bool covered(const std::vector<range> &ram, uint64_t addr, uint64_t length)
{
    if (length == 0 || addr > all_ones - (length - 1))
        return false;
    uint64_t last = addr + (length - 1);
    for (;;) {
        auto r = std::find_if(ram.begin(), ram.end(), [&](const range &x) {
            return addr >= x.base && addr - x.base < x.size;
        });
        if (r == ram.end())
            return false;
        uint64_t end = r->base + (r->size - 1);
        if (end >= last)
            return true;
        addr = end + 1;
    }
}

std::vector<uint8_t> hex_bytes(const std::string &text, const std::string &what)
{
    std::vector<uint8_t> bytes;

    if (text.empty() || text.size() % 2)
        bad(what + " must be pairs of hexadecimal digits, at least one");
    for (size_t i = 0; i < text.size(); i += 2) {
        int high = hex_digit(text[i]);
        int low = hex_digit(text[i + 1]);
        if (high < 0 || low < 0)
            bad(what + " has " + shown(text.substr(i, 2)) + ", not hexadecimal digits");
        bytes.push_back(static_cast<uint8_t>(high << 4 | low));
    }
    return bytes;
}

std::vector<uint8_t> word_bytes(const json &words, const std::string &what)
{
    std::vector<uint8_t> bytes;

    if (!words.is_array() || words.empty())
        bad(what + " must be a list of numbers, at least one");
    for (const json &word : words) {
        uint64_t value = number(word, what);
        for (unsigned i = 0; i < 8; i++)
            bytes.push_back(static_cast<uint8_t>(value >> (8 * i)));
    }
    return bytes;
}

class reader {
public:
    explicit reader(std::string file) { trace_.file = std::move(file); }

    trace read(std::istream &in)
    {
        std::string text;
        for (line_ = 1; std::getline(in, text); line_++) {
            try {
                take(text);
            } catch (const bad_line &b) {
                throw trace_error(trace_.file, line_, b.what);
            }
        }
        if (in.bad())
            throw trace_error(trace_.file, line_, "cannot be read any further");
        if (!begun_)
            throw trace_error(trace_.file, line_, "no \"begin\": the file holds no trace");
        if (!ended_)
            throw trace_error(trace_.file, line_, "no \"end\": the file was cut short");
        return std::move(trace_);
    }

private:
    void take(const std::string &text)
    {
        if (text.find_first_not_of(" \t\r") == std::string::npos || text[0] == '#')
            return;
        if (ended_)
            bad("something stands after \"end\"");

        json j = parse_strictly(text);
        object line(j, "line");
        std::string name = line.text("op");
        object o(j, name);
        if (!begun_ && name != "begin")
            bad("the first line must be \"begin\", not " + shown(name));
        if (name == "begin")
            take_begin(o);
        else if (name == "end")
            take_end(o);
        else
            take_op(name, o);
    }

    void take_begin(const object &o)
    {
        header &h = trace_.begin;

        if (begun_)
            bad("a second \"begin\"");
        begun_ = true;
        if (o.find("version")) // another version may have other keys
            o.num("version", 1, 1);
        o.only({"op", "version", "name", "profile", "redistributors", "devid_bits", "eventid_bits",
                "collection_bits", "intid_bits", "ram", "seed", "note"});
        o.need("version");
        h.name = o.text("name");
        h.profile = o.text("profile");
        h.redistributors = o.num32("redistributors", 1, 65536);
        h.devid_bits = o.num32("devid_bits", 1, 32);
        h.eventid_bits = o.num32("eventid_bits", 1, 32);
        h.collection_bits = o.num32("collection_bits", 1, 16);
        h.intid_bits = o.num32("intid_bits", 14, 24);
        for (const json &item : o.list("ram"))
            h.ram.push_back(take_range(item, o.name("ram")));
        if (const json *seed = o.find("seed"))
            h.seed = number(*seed, o.name("seed"));
        if (o.find("note"))
            h.note = o.text("note");
    }

    void take_end(const object &o)
    {
        o.only({"op"});
        ended_ = true;
    }

    void take_op(const std::string &name, const object &o)
    {
        op result;
        result.line = line_;
        if (name == "fill")
            result.what = take_fill(o);
        else if (name == "poke")
            result.what = take_poke(o);
        else if (name == "peek")
            result.what = take_peek(o);
        else if (name == "write")
            result.what = take_write(o);
        else if (name == "read")
            result.what = take_read(o);
        else if (name == "msi")
            result.what = take_msi(o);
        else if (name == "run")
            result.what = take_run(o);
        else if (name == "settle")
            result.what = take_settle(o);
        else if (name == "pending")
            result.what = take_pending(o);
        else if (name == "ack")
            result.what = take_ack(o);
        else if (name == "resetn")
            result.what = take_resetn(o);
        else if (name == "bus")
            result.what = take_bus(o);
        else if (name == "quiet")
            result.what = take_quiet(o);
        else if (name == "stats")
            result.what = take_stats(o);
        else
            bad("unknown op " + shown(name));
        trace_.ops.push_back(std::move(result));
    }

    static range take_range(const json &item, const std::string &what)
    {
        object o(item, what);
        range r;
        o.only({"base", "size"});
        r.base = o.num("base");
        r.size = o.num("size", 1);
        if (r.base > all_ones - (r.size - 1))
            bad(what + " goes beyond 64 address bits");
        return r;
    }

    void check_ram(const object &o, uint64_t addr, uint64_t length) const
    {
        if (!covered(trace_.begin.ram, addr, length))
            bad(o.name("addr") + ": " + std::to_string(length) + " bytes at " + hex(addr) +
                " are not in the ram of \"begin\"");
    }

    fill_op take_fill(const object &o) const
    {
        fill_op f;
        o.only({"op", "addr", "length", "byte"});
        f.addr = o.num("addr");
        f.length = o.num("length", 1);
        f.byte = static_cast<uint8_t>(o.num("byte", 0, 0xff));
        check_ram(o, f.addr, f.length);
        return f;
    }

    // "bytes" or "words", whichever the line has.
    std::vector<uint8_t> take_content(const object &o, bool &words) const
    {
        const json *as_bytes = o.find("bytes");
        const json *as_words = o.find("words");
        if (!as_bytes == !as_words)
            bad(o.name("bytes") + " or \"words\" must be given, and only one of them");
        words = as_words;
        return words ? word_bytes(*as_words, o.name("words"))
                     : hex_bytes(o.text("bytes"), o.name("bytes"));
    }

    poke_op take_poke(const object &o) const
    {
        poke_op p;
        bool words;
        o.only({"op", "addr", "bytes", "words"});
        p.addr = o.num("addr");
        p.bytes = take_content(o, words);
        check_ram(o, p.addr, p.bytes.size());
        return p;
    }

    peek_op take_peek(const object &o) const
    {
        peek_op p;
        bool words;
        o.only({"op", "addr", "bytes", "words", "mask"});
        p.addr = o.num("addr");
        p.bytes = take_content(o, words);
        check_ram(o, p.addr, p.bytes.size());
        if (const json *mask = o.find("mask"))
            p.mask = words ? word_bytes(*mask, o.name("mask"))
                           : hex_bytes(o.text("mask"), o.name("mask"));
        else
            p.mask.assign(p.bytes.size(), 0xff);
        if (p.mask.size() != p.bytes.size())
            bad(o.name("mask") + " must have the shape of what it masks");
        return p;
    }

    unsigned redistributor(const json &value, const std::string &what) const
    {
        return static_cast<unsigned>(number(value, what, 0, trace_.begin.redistributors - 1));
    }

    uint32_t intid(const json &value, const std::string &what) const
    {
        uint64_t last = (UINT64_C(1) << trace_.begin.intid_bits) - 1;
        return static_cast<uint32_t>(number(value, what, first_lpi, last));
    }

    place take_place(const object &o) const
    {
        place at;
        std::string name = o.text("frame");
        uint32_t bytes = frame_bytes;

        if (name == "GITS") {
            at.frame = frame::gits;
        } else if (name == "GITS_TRANSLATION") {
            at.frame = frame::translation;
        } else if (name == "GICD") {
            at.frame = frame::gicd;
        } else if (name.rfind("GICR", 0) == 0 && name.size() > 4) {
            std::string digits = name.substr(4);
            auto n = number_in(digits);
            if (!n || std::to_string(*n) != digits)
                bad(o.name("frame") + " is " + shown(name) + ", not a frame");
            if (*n >= trace_.begin.redistributors)
                bad(o.name("frame") + " is " + shown(name) + ", but \"begin\" gives " +
                    std::to_string(trace_.begin.redistributors) + " redistributors");
            at.frame = frame::gicr;
            at.redistributor = static_cast<unsigned>(*n);
            bytes = 2 * frame_bytes;
        } else {
            bad(o.name("frame") + " is " + shown(name) + ", not a frame");
        }
        at.offset = o.num32("offset");
        at.size = o.num32("size", 2, 8);
        bool translater = at.frame == frame::translation && at.offset == translater_offset;
        if (at.size != 4 && at.size != 8 && !(at.size == 2 && translater))
            bad(o.name("size") + " is " + std::to_string(at.size) +
                ", must be 4 or 8 (2 for GITS_TRANSLATER)");
        if (at.offset > bytes - at.size)
            bad(o.name("offset") + " is " + hex(at.offset) + ", outside the frame");
        return at;
    }

    static uint64_t widest(const place &at)
    {
        return at.size == 8 ? all_ones : (UINT64_C(1) << (8 * at.size)) - 1;
    }

    write_op take_write(const object &o) const
    {
        write_op w;
        o.only({"op", "frame", "offset", "size", "value"});
        w.at = take_place(o);
        w.value = o.num("value", 0, widest(w.at));
        return w;
    }

    read_op take_read(const object &o) const
    {
        read_op r;
        o.only({"op", "frame", "offset", "size", "value", "mask", "poll"});
        r.at = take_place(o);
        r.mask = widest(r.at);
        if (const json *value = o.find("value"))
            r.value = number(*value, o.name("value"), 0, widest(r.at));
        for (const char *key : {"mask", "poll"})
            if (o.find(key) && !r.value)
                bad(o.name(key) + " needs a \"value\"");
        if (const json *mask = o.find("mask"))
            r.mask = number(*mask, o.name("mask"), 0, widest(r.at));
        if (const json *poll = o.find("poll"))
            r.poll = number(*poll, o.name("poll"), 0, 1) == 1;
        return r;
    }

    msi_op take_msi(const object &o) const
    {
        msi_op m;
        o.only({"op", "device", "event", "lpi"});
        m.device = o.num32("device");
        m.event = o.num32("event");
        const json *expect = o.find("lpi");
        if (!expect)
            return m;
        if (expect->is_null()) {
            m.expect.emplace();
            return m;
        }
        if (!expect->is_array() || expect->size() != 2)
            bad(o.name("lpi") + " must be null or [redistributor, INTID], not " + shown(*expect));
        m.expect =
            lpi{redistributor((*expect)[0], o.name("lpi")), intid((*expect)[1], o.name("lpi"))};
        return m;
    }

    static run_op take_run(const object &o)
    {
        o.only({"op", "cycles"});
        return {o.num("cycles")};
    }

    static settle_op take_settle(const object &o)
    {
        o.only({"op"});
        return {};
    }

    pending_op take_pending(const object &o) const
    {
        pending_op p;
        o.only({"op", "redistributor", "intids"});
        p.redistributor = redistributor(o.need("redistributor"), o.name("redistributor"));
        for (const json &item : o.list("intids"))
            p.intids.push_back(intid(item, o.name("intids")));
        std::sort(p.intids.begin(), p.intids.end());
        p.intids.erase(std::unique(p.intids.begin(), p.intids.end()), p.intids.end());
        return p;
    }

    ack_op take_ack(const object &o) const
    {
        ack_op a;
        o.only({"op", "redistributor", "intid"});
        a.expect.redistributor = redistributor(o.need("redistributor"), o.name("redistributor"));
        a.expect.intid = intid(o.need("intid"), o.name("intid"));
        return a;
    }

    static resetn_op take_resetn(const object &o)
    {
        o.only({"op", "cycles"});
        return {o.num("cycles", 1)};
    }

    bus_op take_bus(const object &o) const
    {
        bus_op b;
        o.only({"op", "window", "access"});
        b.window = take_range(o.need("window"), o.name("window"));
        if (!covered(trace_.begin.ram, b.window.base, b.window.size))
            bad(o.name("window") + " is not in the ram of \"begin\"");
        std::string access = o.text("access");
        if (access != "fault" && access != "ok")
            bad(o.name("access") + " must be \"fault\" or \"ok\", not " + shown(access));
        b.fault = access == "fault";
        return b;
    }

    static quiet_op take_quiet(const object &o)
    {
        o.only({"op", "on"});
        return {o.num("on", 0, 1) == 1};
    }

    static stats_op take_stats(const object &o)
    {
        stats_op s;
        for (const auto &item : o.raw().items()) {
            const std::string &key = item.key();
            if (key == "op")
                continue;
            s.counters[key] = take_limits(item.value(), o.name(key.c_str()));
        }
        if (s.counters.empty())
            bad("stats: no counter is named");
        return s;
    }

    static stats_op::limits take_limits(const json &value, const std::string &what)
    {
        stats_op::limits l;
        if (!value.is_object()) {
            l.min = l.max = number(value, what);
            return l;
        }
        object o(value, what);
        o.only({"min", "max"});
        const json *min = o.find("min");
        const json *max = o.find("max");
        if (!min && !max)
            bad(what + " must be a number, or have \"min\" or \"max\"");
        if (min)
            l.min = number(*min, o.name("min"));
        if (max)
            l.max = number(*max, o.name("max"));
        return l;
    }

    trace trace_;
    unsigned line_ = 0;
    bool begun_ = false;
    bool ended_ = false;
};

} // namespace

trace_error::trace_error(const std::string &file, unsigned line, const std::string &what)
    : std::runtime_error(file + ":" + (line ? std::to_string(line) + ": " : " ") + what)
{}

const char *name_of(const op &o)
{
    static const char *const names[] = {"fill",   "poke", "peek",   "write",   "read",
                                        "msi",    "run",  "settle", "pending", "ack",
                                        "resetn", "bus",  "quiet",  "stats"};
    static_assert(std::size(names) == std::variant_size_v<decltype(op::what)>);
    return names[o.what.index()];
}

std::string name_of(const place &at)
{
    switch (at.frame) {
    case frame::gits:
        return "GITS";
    case frame::translation:
        return "GITS_TRANSLATION";
    case frame::gicd:
        return "GICD";
    case frame::gicr:
        break;
    }
    return "GICR" + std::to_string(at.redistributor);
}

trace read_trace(std::istream &in, const std::string &file)
{
    return reader(file).read(in);
}

trace read_trace(const std::string &file)
{
    std::ifstream in(file, std::ios::binary);
    if (!in)
        throw trace_error(file, 0, "cannot be opened");
    return read_trace(in, file);
}

} // namespace replay
